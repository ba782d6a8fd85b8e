using System.Collections.Immutable;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Executions.Folding;

/// <summary>Where one node of the plan stands: one instance at a time, since rounds of a loop follow each other.</summary>
internal sealed class NodeProgress
{
    public NodeProgress(PlannedNode node)
    {
        Node = node;
        Unsettled = node.Incoming.Length;
        Before = node.Loops.IsEmpty ? [] : new SettledRun?[node.Loops.Length];
        LoopOutput = node.IsLoop ? node.Outputs.IndexOf("loop") : -1;
        FirstOutput = node.IsLoop ? node.Outputs.IndexOf("done") : 0;
        if (node.IsSink && !node.Loops.IsEmpty) Sunk = new PartList();
    }

    public PlannedNode Node { get; }
    public int Index => Node.Index;

    /// <summary>How many runs ended; the ordinal of the next.</summary>
    public int Runs { get; set; }

    /// <summary>Connections into the instance of the current round that are not settled yet.</summary>
    public int Unsettled { get; set; }
    public bool Delivered { get; set; }

    /// <summary>The run in the current round, once it ended.</summary>
    public SettledRun? Last { get; set; }

    /// <summary>By loop around it, outermost first: its last run in the round before of that loop.</summary>
    public SettledRun?[] Before { get; }
    public ActiveRun? Active { get; set; }

    /// <summary>For a loop: the entry whose rounds go on.</summary>
    public LoopProgress? Loop { get; set; }

    /// <summary>For a sink in a loop: what all its runs put out.</summary>
    public PartList? Sunk { get; }

    /// <summary>The place of <c>loop</c> among the outputs of a loop; −1 for other nodes.</summary>
    public int LoopOutput { get; }

    /// <summary>The place of the output that gets what is passed through: the first; of a loop <c>done</c>.</summary>
    public int FirstOutput { get; }

    /// <summary>What an output has for the connections from it: for a loop's <c>loop</c>, the batch of the current round.</summary>
    public ImmutableArray<DataPart> PartsOf(int output)
    {
        if (Loop is { } loop && output == LoopOutput) return loop.Batch;
        return Last is { Status: RunStatus.Success } last ? last.Outputs[output] : [];
    }

    /// <summary>The ordinal of the run that <see cref="PartsOf"/> speaks of.</summary>
    public int RunOf(int output) => Loop is not null && output == LoopOutput ? Runs : Last?.Ordinal ?? Runs;
}

/// <summary>A run that ended.</summary>
/// <param name="Outputs">Per output of the node; empty arrays where it got nothing.</param>
internal sealed record SettledRun(int Ordinal, RunStatus Status, ImmutableArray<ImmutableArray<DataPart>> Outputs, ImmutableArray<SourceRun> Sources);

/// <summary>What a run got over one connection.</summary>
/// <param name="Connection">The place of the connection among the node's <see cref="PlannedNode.Incoming"/>.</param>
/// <param name="Run">The ordinal of the source's run.</param>
/// <param name="Count">How many items.</param>
internal readonly record struct SourceRun(int Connection, int Run, int Count);
