using System.Collections.Immutable;
using LinkFlow.Engine.Executions.Folding;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>
/// A loop hands its input to its region in batches, one round after the other; a round ends when every run of the
/// region is settled, its result is the joined items of the back edges (execution.md §3).
/// </summary>
internal static class Looping
{
    /// <summary>Rounds that may pass within one event before the loop yields to the storing of its results.</summary>
    private const int MostRoundsAtOnce = 1_000;

    public static void Entered(ExecutionState state, LoopEntered entered)
    {
        if (state.FindAttempt(entered.Node, entered.Run, attempt: null, compensates: null) is not { } node) return;
        if (!node.Node.IsLoop || entered.BatchSize < 1) throw new InvalidOperationException($"Event {entered.Seq}: node '{entered.Node}' cannot be entered in batches of {entered.BatchSize}.");
        Readiness.EndAttempt(state, node);
        node.Active!.StartedAt ??= entered.At;
        if (Stopping.EndIfStopping(state, node)) return;
        state.Report(node, entered.Run, RunStatus.Running, node.Active.StartedAt, node.Active.Attempt, null);
        state.Move(node.Active, RunPhase.Rounds);
        node.Loop = new LoopProgress(entered.BatchSize) { Input = Merging.Join(state, node) };
        if (node.Active.Undoes is null) BeginRound(state, node);
        else EndLoop(state, node);
    }

    /// <summary>Every run of the region is settled.</summary>
    public static void EndRound(ExecutionState state, NodeProgress node)
    {
        var loop = node.Loop!;
        foreach (var edge in node.Node.BackEdges)
            References.Add(state, loop.Results, state.Nodes[edge.Source].PartsOf(edge.SourceOutput));
        References.KeepShort(state, node, loop.Results);
        if (!loop.HasMore) EndLoop(state, node);
        else if (state.RoundsInThisEvent < MostRoundsAtOnce || state.PendingReferences == 0) BeginRound(state, node);
        else state.HeldLoops.Enqueue(node.Index);
    }

    /// <summary>Some references were stored: loops that waited for it go on.</summary>
    public static void Resume(ExecutionState state, NodeProgress? stored)
    {
        if (stored?.Loop is { IsEnding: true }) EndLoop(state, stored);
        if (state.PendingReferences > 0) return;
        for (var n = state.HeldLoops.Count; n > 0; n--)
        {
            var node = state.Nodes[state.HeldLoops.Dequeue()];
            BeginRound(state, node);
        }
    }

    private static void BeginRound(ExecutionState state, NodeProgress node)
    {
        var loop = node.Loop!;
        state.RoundsInThisEvent++;
        loop.TakeBatch();
        loop.OpenMembers = node.Node.Region.Length;
        Reset(state, node, isFirst: loop.Round == 0);
        Readiness.SettleConnections(state, node, ofRound: true);
        if (loop.OpenMembers == 0) state.EndedRounds.Enqueue(node.Index);
    }

    /// <summary>Runs of the round that ended become those of the round before; the members wait for their connections anew.</summary>
    private static void Reset(ExecutionState state, NodeProgress node, bool isFirst)
    {
        var depth = node.Node.Loops.Length;
        foreach (var index in LoopMembers.Of(state.Plan, node.Index))
        {
            var member = state.Nodes[index];
            member.Before[depth] = isFirst ? null : member.Last;
            member.Last = null;
        }

        foreach (var index in node.Node.Region)
        {
            var member = state.Nodes[index];
            member.Unsettled = member.Node.Incoming.Length;
            member.Delivered = false;
        }
    }

    /// <summary>All rounds are over. What is left of their results is made short before others refer to it.</summary>
    private static void EndLoop(ExecutionState state, NodeProgress node)
    {
        var loop = node.Loop!;
        loop.IsEnding = true;
        if (!References.IsShort(state, node, loop.Results)) return;
        var outputs = new ImmutableArray<DataPart>[node.Node.Outputs.Length];
        Array.Fill(outputs, []);
        outputs[node.LoopOutput] = loop.Batch;
        outputs[node.FirstOutput] = Done(node, loop);
        References.Drop(state, loop.Results);
        Settling.End(state, node, RunStatus.Success, [.. outputs]);
    }

    private static ImmutableArray<DataPart> Done(NodeProgress node, LoopProgress loop)
    {
        var results = loop.Results.ToParts();
        return results.IsEmpty && node.Node.Definition.AlwaysOutput ? [new DataPart(0, node.Node.Outputs[node.FirstOutput], 0, 1)] : results;
    }
}
