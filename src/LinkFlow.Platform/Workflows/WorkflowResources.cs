using System.Text.Json.Nodes;

namespace LinkFlow.Platform.Workflows;

/// <summary>The forms that bodies and answers of <c>/workflows</c> have; the OpenAPI document is made from them.</summary>
public record WorkflowBody
{
    /// <summary>1 to 128 characters without control characters.</summary>
    public required string Name { get; init; }
    public string? Description { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public JsonObject? Metadata { get; init; }
    public IReadOnlyList<NodeResource>? Nodes { get; init; }
    public IReadOnlyList<ConnectionResource>? Connections { get; init; }
    public SettingsResource? Settings { get; init; }

    /// <summary>Node id → items that stand in for its execution in manual runs.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ItemResource>>? PinData { get; init; }
}

public sealed record WorkflowResource : WorkflowBody
{
    public required string Id { get; init; }

    /// <summary>draft, active, inactive or archived.</summary>
    public required string Status { get; init; }
    public required int Version { get; init; }
    public int? ActiveVersion { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string CreatedBy { get; init; }
}

public sealed record NodeResource
{
    public required string Id { get; init; }
    public required string Type { get; init; }
    public string? Name { get; init; }
    public int? TypeVersion { get; init; }
    public JsonObject? Parameters { get; init; }
    public IReadOnlyDictionary<string, string>? Credentials { get; init; }
    public RetryResource? Retry { get; init; }

    /// <summary>stop, continue or errorOutput.</summary>
    public string? OnError { get; init; }

    /// <summary>rerun or fail.</summary>
    public string? OnCrash { get; init; }
    public int? TimeoutSeconds { get; init; }
    public bool? Disabled { get; init; }
    public bool? AlwaysOutput { get; init; }
    public string? CompensateWith { get; init; }
    public string? Notes { get; init; }
    public JsonNode? Position { get; init; }
}

public sealed record RetryResource(int? MaxAttempts, long? InitialDelayMs, long? MaxDelayMs, double? Jitter);

public sealed record ConnectionResource(string Source, string Target, string? SourceOutput, string? TargetInput);

public sealed record SettingsResource(
    int? TimeoutSeconds, int? MaxParallelNodes, string? Mode, string? ErrorWorkflowId, string? Timezone, string? SaveData,
    int? MaxConcurrentExecutions, bool? LenientPaths, bool? LiveVariables);

public sealed record ItemResource(JsonObject Json, JsonObject? Binary, IReadOnlyList<PairedItemResource>? PairedItem);

public sealed record PairedItemResource(int Input, int Item);

public sealed record VersionBody(int? Version);

public sealed record NameBody(string? Name);

public record VersionSummaryResource(string WorkflowId, int Version, string Name, DateTimeOffset CreatedAt, string CreatedBy, int NodeCount);

public sealed record VersionResource(
    string WorkflowId, int Version, string Name, DateTimeOffset CreatedAt, string CreatedBy, int NodeCount,
    IReadOnlyList<NodeResource> Nodes, IReadOnlyList<ConnectionResource> Connections, SettingsResource Settings, JsonObject PinData)
    : VersionSummaryResource(WorkflowId, Version, Name, CreatedAt, CreatedBy, NodeCount);

public sealed record ValidationResource(bool Valid, IReadOnlyList<FindingResource> Errors, IReadOnlyList<FindingResource> Warnings);

public sealed record FindingResource(string Code, string Message, string? NodeId, string Pointer);
