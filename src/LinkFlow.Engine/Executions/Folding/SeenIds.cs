namespace LinkFlow.Engine.Executions.Folding;

/// <summary>The ids of the last incoming events, so that each is applied once.</summary>
internal sealed class SeenIds
{
    /// <summary>Older ones are forgotten: shells drain an inbox by position, so a repeat comes soon or never.</summary>
    public const int Most = 512;

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Oldest first.</summary>
    public IEnumerable<string> InOrder => _order;

    public bool Contains(string id) => _ids.Contains(id);

    public void Add(string id)
    {
        if (!_ids.Add(id)) return;
        _order.Enqueue(id);
        if (_order.Count > Most) _ids.Remove(_order.Dequeue());
    }
}
