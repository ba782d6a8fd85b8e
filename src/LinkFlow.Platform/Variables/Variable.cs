using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Variables;

/// <summary>
/// A named value for expressions, of a whole tenant or of one workflow, with other values for named environments.
/// Those of a secret one are in the secret store and not here. Never changed in place.
/// </summary>
public sealed record Variable
{
    public static readonly DocumentType Type = new("variable", "scope", "workflowId");

    /// <summary>Holds a name within its scope, so that the store lets nobody else have it.</summary>
    public static readonly DocumentType NameType = new("variable-name");

    public const string TenantScope = "tenant";
    public const string WorkflowScope = "workflow";
    public static IReadOnlyList<string> Scopes { get; } = [TenantScope, WorkflowScope];

    public required string Id { get; init; }
    public required string Name { get; init; }
    public string Description { get; init; } = "";

    /// <summary>One of <see cref="VariableTypes.Words"/>.</summary>
    public required string ValueType { get; init; }

    /// <summary>Null: it is the tenant's.</summary>
    public string? WorkflowId { get; init; }
    public bool IsSecret { get; init; }

    /// <summary>The value where the environment has none of its own; of a secret one: null.</summary>
    public Value Value { get; init; } = Value.Null;

    /// <summary>Environment → value; of a secret one: null.</summary>
    public ObjectValue Environments { get; init; } = new(0);

    /// <summary>Of a secret one: the version in the secret store that holds all its values.</summary>
    public string? Sealed { get; init; }

    /// <summary>Counts the saves, from 1.</summary>
    public required int Version { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string CreatedBy { get; init; }

    /// <summary>What events say of it: no value.</summary>
    public ObjectValue Told() => new(5) { { "variableId", Id }, { "name", Name }, { "scope", Scope }, { "workflowId", WorkflowId }, { "secret", IsSecret } };

    public string Scope => WorkflowId is null ? TenantScope : WorkflowScope;

    /// <summary>The id of the document that holds the name.</summary>
    public string NameId => NameIdOf(WorkflowId, Name);

    /// <summary>The name of its values in the secret store.</summary>
    public string SealedName => "variable-" + Id;

    /// <summary>How much of the tenant's room its values take, in bytes of JSON; a secret one takes none.</summary>
    public int Bytes => IsSecret ? 0 : JsonText.WriteBytes(Value).Length + JsonText.WriteBytes(Environments).Length;

    public static string NameIdOf(string? workflowId, string name) => workflowId is null ? $"tenant.{name}" : $"workflow.{workflowId}.{name}";

    /// <summary>What the API shows.</summary>
    public ObjectValue Show()
    {
        var shown = new ObjectValue(16)
        {
            { "id", Id },
            { "name", Name },
            { "description", Description },
            { "type", ValueType },
            { "scope", Scope },
            { "workflowId", WorkflowId },
            { "secret", IsSecret },
            { "value", Value },
            { "environments", Environments },
        };
        if (IsSecret) shown.Add("secretSet", new ArrayValue(Environments.Select(e => Value.From($"environments/{e.Key}")).Prepend("value")));
        return shown
            .Set("version", Version)
            .Set("createdAt", Rfc3339.Write(CreatedAt))
            .Set("updatedAt", Rfc3339.Write(UpdatedAt))
            .Set("createdBy", CreatedBy);
    }

    /// <summary>The stored form.</summary>
    public ObjectValue ToDocument() => Sealed is null ? Show() : Show().Set("sealed", Sealed);

    public static Variable FromDocument(Value body) => new()
    {
        Id = body["id"].AsString!,
        Name = body["name"].AsString!,
        Description = body["description"].AsString!,
        ValueType = body["type"].AsString!,
        WorkflowId = body["workflowId"].AsString,
        IsSecret = body["secret"].AsBoolean,
        Value = body["value"],
        Environments = body["environments"].AsObject!,
        Sealed = body["sealed"].AsString,
        Version = (int)body["version"].AsNumber,
        CreatedAt = TimeOf(body["createdAt"]),
        UpdatedAt = TimeOf(body["updatedAt"]),
        CreatedBy = body["createdBy"].AsString!,
    };

    private static DateTimeOffset TimeOf(Value value) => Rfc3339.TryParse(value.AsString!, out var time) ? time : throw new FormatException($"'{value}' is no time.");
}
