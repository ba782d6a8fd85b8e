using System.Collections.Immutable;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes.Linking;

/// <summary>The runs in an execution's history, found by the references to what they put out. Each event and each output is read once.</summary>
internal sealed class RecordedRuns(NodeRun run)
{
    private readonly Dictionary<(long Seq, string Output, long By), Maker?> _makers = [];
    private readonly Dictionary<long, PartIndex> _stored = [];

    /// <summary>The run that recorded an item, and its place among what that run put out; null: nothing tells.</summary>
    public ValueTask<(Maker? Maker, int Index)> FindAsync(PartIndex parts, int item, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (part, index) = parts.Find(item);
            if (part < 0) return new((null, 0));
            switch (parts.Behind(part))
            {
                case Maker maker: return new((maker, index));
                case PartIndex stored: (parts, item) = (stored, index); continue;
                default: return OpenAndFindAsync(parts, part, item, cancellationToken);
            }
        }
    }

    /// <summary>Makes sure that the items are at hand.</summary>
    public ValueTask LoadAsync(Maker maker, CancellationToken cancellationToken) =>
        maker.Items is null ? ReadAsync(maker, cancellationToken) : default;

    private async ValueTask ReadAsync(Maker maker, CancellationToken cancellationToken) =>
        maker.Items = await run.Load([maker.Whole], cancellationToken).ConfigureAwait(false);

    private async ValueTask<(Maker? Maker, int Index)> OpenAndFindAsync(PartIndex parts, int part, int item, CancellationToken cancellationToken)
    {
        if (await OpenAsync(parts[part], cancellationToken).ConfigureAwait(false) is not { } behind) return (null, 0);
        parts.Keep(part, behind);
        return await FindAsync(parts, item, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<object?> OpenAsync(DataPart part, CancellationToken cancellationToken)
    {
        if (part.Seq == 0) return null;
        if (_stored.TryGetValue(part.Seq, out var stored)) return stored;
        var key = (part.Seq, part.Output, part.By);
        if (_makers.TryGetValue(key, out var known)) return known;
        var found = await run.FindEvent(part.By != 0 ? part.By : part.Seq, cancellationToken).ConfigureAwait(false);
        if (found is ReferencesStored references) return _stored[part.Seq] = new PartIndex(references.Parts);
        return _makers[key] = MakerOf(found, part);
    }

    private Maker? MakerOf(ExecutionEvent? recorded, DataPart part) => recorded switch
    {
        NodeCompleted e => MakerOf(e.Node, e.Seq, Whole(e.Outputs, part), e.Inputs),
        NodeFailed e => MakerOf(e.Node, e.Seq, Whole(e.Outputs, part), e.Inputs),
        WaitStarted e => MakerOf(e.Node, e.Seq, part, e.Inputs),
        ExecutionStarted e => new Maker(Maker.Start, e.Seq, part with { Offset = 0, Count = e.Input.Count }, []),
        _ => null,
    };

    private Maker? MakerOf(string node, long seq, DataPart? whole, ImmutableArray<InputSources> inputs) =>
        whole is { } all && run.Plan.Find(node) is { } planned
            ? new Maker(planned.Index, seq, all, [.. inputs.Select(i => new RunInput(i.Sources, new PartIndex(i.Recorded)))])
            : null;

    private static DataPart? Whole(ImmutableArray<OutputData> outputs, DataPart part) =>
        outputs.FirstOrDefault(o => o.Output == part.Output) is { } output ? part with { Offset = 0, Count = output.Items.Count } : null;
}
