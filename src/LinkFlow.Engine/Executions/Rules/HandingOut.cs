using System.Collections.Immutable;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions.Folding;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>
/// Which steps the shell gets: ready nodes in the order of <c>nodes</c>, external ones as far as slots are free; after
/// a recovery, attempts that were in flight (execution.md §2, §11).
/// </summary>
internal static class HandingOut
{
    /// <summary>This recovery of one attempt fails it instead of running it.</summary>
    private const int FatalRecovery = 4;

    private static readonly NodeError Crashed = new(
        NodeErrorCodes.Crashed, "The process ended while this attempt was running, so it is not known what it did.", Final: true);

    /// <summary>What this recovery of an attempt fails it with; null: it runs again.</summary>
    public static NodeError? CrashOf(NodeProgress node, int recovery) =>
        node.Node.Definition.OnCrash == OnCrash.Fail || recovery >= FatalRecovery ? Crashed : null;

    public static bool HasAny(ExecutionState state)
    {
        if (state.IsFinished) return false;
        Compensation.Prepare(state);
        return !state.Outbox.IsEmpty
            || state.Ready.CanRecover
            || (!state.IsPaused && (state.Ready.CanHandOut || CanStartChild(state)))
            || (!state.IsFinishHandedOut && Finishing.IsDue(state));
    }

    public static void Take(ExecutionState state, List<ExecutionStep> steps)
    {
        Compensation.Prepare(state);
        var finish = !state.IsFinishHandedOut && Finishing.IsDue(state);
        if (finish) state.Timers.Close(OpenTimers.Workflow);
        state.Outbox.TakeAll(steps);
        while (state.Ready.TakeRecovering() is >= 0 and var recovering) steps.Add(Step(state, state.Nodes[recovering], isRecovery: true));
        if (!state.IsPaused)
        {
            while (Children.TakeNext(state) is { } child) steps.Add(child);
            while (state.Ready.TakeNext() is >= 0 and var ready) steps.Add(Step(state, state.Nodes[ready], isRecovery: false));
        }

        if (!finish) return;
        state.IsFinishHandedOut = true;
        steps.Add(new FinishExecution(Finishing.Event(state)));
    }

    /// <summary>An attempt whose start is recorded, as it was when it was handed out: for a shell that runs it elsewhere than where it decides.</summary>
    public static RunNode? TakeStarted(ExecutionState state, NodeProgress node, int attempt)
    {
        if (node.Active is not { Phase: RunPhase.Ready, IsRecorded: true } run || run.Attempt != attempt) return null;
        state.Ready.Remove(node.Index);
        return Step(state, node, isRecovery: false) with { Now = run.AttemptAt };
    }

    private static bool CanStartChild(ExecutionState state)
    {
        foreach (var node in state.Ready.WithChildren)
            if (state.Nodes[node].Active?.Children is { CanStart: true }) return true;
        return false;
    }

    private static RunNode Step(ExecutionState state, NodeProgress node, bool isRecovery)
    {
        var run = node.Active!;
        var crash = isRecovery ? CrashOf(node, run.Recoveries + 1) : null;
        var isComposed = run.Children is { HaveAllEnded: true };
        var failWith = run.FailWith ?? crash ?? (!isComposed && Stopping.IsGivenUp(state, run) ? Stopping.GivenUp : null);
        var isExternal = failWith is null && Readiness.IsExternal(state, node);
        Readiness.EnterFlight(state, node);
        run.IsHandedOut = true;
        return new RunNode
        {
            Node = node.Node.Id,
            Run = run.Ordinal,
            Attempt = run.Attempt,
            // What is too much is not to be loaded either.
            Inputs = failWith?.Code == NodeErrorCodes.TooManyItems ? [] : Merging.Inputs(state, node),
            IsExternal = isExternal,
            Now = isRecovery ? run.AttemptAt : run.ReleasedAt,
            Pending = run.Pending,
            EarlierAttempts = run.EarlierAttempts,
            IsRecovery = isRecovery && crash is null,
            Recoveries = run.Recoveries,
            Compensates = run.Undoes is { } undone ? new RunKey(undone.Node, undone.Run) : null,
            IsPinned = node.Node.IsPinned,
            FailWith = failWith,
            Children = isComposed ? [.. Children.Outcomes(node)] : default(ImmutableArray<ChildOutcome>),
        };
    }
}
