using System.Collections.Immutable;
using LinkFlow.Engine.Executions.Folding;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>What the end of a run leads to: it is remembered, its connections settle, its round or the execution comes nearer to its end.</summary>
internal static class Settling
{
    /// <param name="outputs">Per output of the node; empty for a run that put nothing out.</param>
    public static void End(ExecutionState state, NodeProgress node, RunStatus status, ImmutableArray<ImmutableArray<DataPart>> outputs, ExecutionError? error = null)
    {
        var active = node.Active;
        if (active is not null) state.Leave(active.Phase);
        var settled = new SettledRun(node.Runs, status, outputs, status == RunStatus.Skipped || active?.Undoes is not null ? [] : Merging.Sources(state, node));
        // Only while the run is open do its connections hold what it got.
        ImmutableArray<StepInput>? inputs = state.Observer is null || status == RunStatus.Skipped ? null : Merging.Inputs(state, node);
        node.Runs++;
        node.Active = null;
        node.Loop = null;
        if (status != RunStatus.Skipped) state.NodesRun++;
        var startedAt = active?.StartedAt ?? (status == RunStatus.Skipped ? null : state.Now);
        state.Report(node, settled.Ordinal, status, startedAt, active?.Attempt ?? 0, error, inputs, outputs);
        if (active?.Undoes is { } undone)
        {
            Compensation.Ended(state, node, undone, status, error);
            return;
        }

        node.Last = settled;
        Compensation.Remember(state, node, settled);
        if (status == RunStatus.Success) References.KeepOutput(state, node, outputs);
        if (state.Stop is not null || status is RunStatus.Error or RunStatus.Cancelled) return;
        Readiness.SettleConnections(state, node);
        Leave(state, node);
    }

    /// <summary>Outputs by reference to the event that recorded them.</summary>
    public static ImmutableArray<ImmutableArray<DataPart>> Recorded(NodeProgress node, ImmutableArray<OutputData> outputs, long seq)
    {
        var parts = new ImmutableArray<DataPart>[node.Node.Outputs.Length];
        Array.Fill(parts, []);
        foreach (var output in outputs)
        {
            var at = node.Node.Outputs.IndexOf(output.Output);
            if (at < 0) throw new InvalidOperationException($"Event {seq}: node '{node.Node.Id}' has no output '{output.Output}'.");
            if (output.Items.Count > 0 && at != node.LoopOutput) parts[at] = [new DataPart(seq, output.Output, 0, output.Items.Count)];
        }

        return [.. parts];
    }

    private static void Leave(ExecutionState state, NodeProgress node)
    {
        if (node.Node.Loops.IsEmpty)
        {
            state.OpenNodes--;
            return;
        }

        var around = node.Node.Loops[^1];
        if (--state.Nodes[around].Loop!.OpenMembers == 0) state.EndedRounds.Enqueue(around);
    }
}
