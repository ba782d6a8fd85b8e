using System.Collections.Immutable;
using LinkFlow.Engine.Executions.Folding;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>
/// Waits end by the clock, by a signal, or by their time-out. One signal wakes the oldest wait for its name; one that
/// no wait takes is kept for later waits, in order (execution.md §7).
/// </summary>
internal static class Waiting
{
    private const string Approval = "approval";

    public static void Started(ExecutionState state, WaitStarted started)
    {
        if (state.FindAttempt(started.Node, started.Run, attempt: null, compensates: null) is not { } node) return;
        Readiness.EndAttempt(state, node);
        var run = node.Active!;
        run.StartedAt ??= started.At;
        if (Stopping.EndIfStopping(state, node)) return;
        var wait = started.Wait;
        run.Wait = new WaitProgress(started.Seq, wait.For, wait.DueAt, wait.Signal, wait.TimeoutAt, wait.OnTimeout);
        state.Move(run, RunPhase.Resting);
        state.Report(node, run.Ordinal, RunStatus.Waiting, run.StartedAt, run.Attempt, null);
        if (wait.Signal is { } name && state.Signals.TryTake(name, out var signal)) Wake(state, node, signal);
        else Rest(state, node);
    }

    /// <summary>Sets the timers of a wait and lets signals find it.</summary>
    public static void Rest(ExecutionState state, NodeProgress node)
    {
        var wait = node.Active!.Wait!;
        var (id, run) = (node.Node.Id, node.Runs);
        if (wait.DueAt is { } due) state.Timers.Set(OpenTimers.Wait(id, run), new OpenTimers.Timer(due, node.Index, run));
        if (wait.TimeoutAt is { } timeout) state.Timers.Set(OpenTimers.WaitTimeout(id, run), new OpenTimers.Timer(timeout, node.Index, run));
        if (wait.Signal is { } name) state.Signals.Await(name, node.Index);
    }

    public static void Signalled(ExecutionState state, SignalReceived received)
    {
        var signal = new KeptSignal(received.Seq, received.Body.Count, SaysApproved(received.Body));
        if (state.Signals.OldestWait(received.Name) is >= 0 and var index) Wake(state, state.Nodes[index], signal);
        else state.Signals.Keep(received.Name, signal);
    }

    /// <summary>The time of a duration or time wait has come: it passes its input on.</summary>
    public static void Due(ExecutionState state, NodeProgress node) => Pass(state, node, node.FirstOutput);

    public static void TimedOut(ExecutionState state, NodeProgress node)
    {
        var run = node.Active!;
        switch (run.Wait!.OnTimeout)
        {
            case "continue":
                // An approval has no main: to go on as if approved would be a decision nobody took.
                var main = node.Node.Outputs.IndexOf("main");
                Pass(state, node, main >= 0 ? main : TimeoutOutput(node));
                break;
            case "timeoutOutput":
                Pass(state, node, TimeoutOutput(node));
                break;
            default:
                Forget(state, node);
                run.FailWith = new NodeError(NodeErrorCodes.WaitTimeout, $"The wait '{node.Node.Id}' timed out before what it waited for came.");
                run.Wait = null;
                run.ReleasedAt = state.Now;
                Readiness.MakeReady(state, node);
                break;
        }
    }

    /// <summary>Nothing wakes the wait any more.</summary>
    public static void Forget(ExecutionState state, NodeProgress node)
    {
        var (id, run, wait) = (node.Node.Id, node.Runs, node.Active!.Wait!);
        if (wait.DueAt is not null) state.Timers.Close(OpenTimers.Wait(id, run));
        if (wait.TimeoutAt is not null) state.Timers.Close(OpenTimers.WaitTimeout(id, run));
        if (wait.Signal is { } name) state.Signals.Forget(name, node.Index);
    }

    private static void Wake(ExecutionState state, NodeProgress node, KeptSignal signal)
    {
        var output = node.Active!.Wait!.For == Approval ? node.Node.Outputs.IndexOf(signal.IsApproved ? "approved" : "rejected") : node.FirstOutput;
        End(state, node, PassingOn.Only(node, Math.Max(output, 0), [new DataPart(signal.Seq, "main", 0, signal.Count) { By = node.Active.Wait.Since }]));
    }

    private static void Pass(ExecutionState state, NodeProgress node, int output) => End(state, node, PassingOn.InputOn(state, node, output));

    private static void End(ExecutionState state, NodeProgress node, ImmutableArray<ImmutableArray<DataPart>> outputs)
    {
        Forget(state, node);
        Settling.End(state, node, RunStatus.Success, outputs);
    }

    private static int TimeoutOutput(NodeProgress node) => Math.Max(node.Node.Outputs.IndexOf("timeout"), 0);

    /// <summary>Only an explicit <c>"approved": true</c> approves.</summary>
    private static bool SaysApproved(Payload body)
    {
        if (body.Inline.IsEmpty) return false;
        return JsonText.ParseStored(body.Inline.Span).AsArray is { Count: > 0 } items && items[0]["json"]["approved"] == Value.True;
    }
}
