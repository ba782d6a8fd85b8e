using System.Collections.Immutable;

namespace LinkFlow.Engine.Executions;

/// <summary>A run as <c>/executions/{id}/nodes</c> shows it, derived by folding the history.</summary>
public sealed record RunSummary(
    string Node, int Run, RunStatus Status, long? StartedAt, long? FinishedAt, int Attempts, ExecutionError? Error)
{
    /// <summary>The rounds around it, from 0, outermost loop first; shorter where a loop around it made no round.</summary>
    public ImmutableArray<int> Rounds { get; init; } = [];

    /// <summary>What it got per input; empty for a skipped run.</summary>
    public ImmutableArray<StepInput> Inputs { get; init; } = [];

    /// <summary>What it put out per output that got items; empty until it has ended. A loop's: <c>done</c> only.</summary>
    public ImmutableArray<RunOutput> Outputs { get; init; } = [];
}

/// <summary>One output of a run, by reference.</summary>
public sealed record RunOutput(string Output, ImmutableArray<DataPart> Parts);

/// <summary>Told of every run as the fold settles it; for projections. Never changes the state.</summary>
public interface IRunObserver
{
    /// <summary>A run began, changed its status, or ended. The last call for a run is its outcome.</summary>
    void OnRun(RunSummary run);
}
