using System.Globalization;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions.Folding;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>Timers come due: the workflow's own acts at once, paused or not; those of nodes act at resume (execution.md §4, §7).</summary>
internal static class Timeouts
{
    /// <summary>Sets the workflow's timer: wall clock from the start.</summary>
    public static void Begin(ExecutionState state)
    {
        if (Seconds(state) is { } seconds)
            state.Timers.Set(OpenTimers.Workflow, new OpenTimers.Timer(state.Started.At + (seconds * 1000L), Node: -1, Run: 0));
    }

    public static void Fired(ExecutionState state, TimerFired fired)
    {
        if (!state.Timers.TryGet(fired.Timer, out var timer)) return;
        if (timer.Node < 0) TimeOut(state);
        else if (state.IsPaused)
        {
            state.Timers.CameDue(fired.Timer);
            if (!state.DueTimers.Contains(fired.Timer)) state.DueTimers.Add(fired.Timer);
        }
        else Act(state, fired.Timer);
    }

    /// <summary>Does what a node's timer was set for, if it still stands.</summary>
    public static void Act(ExecutionState state, string name)
    {
        if (!state.Timers.TryGet(name, out var timer)) return;
        state.Timers.Remove(name);
        var node = state.Nodes[timer.Node];
        if (node.Active!.Phase == RunPhase.Delayed) Retrying.Due(state, node);
        else if (name == OpenTimers.Wait(node.Node.Id, timer.Run)) Waiting.Due(state, node);
        else Waiting.TimedOut(state, node);
    }

    private static void TimeOut(ExecutionState state)
    {
        state.Timers.Remove(OpenTimers.Workflow);
        Pausing.Override(state);
        state.Error ??= new ExecutionError(
            string.Create(CultureInfo.InvariantCulture, $"The execution did not end within the workflow's timeout of {Seconds(state)} s."), NodeErrorCodes.Timeout, NodeId: null, Attempt: 0);
        Stopping.Stop(state, new StopProgress(ExecutionStatus.TimedOut, Compensates: true));
    }

    private static int? Seconds(ExecutionState state)
    {
        var settings = state.Plan.Definition.Settings;
        return settings.TimeoutSeconds ?? (settings.Mode == ExecutionMode.Express ? WorkflowSettings.ExpressTimeoutSeconds : null);
    }
}
