using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials.OAuth2;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Credentials.OAuth2;

/// <summary>What is kept of a credential's tokens, one document per credential: the access token sealed, which version of the refresh token is current, and who renews them.</summary>
public sealed record TokenRecord
{
    public static readonly DocumentType Type = new("oauth2-token");

    /// <summary>Whose tokens these are: void where the credential speaks for another client or to another server now.</summary>
    public required string Client { get; init; }

    /// <summary>Counts the tokens that were got, from 1.</summary>
    public int Generation { get; init; }

    /// <summary>The access token, sealed; null: there is none.</summary>
    public byte[]? Access { get; init; }

    /// <summary>Null: the server did not say, and nothing can renew it.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>From when on another one is got; before <see cref="ExpiresAt"/>.</summary>
    public DateTimeOffset? RefreshAt { get; init; }
    public DateTimeOffset ObtainedAt { get; init; }

    /// <summary>True: it was got because an API had refused the one before.</summary>
    public bool IsRenewal { get; init; }

    /// <summary>The version of the refresh token in the secret store; null: there is none.</summary>
    public string? Refresh { get; init; }

    /// <summary>Why a person must consent (again); null: nobody must.</summary>
    public string? Lapsed { get; init; }

    /// <summary>Who is getting another token, and until when it may; null: nobody is.</summary>
    public string? Holder { get; init; }
    public DateTimeOffset HeldUntil { get; init; }

    /// <summary>The name of the refresh token in the secret store. A credential's id is never used again, and so this is not.</summary>
    public static string SecretName(string credentialId) => $"oauth2-{credentialId}";

    /// <summary>What the access token is sealed for.</summary>
    public static string Purpose(string credentialId) => $"oauth2-access/{credentialId}";

    /// <summary>The server and the client that tokens are bound to. Without the secret, which can change without a change of client.</summary>
    public static string ClientOf(OAuth2Client client)
    {
        var text = string.Join('\n', (string?[])[client.TokenUrl.AbsoluteUri, client.AuthorizeUrl?.AbsoluteUri, client.ClientId, client.Scope, client.Audience, .. client.Extra.Select(p => $"{p.Key}={p.Value}")]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    public bool IsHeldByOther(DateTimeOffset now) => Holder is not null && HeldUntil > now;

    /// <summary>True: there is no good access token, and nothing to renew it with but a user's consent.</summary>
    public bool IsDeadAt(DateTimeOffset now) => Refresh is null && !IsValid(now);

    public bool IsValid(DateTimeOffset now) => Access is not null && (ExpiresAt is null || ExpiresAt > now);

    public ObjectValue ToDocument() => new(11)
    {
        { "client", Client }, { "generation", Generation }, { "access", Access is null ? null : Convert.ToBase64String(Access) },
        { "expiresAt", Written(ExpiresAt) }, { "refreshAt", Written(RefreshAt) }, { "obtainedAt", Written(ObtainedAt) }, { "renewal", IsRenewal },
        { "refresh", Refresh }, { "lapsed", Lapsed }, { "holder", Holder }, { "heldUntil", Written(HeldUntil) },
    };

    public static TokenRecord FromDocument(Value body) => new()
    {
        Client = body["client"].AsString!,
        Generation = (int)body["generation"].AsNumber,
        Access = body["access"].AsString is { } text ? Convert.FromBase64String(text) : null,
        ExpiresAt = Time(body["expiresAt"]),
        RefreshAt = Time(body["refreshAt"]),
        ObtainedAt = Time(body["obtainedAt"]) ?? default,
        IsRenewal = body["renewal"] == Value.True,
        Refresh = body["refresh"].AsString,
        Lapsed = body["lapsed"].AsString,
        Holder = body["holder"].AsString,
        HeldUntil = Time(body["heldUntil"]) ?? default,
    };

    private static Value Written(DateTimeOffset? time) => time is { } at ? Rfc3339.Write(at) : Value.Null;
    private static DateTimeOffset? Time(Value value) => value.AsString is { } text && Rfc3339.TryParse(text, out var time) ? time : null;
}
