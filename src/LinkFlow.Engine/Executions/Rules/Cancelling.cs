using LinkFlow.Engine.Executions.Folding;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>Cancelling stops the execution, paused or not; it is compensated only if that is asked for (execution.md §7).</summary>
internal static class Cancelling
{
    public static void Requested(ExecutionState state, CancelRequested requested)
    {
        Pausing.Override(state);
        Stopping.Stop(state, new StopProgress(ExecutionStatus.Cancelled, requested.Compensate));
    }
}
