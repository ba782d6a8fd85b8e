using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes.Linking;

/// <summary>What one run put on one output, as far as following items back needs it. One object per event and output, so that a place is told by object and index.</summary>
/// <param name="node">The index of the node that ran; <see cref="Start"/>: the items came in with the start.</param>
/// <param name="seq">The event that recorded the run. What it got was recorded before.</param>
/// <param name="whole">The reference to all of it.</param>
/// <param name="inputs">What it got, input by input.</param>
internal sealed class Maker(int node, long seq, DataPart whole, RunInput[] inputs)
{
    public const int Start = -1;

    public int Node { get; } = node;
    public long Seq { get; } = seq;
    public DataPart Whole { get; } = whole;
    public RunInput[] Inputs { get; } = inputs;

    /// <summary>Its items came from outside, by a signal: each stands for all that its wait got.</summary>
    public bool IsSignal => Whole.By != 0;

    /// <summary>Loaded when they are first needed.</summary>
    public IReadOnlyList<Item>? Items { get; set; }

    /// <summary>Which items of the inputs an item was made of; empty: its node did not say.</summary>
    public IReadOnlyList<PairedItem> PairsOf(int item)
    {
        if (!IsSignal) return item < Items!.Count ? Items[item].PairedItems ?? [] : [];
        return [.. Inputs.SelectMany((input, i) => Enumerable.Range(0, input.Parts.Count).Select(n => new PairedItem(i, n)))];
    }
}

/// <summary>One input of a run: the nodes that its items came from, and where they are recorded.</summary>
internal sealed class RunInput(IReadOnlyList<InputSource> sources, PartIndex parts)
{
    public PartIndex Parts { get; } = parts;

    /// <summary>The connection's end that an item came from; null: none, the execution started with it.</summary>
    public InputSource? SourceOf(int item)
    {
        foreach (var source in sources)
        {
            if (item < source.Count) return source;
            item -= source.Count;
        }

        return null;
    }
}
