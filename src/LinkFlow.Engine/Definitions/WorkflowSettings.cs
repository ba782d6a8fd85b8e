namespace LinkFlow.Engine.Definitions;

/// <summary>A workflow's settings, with the defaults of absent fields.</summary>
public sealed record WorkflowSettings
{
    /// <summary>A year.</summary>
    public const int MaxTimeoutSeconds = 31_536_000;
    public const int MaxParallelNodesLimit = 100;
    public const int MaxConcurrentExecutionsLimit = 10_000;

    /// <summary>Wall clock from the start, in seconds, 1 to <see cref="MaxTimeoutSeconds"/>; null: none (express: <see cref="ExpressTimeoutSeconds"/>).</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>External attempts at once; 1 to <see cref="MaxParallelNodesLimit"/>.</summary>
    public int MaxParallelNodes { get; init; } = 10;
    public ExecutionMode Mode { get; init; }
    public string? ErrorWorkflowId { get; init; }

    /// <summary>An IANA time zone.</summary>
    public string Timezone { get; init; } = "UTC";
    public SaveData SaveData { get; init; }

    /// <summary>Executions of this workflow at once, 1 to <see cref="MaxConcurrentExecutionsLimit"/>; null: no bound.</summary>
    public int? MaxConcurrentExecutions { get; init; }
    public bool LenientPaths { get; init; }
    public bool LiveVariables { get; init; }

    public const int ExpressTimeoutSeconds = 60;
}

/// <summary>By which shell a workflow runs: durable survives a crash, express lives in memory only.</summary>
public enum ExecutionMode { Durable, Express }

/// <summary>Whose node data is kept once an execution has ended.</summary>
public enum SaveData { All, Errors, None }
