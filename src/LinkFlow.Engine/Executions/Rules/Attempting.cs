using LinkFlow.Engine.Executions.Folding;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>Attempts begin, are recovered after a crash, and end well or by being stopped.</summary>
internal static class Attempting
{
    public static void Started(ExecutionState state, NodeStarted started)
    {
        if (state.FindAttempt(started.Node, started.Run, started.Attempt, started.Compensates) is not { } node) return;
        var run = node.Active!;
        if (run.IsRecorded) return;
        Readiness.EnterFlight(state, node);
        state.Ready.Remove(node.Index);
        run.IsRecorded = true;
        run.AttemptAt = started.At;
        run.StartedAt ??= started.At;
        if (Stopping.Reaches(state, run)) Stopping.CancelAttempt(state, node);
        else if (!run.IsHandedOut) state.Ready.AddRecovering(node.Index);
        state.Report(node, run.Ordinal, RunStatus.Running, run.StartedAt, run.Attempt, null);
    }

    public static void Recovered(ExecutionState state, AttemptRecovered recovered)
    {
        if (state.FindAttempt(recovered.Node, recovered.Run, recovered.Attempt, compensates: null) is { } node)
            node.Active!.Recoveries = Math.Max(node.Active.Recoveries, recovered.Count);
    }

    public static void Completed(ExecutionState state, NodeCompleted completed)
    {
        var isCopied = completed.CopiedFrom is not null;
        if (state.FindAttempt(completed.Node, completed.Run, isCopied ? null : completed.Attempt, completed.Compensates) is not { } node) return;
        var outputs = Settling.Recorded(node, completed.Outputs, completed.Seq);
        Readiness.EndAttempt(state, node);
        var run = node.Active!;
        if (isCopied) run.Attempt = completed.Attempt;
        run.StartedAt ??= completed.StartedAt == 0 ? completed.At : completed.StartedAt;
        if (completed.Response is not null && state.ResponseSeq == 0 && run.Undoes is null)
        {
            state.ResponseSeq = completed.Seq;
            state.ResponseParts = [.. outputs.SelectMany(o => o)];
        }

        if (node.Node.IsLoop && state.Stop is null) Skipping.SkipRegion(state, node);
        Settling.End(state, node, RunStatus.Success, outputs, completed.HandledError);
    }

    /// <summary>Stopped as asked. Without a stop, a shell gave the attempt back: it is ready again.</summary>
    public static void Cancelled(ExecutionState state, NodeCancelled cancelled)
    {
        if (state.FindAttempt(cancelled.Node, cancelled.Run, cancelled.Attempt, compensates: null) is not { } node) return;
        Readiness.EndAttempt(state, node);
        if (Stopping.Reaches(state, node.Active!)) Stopping.EndOrSettlePartially(state, node, null);
        else if (state.Stop is not null) Settling.End(state, node, RunStatus.Cancelled, []);
        else Readiness.MakeReady(state, node);
    }
}
