using LinkFlow.Engine.Executions.Folding;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>Another attempt for the items that failed, once its time has come; what succeeded is kept (execution.md §4).</summary>
internal static class Retrying
{
    public static void AttemptFailed(ExecutionState state, NodeAttemptFailed failed)
    {
        if (state.FindAttempt(failed.Node, failed.Run, failed.Attempt, compensates: null) is not { } node) return;
        var run = node.Active!;
        Readiness.EndAttempt(state, node);
        run.StartedAt ??= failed.StartedAt == 0 ? failed.At : failed.StartedAt;
        (run.FailWith, run.Children) = (null, null);
        run.Pending = [.. failed.Failures.Select(f => f.Item)];
        if (failed.Partial is not null) run.EarlierAttempts = run.EarlierAttempts.Add(failed.Seq);
        var first = failed.Failures.IsEmpty ? null : new ExecutionError(failed.Failures[0].Error.Message, failed.Failures[0].Error.Code, failed.Node, failed.Attempt);
        if (Stopping.Reaches(state, run))
        {
            Stopping.EndOrSettlePartially(state, node, first);
            return;
        }

        run.RetryAt = failed.RetryAt;
        state.Move(run, RunPhase.Delayed);
        SetTimer(state, node);
        state.Report(node, run.Ordinal, RunStatus.Waiting, run.StartedAt, run.Attempt, first);
    }

    public static void SetTimer(ExecutionState state, NodeProgress node) =>
        state.Timers.Set(OpenTimers.Retry(node.Node.Id, node.Runs), new OpenTimers.Timer(node.Active!.RetryAt, node.Index, node.Runs));

    /// <summary>The delay is over.</summary>
    public static void Due(ExecutionState state, NodeProgress node)
    {
        var run = node.Active!;
        run.Attempt++;
        run.ReleasedAt = state.Now;
        Readiness.MakeReady(state, node);
    }
}
