using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Credentials;

/// <summary>A credential's document: everything but its secrets, and which version of them is current. Never changed in place.</summary>
public sealed record Credential
{
    public static readonly DocumentType Type = new("credential", "type");

    /// <summary>Ten years.</summary>
    public const int MaxRotateAfterDays = 3_650;

    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>The name of its <see cref="Nodes.Credentials.ICredentialType"/>.</summary>
    public required string TypeName { get; init; }

    /// <summary>As it is shown: defaults made explicit, every secret null.</summary>
    public required ObjectValue Data { get; init; }

    /// <summary>The secrets that are set, by path: <c>password</c>, <c>fields.token</c>.</summary>
    public IReadOnlyList<string> SecretSet { get; init; } = [];

    /// <summary>Where the secret store keeps them; null: there are none.</summary>
    public SecretReference? Secret { get; init; }
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The node types that it may be handed to; empty: all that take its type.</summary>
    public IReadOnlyList<string> AllowedNodeTypes { get; init; } = [];

    /// <summary>The hosts that it may be sent to; empty: any.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Days after which its secrets should be changed; 0: never; null: as the setting says.</summary>
    public int? RotateAfterDays { get; init; }

    /// <summary>Counts its changes, from 1; sharing is none.</summary>
    public int Version { get; init; } = 1;
    public IReadOnlyList<CredentialShare> Shares { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When secrets were last set.</summary>
    public required DateTimeOffset RotatedAt { get; init; }
    public required string CreatedBy { get; init; }

    public bool IsExpired(DateTimeOffset now) => ExpiresAt is { } end && end <= now;

    /// <summary>What the API shows.</summary>
    /// <param name="status">As <see cref="CredentialStatuses"/> tells it.</param>
    public ObjectValue Show(string status, DateTimeOffset? lastUsedAt) =>
        Fields().Set("status", status).Set("lastUsedAt", lastUsedAt is { } used ? Rfc3339.Write(used) : Value.Null);

    /// <summary>The stored form.</summary>
    public ObjectValue ToDocument() => Fields()
        .Set("secretName", Secret?.Name)
        .Set("secretVersion", Secret?.Version)
        .Set("shares", new ArrayValue(Shares.Select(s => Value.From(s.Show()))));

    /// <summary>What events say of it: no secret, and nothing of where it goes.</summary>
    public ObjectValue Told() => new(3) { { "credentialId", Id }, { "name", Name }, { "type", TypeName } };

    public static Credential FromDocument(Value body) => new()
    {
        Id = body["id"].AsString!,
        Name = body["name"].AsString!,
        TypeName = body["type"].AsString!,
        Data = body["data"].AsObject!,
        SecretSet = Texts(body["secretSet"]),
        Secret = body["secretName"].AsString is { } name ? new SecretReference(name, body["secretVersion"].AsString!) : null,
        Warnings = Texts(body["warnings"]),
        AllowedNodeTypes = Texts(body["allowedNodeTypes"]),
        AllowedHosts = Texts(body["allowedHosts"]),
        ExpiresAt = TimeOf(body["expiresAt"]),
        RotateAfterDays = body["rotateAfterDays"].IsNumber ? (int)body["rotateAfterDays"].AsNumber : null,
        Version = (int)body["version"].AsNumber,
        Shares = [.. body["shares"].AsArray!.Select(CredentialShare.FromDocument)],
        CreatedAt = TimeOf(body["createdAt"])!.Value,
        UpdatedAt = TimeOf(body["updatedAt"])!.Value,
        RotatedAt = TimeOf(body["rotatedAt"])!.Value,
        CreatedBy = body["createdBy"].AsString!,
    };

    private ObjectValue Fields() => new(20)
    {
        { "id", Id },
        { "name", Name },
        { "type", TypeName },
        { "data", Data },
        { "secretSet", Array(SecretSet) },
        { "warnings", Array(Warnings) },
        { "allowedNodeTypes", Array(AllowedNodeTypes) },
        { "allowedHosts", Array(AllowedHosts) },
        { "expiresAt", ExpiresAt is { } end ? Rfc3339.Write(end) : Value.Null },
        { "rotateAfterDays", RotateAfterDays is { } days ? days : Value.Null },
        { "version", Version },
        { "createdAt", Rfc3339.Write(CreatedAt) },
        { "updatedAt", Rfc3339.Write(UpdatedAt) },
        { "rotatedAt", Rfc3339.Write(RotatedAt) },
        { "createdBy", CreatedBy },
    };

    private static ArrayValue Array(IEnumerable<string> texts) => new(texts.Select(t => Value.From(t)));
    private static string[] Texts(Value list) => [.. list.AsArray!.Select(t => t.AsString!)];
    private static DateTimeOffset? TimeOf(Value value) => value.AsString is { } text && Rfc3339.TryParse(text, out var time) ? time : null;
}

/// <summary>What another principal may do with a credential.</summary>
/// <param name="Principal">E.g. <c>apikey:0198…</c>, or <see cref="Everyone"/>.</param>
/// <param name="MayEdit">False: use it only.</param>
public sealed record CredentialShare(string Principal, bool MayEdit)
{
    /// <summary>Stands for every principal of the tenant.</summary>
    public const string Everyone = "everyone";

    public static IReadOnlyList<string> Words { get; } = ["use", "edit"];

    public ObjectValue Show() => new() { { "principal", Principal }, { "permission", MayEdit ? "edit" : "use" } };

    public static CredentialShare FromDocument(Value body) => new(body["principal"].AsString!, body["permission"].AsString == "edit");
}

/// <summary>One version of a secret in the secret store.</summary>
public sealed record SecretReference(string Name, string Version);
