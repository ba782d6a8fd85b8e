namespace LinkFlow.Engine.Executions.Rules;

/// <summary>While paused no new step starts; what is in flight ends; due timers are recorded and act at resume (execution.md §7).</summary>
internal static class Pausing
{
    public static void Requested(ExecutionState state)
    {
        if (state.IsPaused) return;
        state.IsPaused = state.WasPaused = true;
        if (state.Stop is not null) return;
        TellChildren(state, pause: true);
    }

    public static void Resumed(ExecutionState state)
    {
        if (!state.IsPaused) return;
        End(state);
        TellChildren(state, pause: false);
    }

    /// <summary>Awaited children pause, or go on, too.</summary>
    public static void TellChildren(ExecutionState state, bool pause)
    {
        foreach (var child in Awaited(state)) state.Outbox.Put(Children.PauseKey(child), pause ? new PauseChild(child) : new ResumeChild(child));
    }

    /// <summary>A cancel or the workflow's time-out ends the pause; what came due in it is overtaken, save what compensation waits for.</summary>
    public static void Override(ExecutionState state)
    {
        if (state.Stop is null) state.DueTimers.Clear();
        End(state);
    }

    /// <summary>The pause is over, and timers that came due in it act, in their order.</summary>
    public static void End(ExecutionState state)
    {
        state.IsPaused = false;
        var due = state.DueTimers.ToArray();
        state.DueTimers.Clear();
        foreach (var timer in due) Timeouts.Act(state, timer);
    }

    private static IEnumerable<string> Awaited(ExecutionState state) =>
        state.ChildrenById
            .Where(c => state.Nodes[c.Value.Node].Active!.Children is { Wait: true } children && children.IsStarted(c.Value.Child))
            .OrderBy(c => c.Value)
            .Select(c => c.Key);
}
