using LinkFlow.Platform.Events;

namespace LinkFlow.Local.Events;

/// <summary>What a subscriber has been given and has not settled yet, in the order of commits, with what was settled behind it. Not safe for use at once.</summary>
/// <param name="position">All events up to it are settled.</param>
internal sealed class Window(long position)
{
    private readonly Queue<Delivery> _entries = new();
    private readonly HashSet<string> _tenants = new(StringComparer.Ordinal);

    /// <summary>Everything up to it has been read.</summary>
    public long ReadThrough { get; set; } = position;

    /// <summary>Everything up to it is settled.</summary>
    public long Watermark { get; private set; } = position;

    /// <summary>Entries, settled ones among them.</summary>
    public int Count => _entries.Count;
    public int Unsettled { get; private set; }

    /// <summary>Unsettled entries whose event is in memory, and how much it takes.</summary>
    public int Held { get; private set; }
    public long Bytes { get; private set; }

    /// <summary>When the oldest unsettled event was committed, Unix ms; null: there is none.</summary>
    public long? OldestAt => _entries.TryPeek(out var first) ? first.At : null;

    public Delivery Add(LoggedEvent logged, InboxNote note)
    {
        var entry = new Delivery(logged, note);
        _entries.Enqueue(entry);
        _tenants.Add(logged.Tenant);
        Unsettled++;
        Held++;
        Bytes += logged.Bytes;
        return entry;
    }

    public void Settle(Delivery entry)
    {
        entry.IsSettled = true;
        Unsettled--;
        Drop(entry);
        Advance();
    }

    /// <summary>Forgets an event, but not its place: it is read again when its turn comes.</summary>
    public void Drop(Delivery entry)
    {
        if (entry.Event is null) return;
        entry.Event = null;
        Held--;
        Bytes -= entry.Bytes;
    }

    public void Advance()
    {
        while (_entries.TryPeek(out var first) && first.IsSettled) _entries.Dequeue();
        // Others of the same position may be behind it, so that the position itself is not settled.
        Watermark = Math.Max(Watermark, _entries.TryPeek(out var open) ? open.Position - 1 : ReadThrough);
    }

    /// <summary>The tenants that may have notes up to the watermark.</summary>
    public string[] TakeTenants()
    {
        string[] tenants = [.. _tenants];
        if (_entries.Count == 0) _tenants.Clear();
        return tenants;
    }
}

/// <summary>One event on its way.</summary>
internal sealed class Delivery(LoggedEvent logged, InboxNote note)
{
    public long Position { get; } = logged.Position;
    public int Index { get; } = logged.Index;
    public long At { get; } = logged.At;
    public int Bytes { get; } = logged.Bytes;
    public string Tenant { get; } = logged.Tenant;
    public string? Subject { get; } = logged.Subject;
    public string? Target { get; } = logged.Target;

    /// <summary>Null: it is read again when its turn comes.</summary>
    public CloudEvent? Event { get; set; } = logged.Make();
    public InboxNote Note { get; set; } = note;
    public Lane Lane { get; set; } = null!;
    public bool IsSettled { get; set; }
}
