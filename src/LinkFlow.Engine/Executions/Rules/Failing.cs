using LinkFlow.Engine.Executions.Folding;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>A run failed for good, which only happens with <c>onError: stop</c>: the execution stops (execution.md §4, §7).</summary>
internal static class Failing
{
    public static void Failed(ExecutionState state, NodeFailed failed)
    {
        if (state.FindAttempt(failed.Node, failed.Run, failed.Attempt, failed.Compensates) is not { } node) return;
        var outputs = Settling.Recorded(node, failed.Outputs, failed.Seq);
        var run = node.Active!;
        var isConsequence = Stopping.IsGivenUp(state, run);
        Readiness.EndAttempt(state, node);
        run.StartedAt ??= failed.StartedAt == 0 ? failed.At : failed.StartedAt;
        Settling.End(state, node, RunStatus.Error, outputs, failed.Error);
        if (run.Undoes is not null) return;
        if (!isConsequence) state.Error ??= failed.Error;
        Stopping.Stop(state, new StopProgress(ExecutionStatus.Error, Compensates: true));
    }
}
