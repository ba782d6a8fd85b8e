using LinkFlow.Engine.Executions.Folding;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>
/// After a failure, a time-out or a cancel no new step starts; attempts in flight are told to stop and their ends
/// recorded; then comes compensation, then the final status (execution.md §7).
/// </summary>
internal static class Stopping
{
    public static readonly NodeError GivenUp = new(NodeErrorCodes.Cancelled, "The execution stopped before the next attempt.", Final: true);

    /// <summary>The first reason counts; later ones change nothing.</summary>
    public static void Stop(ExecutionState state, StopProgress stop)
    {
        if (state.Stop is not null) return;
        state.Stop = stop;
        state.Timers.Close(OpenTimers.Workflow);
        state.Work.Clear();
        state.EndedRounds.Clear();
        state.HeldLoops.Clear();
        foreach (var node in state.Nodes)
            if (node.Active is not null) Reach(state, node);
    }

    /// <summary>Whether the stop concerns a run: all but those that undo others.</summary>
    public static bool Reaches(ExecutionState state, ActiveRun run) => state.Stop is not null && run.Undoes is null;

    /// <summary>A run with partial results to be undone: what succeeded is composed, with no other attempt for the rest.</summary>
    public static bool IsGivenUp(ExecutionState state, ActiveRun run) =>
        Reaches(state, run) && !run.IsRecorded && (!run.EarlierAttempts.IsEmpty || run.Children is { IsCallingOff: true });

    /// <summary>A wait, a loop or children were asked for while stopping: the run ends instead.</summary>
    public static bool EndIfStopping(ExecutionState state, NodeProgress node)
    {
        if (!Reaches(state, node.Active!)) return false;
        EndOrSettlePartially(state, node, null);
        return true;
    }

    /// <summary>Ends a run that is not in flight: as cancelled, or, with partial results that are to be undone, by composing these first.</summary>
    public static void EndOrSettlePartially(ExecutionState state, NodeProgress node, ExecutionError? error)
    {
        if (CanBeUndone(state, node) && !node.Active!.EarlierAttempts.IsEmpty) Readiness.MakeReady(state, node);
        else Settling.End(state, node, RunStatus.Cancelled, [], error);
    }

    public static string CancelKey(NodeProgress node) => "cancel:" + node.Node.Id;

    public static void CancelAttempt(ExecutionState state, NodeProgress node) =>
        state.Outbox.Put(CancelKey(node), new CancelAttempt(node.Node.Id, node.Runs, node.Active!.Attempt));

    /// <summary>The run has results to be undone, which are composed although the execution stops.</summary>
    public static bool MayCompose(ExecutionState state, NodeProgress node) =>
        CanBeUndone(state, node) && (!node.Active!.EarlierAttempts.IsEmpty || node.Active.Children is not null);

    private static bool CanBeUndone(ExecutionState state, NodeProgress node) => state.Stop!.Compensates && Compensation.NodeFor(state, node) is not null;

    private static void Reach(ExecutionState state, NodeProgress node)
    {
        var run = node.Active!;
        switch (run.Phase)
        {
            case RunPhase.Ready:
                state.Ready.Remove(node.Index);
                if (run.IsInFlight) CancelAttempt(state, node);
                else if (MayCompose(state, node)) Readiness.MakeReady(state, node);
                break;
            case RunPhase.Delayed:
                state.Timers.Close(OpenTimers.Retry(node.Node.Id, node.Runs));
                EndOrSettlePartially(state, node, null);
                break;
            case RunPhase.Resting:
                Waiting.Forget(state, node);
                Settling.End(state, node, RunStatus.Cancelled, []);
                break;
            case RunPhase.Children when run.Children!.Wait && CanBeUndone(state, node):
                Children.CallOff(state, node);
                Children.EndIfAllEnded(state, node);
                break;
            case RunPhase.Children:
                Children.Abandon(state, node);
                EndOrSettlePartially(state, node, null);
                break;
        }
    }
}
