namespace LinkFlow.Engine.Executions;

/// <summary>A run as <c>/executions/{id}/nodes</c> shows it, derived by folding the history.</summary>
/// <param name="Parts">Output name → references to its items.</param>
public sealed record RunSummary(
    string Node, int Run, RunStatus Status, long? StartedAt, long? FinishedAt, int Attempts, ExecutionError? Error);

/// <summary>Told of every run as the fold settles it; for projections. Never changes the state.</summary>
public interface IRunObserver
{
    /// <summary>A run began, changed its status, or ended. The last call for a run is its outcome.</summary>
    void OnRun(RunSummary run);
}
