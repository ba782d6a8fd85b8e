using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Workflows;

/// <summary>Where a workflow is in its life. In JSON: lower case.</summary>
public enum WorkflowStatus { Draft, Active, Inactive, Archived }

/// <summary>A workflow's document: its newest version and what is true of all versions. Never changed in place.</summary>
public sealed record Workflow
{
    public static readonly DocumentType Type = new("workflow", "status");

    public required string Id { get; init; }
    public required string Name { get; init; }
    public string Description { get; init; } = "";
    public WorkflowStatus Status { get; init; }

    /// <summary>Counts the saves of its definition, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>The version that triggers run while it is active; null: it never was.</summary>
    public int? ActiveVersion { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public ObjectValue Metadata { get; init; } = new();

    /// <summary><c>nodes</c>, <c>connections</c>, <c>settings</c> and <c>pinData</c> with every default made explicit.</summary>
    public required ObjectValue Content { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string CreatedBy { get; init; }

    /// <summary>What the API shows, which is also the stored form.</summary>
    public ObjectValue Show()
    {
        var shown = new ObjectValue(16)
        {
            { "id", Id },
            { "name", Name },
            { "description", Description },
            { "status", Word(Status) },
            { "version", Version },
            { "activeVersion", ActiveVersion is { } active ? active : Value.Null },
            { "tags", new ArrayValue(Tags.Select(t => Value.From(t))) },
            { "metadata", Metadata },
        };
        foreach (var (name, value) in Content) shown.Set(name, value);
        return shown
            .Set("createdAt", Rfc3339.Write(CreatedAt))
            .Set("updatedAt", Rfc3339.Write(UpdatedAt))
            .Set("createdBy", CreatedBy);
    }

    /// <summary>What events say of it.</summary>
    public ObjectValue Told() => new(5)
    {
        { "workflowId", Id }, { "name", Name }, { "status", Word(Status) }, { "version", Version }, { "activeVersion", ActiveVersion is { } active ? active : Value.Null },
    };

    public static Workflow FromDocument(Value body) => new()
    {
        Id = body["id"].AsString!,
        Name = body["name"].AsString!,
        Description = body["description"].AsString!,
        Status = StatusOf(body["status"].AsString!),
        Version = (int)body["version"].AsNumber,
        ActiveVersion = body["activeVersion"].IsNumber ? (int)body["activeVersion"].AsNumber : null,
        Tags = [.. body["tags"].AsArray!.Select(t => t.AsString!)],
        Metadata = body["metadata"].AsObject!,
        Content = ContentOf(body),
        CreatedAt = TimeOf(body["createdAt"]),
        UpdatedAt = TimeOf(body["updatedAt"]),
        CreatedBy = body["createdBy"].AsString!,
    };

    /// <summary>The four fields of a definition, as they stand in a body.</summary>
    public static ObjectValue ContentOf(Value body) => new()
    {
        { "nodes", body["nodes"] }, { "connections", body["connections"] }, { "settings", body["settings"] }, { "pinData", body["pinData"] },
    };

    /// <summary>A definition from content that was checked before it was saved.</summary>
    public static WorkflowDefinition DefinitionOf(ObjectValue content)
    {
        var errors = new List<FieldError>();
        // No bound on counts: what was saved under a higher limit must stay readable.
        var definition = WorkflowDefinitionJson.Read(content, errors, new DefinitionLimits { MaxNodes = int.MaxValue, MaxConnections = int.MaxValue });
        return errors.Count == 0 ? definition : throw new FormatException($"A stored definition is not readable: {errors[0].Pointer} {errors[0].Message}");
    }

    public static string Word(WorkflowStatus status) => status switch
    {
        WorkflowStatus.Draft => "draft",
        WorkflowStatus.Active => "active",
        WorkflowStatus.Inactive => "inactive",
        _ => "archived",
    };

    public static IReadOnlyList<string> StatusWords { get; } = ["draft", "active", "inactive", "archived"];

    private static WorkflowStatus StatusOf(string word) => (WorkflowStatus)StatusWords.ToList().IndexOf(word);

    private static DateTimeOffset TimeOf(Value value) => Rfc3339.TryParse(value.AsString!, out var time) ? time : throw new FormatException($"'{value}' is no time.");
}
