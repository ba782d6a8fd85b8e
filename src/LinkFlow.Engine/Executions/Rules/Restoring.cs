using LinkFlow.Engine.Executions.Folding;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>
/// What follows from a state that was read from a snapshot: which attempts are ready or were in flight, which timers and
/// children are open, which orders are to be given again. As a fold of the history would have left it.
/// </summary>
internal static class Restoring
{
    public static void Derive(ExecutionState state)
    {
        state.OpenNodes = state.Nodes.Count(n => n.Node.TakesPart && n.Node.Loops.IsEmpty && n.Last is null);
        state.HeldParts = state.Nodes.Sum(n => (n.Sunk?.Count ?? 0) + (n.Loop?.Results.Count ?? 0));
        if (state.IsFinished) return;
        if (state.Stop is null) Timeouts.Begin(state);
        foreach (var node in state.Nodes)
        {
            if (node.Loop is { } loop) loop.Input = Merging.Join(state, node);
            if (node.Active is not null) Continue(state, node);
        }

        foreach (var node in state.Nodes.Where(n => n.Active is { Phase: RunPhase.Resting }).OrderBy(n => n.Active!.Wait!.Since)) Waiting.Rest(state, node);
        foreach (var timer in state.DueTimers) state.Timers.CameDue(timer);
        foreach (var child in state.AwaitedChildren) state.Outbox.Put(Children.CancelKey(child), new CancelChild(child));
        if (state.IsPaused && state.Stop is null) Pausing.TellChildren(state, pause: true);
        else if (state.WasPaused) Pausing.TellChildren(state, pause: false);
        References.AskAgain(state);
    }

    private static void Continue(ExecutionState state, NodeProgress node)
    {
        var run = node.Active!;
        state.Enter(run.Phase);
        if (run.Undoes is not null) state.Undoing = node.Index;
        switch (run.Phase)
        {
            case RunPhase.Ready when run.IsRecorded:
                run.TakesSlot = Readiness.IsExternal(state, node);
                state.Ready.Enter(run.TakesSlot);
                if (Stopping.Reaches(state, run)) Stopping.CancelAttempt(state, node);
                else state.Ready.AddRecovering(node.Index);
                break;
            case RunPhase.Ready when !Stopping.Reaches(state, run) || Stopping.MayCompose(state, node):
                state.Ready.Add(node.Index, Readiness.IsExternal(state, node));
                break;
            case RunPhase.Delayed:
                Retrying.SetTimer(state, node);
                break;
            case RunPhase.Children:
                Children.Follow(state, node);
                if (run.Children!.IsCallingOff) Children.CallOff(state, node);
                break;
        }
    }
}
