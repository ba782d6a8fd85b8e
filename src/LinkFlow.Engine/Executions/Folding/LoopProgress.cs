using System.Collections.Immutable;

namespace LinkFlow.Engine.Executions.Folding;

/// <summary>One entry into a loop: a cursor through its input, and what its rounds came to so far.</summary>
internal sealed class LoopProgress(int batchSize)
{
    public int BatchSize { get; } = batchSize;

    /// <summary>Derived from the sources, so no part of a snapshot.</summary>
    public ImmutableArray<DataPart> Input { get; set; } = [];

    /// <summary>The current round, from 0; −1 before the first.</summary>
    public int Round { get; set; } = -1;

    /// <summary>What the current round got.</summary>
    public ImmutableArray<DataPart> Batch { get; set; } = [];

    /// <summary>Members of the region whose run of this round has not ended.</summary>
    public int OpenMembers { get; set; }

    /// <summary>The results of all rounds, in order.</summary>
    public PartList Results { get; init; } = new();

    /// <summary>All rounds have ended; the results are being stored.</summary>
    public bool IsEnding { get; set; }


    /// <summary>The place of the next item: a part of the input, and an item in it.</summary>
    public (int Part, int Item) Next { get; set; }
    public bool HasMore => Next.Part < Input.Length;

    /// <summary>Moves on to the next round's batch.</summary>
    public void TakeBatch()
    {
        Round++;
        var batch = ImmutableArray.CreateBuilder<DataPart>(1);
        var (at, item) = Next;
        for (var wanted = BatchSize; wanted > 0 && at < Input.Length;)
        {
            var part = Input[at];
            var taken = Math.Min(wanted, part.Count - item);
            batch.Add(part with { Offset = part.Offset + item, Count = taken });
            wanted -= taken;
            item += taken;
            if (item < part.Count) continue;
            (at, item) = (at + 1, 0);
        }

        Next = (at, item);
        Batch = batch.DrainToImmutable();
    }
}
