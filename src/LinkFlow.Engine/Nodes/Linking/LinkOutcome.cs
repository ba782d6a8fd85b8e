namespace LinkFlow.Engine.Nodes.Linking;

/// <summary>How following an item back ended.</summary>
internal enum LinkEnd
{
    /// <summary>The way back leads past the node.</summary>
    Missed,

    /// <summary>A node on the way does not say what it made its item of.</summary>
    Broken,
    Found,

    /// <summary>It came from several items of the node.</summary>
    Several,
}

/// <summary>What following an item back came to.</summary>
/// <param name="Maker">With <see cref="LinkEnd.Found"/> and <see cref="LinkEnd.Several"/>: the run whose item it is, or one of them.</param>
/// <param name="Index">The item's place among what that run put out.</param>
/// <param name="Node">Where the way ended, broke or forked; <see cref="Linking.Maker.Start"/>: at the execution's start.</param>
internal readonly record struct LinkOutcome(LinkEnd End, Maker? Maker, int Index, int Node)
{
    /// <summary>With <see cref="LinkEnd.Several"/>: the place of another.</summary>
    public int OtherIndex { get; init; }

    public static LinkOutcome Missed(int node) => new(LinkEnd.Missed, null, 0, node);
    public static LinkOutcome Broken(int node) => new(LinkEnd.Broken, null, 0, node);
    public static LinkOutcome Found(Maker maker, int index) => new(LinkEnd.Found, maker, index, maker.Node);

    /// <summary>What two ways from one item come to together: the same place twice is one; a way that leads nowhere does not count beside one that does.</summary>
    public LinkOutcome And(LinkOutcome other, int fork) => (End, other.End) switch
    {
        (LinkEnd.Several, _) => this,
        (_, LinkEnd.Several) => other,
        (LinkEnd.Found, LinkEnd.Found) when Maker == other.Maker && Index == other.Index => this,
        (LinkEnd.Found, LinkEnd.Found) => new(LinkEnd.Several, Maker, Index, fork) { OtherIndex = other.Index },
        _ => other.End > End ? other : this,
    };
}

/// <summary>An item that was made of several: its ways back are followed one after the other.</summary>
internal sealed class LinkFork(Maker maker, int index, IReadOnlyList<Values.PairedItem> pairs)
{
    private int _next;

    public Maker Maker => maker;
    public int Index => index;
    public LinkOutcome Outcome { get; private set; } = LinkOutcome.Missed(maker.Node);

    public void Add(LinkOutcome way) => Outcome = _next == 1 ? way : Outcome.And(way, maker.Node);

    /// <returns>False: all ways were followed, or the rest cannot change anything.</returns>
    public bool TryNext(out Values.PairedItem pair)
    {
        pair = default;
        if (_next == pairs.Count || Outcome.End == LinkEnd.Several) return false;
        pair = pairs[_next++];
        return true;
    }
}
