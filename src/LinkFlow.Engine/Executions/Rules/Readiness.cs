using LinkFlow.Engine.Executions.Folding;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>
/// A node is ready when every connection into it, back edges aside, is settled and at least one delivered; if all are
/// dead it is skipped (execution.md §2). A connection delivers if at least one item left its output.
/// </summary>
internal static class Readiness
{
    /// <summary>Settles the connections from a run that ended; those from a loop's <c>loop</c> are settled by each round.</summary>
    public static void SettleConnections(ExecutionState state, NodeProgress source, bool ofRound = false)
    {
        foreach (var connection in source.Node.Outgoing)
        {
            if (connection.IsBackEdge || (source.LoopOutput >= 0 && connection.SourceOutput == source.LoopOutput) != ofRound) continue;
            var target = state.Nodes[connection.Target];
            target.Delivered |= !source.PartsOf(connection.SourceOutput).IsEmpty;
            if (--target.Unsettled == 0) state.Work.Enqueue(connection.Target);
        }
    }

    /// <summary>All connections into the node are settled.</summary>
    public static void Decide(ExecutionState state, NodeProgress node)
    {
        if (!node.Delivered)
        {
            Skipping.Skip(state, node);
            return;
        }

        if (Inflow.TooMuch(state, node) is { } tooMuch)
        {
            Release(state, node);
            node.Active!.FailWith = tooMuch;
        }
        else if (node.Node.Definition.Disabled) PassingOn.EndDisabled(state, node);
        else Release(state, node);
    }

    public static void Release(ExecutionState state, NodeProgress node, CompensableRun? undoes = null, long? at = null)
    {
        node.Active = new ActiveRun { Ordinal = node.Runs, ReleasedAt = at ?? state.Now, Undoes = undoes };
        state.Enter(RunPhase.Ready);
        MakeReady(state, node);
    }

    /// <summary>Lets an attempt of the active run be handed out.</summary>
    public static void MakeReady(ExecutionState state, NodeProgress node)
    {
        var run = node.Active!;
        state.Move(run, RunPhase.Ready);
        run.Recoveries = 0;
        state.Ready.Add(node.Index, IsExternal(state, node));
    }

    /// <summary>The attempt is over, in whatever way.</summary>
    public static void EndAttempt(ExecutionState state, NodeProgress node)
    {
        var run = node.Active!;
        state.Ready.Remove(node.Index);
        state.Outbox.Withdraw(Stopping.CancelKey(node));
        if (run.IsInFlight) state.Ready.Leave(run.TakesSlot);
        run.IsHandedOut = run.IsRecorded = run.TakesSlot = false;
    }

    /// <summary>The attempt is with the shell, or was when the process ended.</summary>
    public static void EnterFlight(ExecutionState state, NodeProgress node)
    {
        var run = node.Active!;
        if (run.IsInFlight) return;
        run.TakesSlot = IsExternal(state, node);
        state.Ready.Enter(run.TakesSlot);
    }

    public static bool IsExternal(ExecutionState state, NodeProgress node) =>
        node.Node.Effect == Effect.External
        && !node.Node.IsPinned
        && node.Active is { FailWith: null } run
        && run.Children is not { HaveAllEnded: true }
        && !Stopping.IsGivenUp(state, run);
}
