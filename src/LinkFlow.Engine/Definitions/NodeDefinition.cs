using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Definitions;

/// <summary>One node of a workflow, as saved. Absent fields have the defaults shown.</summary>
public sealed record NodeDefinition
{
    public const int MaxTimeoutSeconds = 86_400;

    public required string Id { get; init; }
    public required string Type { get; init; }

    /// <summary>Unique within the workflow; the id when none was given.</summary>
    public required string Name { get; init; }
    public int TypeVersion { get; init; } = 1;
    public ObjectValue Parameters { get; init; } = new();

    /// <summary>Credential ids by slot, e.g. <c>auth</c>.</summary>
    public IReadOnlyDictionary<string, string> Credentials { get; init; } = new Dictionary<string, string>();

    /// <summary>Null: tried once, save for the type's own default policy.</summary>
    public RetryPolicy? Retry { get; init; }
    public OnError OnError { get; init; }
    public OnCrash OnCrash { get; init; }

    /// <summary>Bounds one executing attempt. 1 to <see cref="MaxTimeoutSeconds"/>.</summary>
    public int TimeoutSeconds { get; init; } = 300;
    public bool Disabled { get; init; }
    public bool AlwaysOutput { get; init; }

    /// <summary>The id of the node that undoes this one, or null.</summary>
    public string? CompensateWith { get; init; }
    public string? Notes { get; init; }

    /// <summary>Where editors draw it; not interpreted.</summary>
    public Value Position { get; init; }
}

/// <summary>What a failure does to the execution.</summary>
public enum OnError { Stop, Continue, ErrorOutput }

/// <summary>What becomes of an attempt that was in flight when the process died.</summary>
public enum OnCrash { Rerun, Fail }
