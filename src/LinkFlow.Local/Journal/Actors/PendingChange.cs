using LinkFlow.Engine.Executions;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Actors;

/// <summary>
/// What an actor has gathered since its last commit, and what it will do once that is durable. Its owner's alone,
/// save <see cref="Find"/>, which attempts call from their own threads.
/// </summary>
internal sealed class PendingChange
{
    private readonly Lock _lock = new();
    private readonly List<ExecutionEvent> _events = [];
    private long _began;
    private bool _hasBlobs;

    public IReadOnlyList<ExecutionEvent> Events => _events;

    /// <summary>By name; null: the timer is deleted.</summary>
    public Dictionary<string, long?> Timers { get; } = [];

    /// <summary>Positions of inbox rows whose events are in here, or that say nothing new.</summary>
    public List<long> Handled { get; } = [];

    /// <summary>Commands for children.</summary>
    public List<InboxMessage> Messages { get; } = [];

    /// <summary>External attempts that start after the commit.</summary>
    public List<Attempt> Launches { get; } = [];

    /// <summary>Children that start after the commit.</summary>
    public List<StartChild> Children { get; } = [];
    public int Runs { get; private set; }

    /// <summary>Bytes of payloads.</summary>
    public long Bytes { get; private set; }

    /// <summary>Nothing that must be written; children and attempts may still be waiting to start.</summary>
    public bool IsEmpty => _events.Count == 0 && Handled.Count == 0 && Timers.Count == 0 && Messages.Count == 0;

    public void Add(ExecutionEvent @event, long timestamp)
    {
        if (_events.Count == 0) _began = timestamp;
        lock (_lock) _events.Add(@event);
        if (@event is NodeCompleted or NodeFailed or LoopEntered) Runs++;
        EventPayloads.Visit(@event, this, static (change, _, payload) =>
        {
            change.Bytes += payload.Bytes;
            change._hasBlobs |= payload.Blob is not null;
        });
    }

    /// <summary>The event with this sequence number if it waits here, else null.</summary>
    public ExecutionEvent? Find(long seq)
    {
        lock (_lock)
        {
            if (_events.Count == 0) return null;
            var at = seq - _events[0].Seq;
            return at >= 0 && at < _events.Count ? _events[(int)at] : null;
        }
    }

    /// <summary>The names of the blobs that its events refer to.</summary>
    public IReadOnlyList<string> Blobs() =>
        _hasBlobs ? [.. _events.SelectMany(EventPayloads.All).Select(p => p.Blob).OfType<string>()] : [];

    /// <summary>Puts blobs in the place of large payloads.</summary>
    private void Replace(int index, ExecutionEvent @event)
    {
        _hasBlobs = true;
        lock (_lock) _events[index] = @event;
    }

    /// <summary>Puts large payloads into the blob store before the commit that refers to them.</summary>
    /// <exception cref="StoreUnavailableException">The blob store cannot take them now.</exception>
    public async ValueTask SpillAsync(string tenant, ExecutionHost host)
    {
        var threshold = host.Options.ClaimCheckBytes;
        if (Bytes <= threshold) return;
        for (var i = 0; i < _events.Count; i++)
        {
            var spilled = await Spilling.SpillAsync(tenant, _events[i], host.Blobs, threshold);
            if (!ReferenceEquals(spilled, _events[i])) Replace(i, spilled);
        }
    }

    /// <summary>A batch has grown as large as it may.</summary>
    public bool IsFull(JournalOptions options, TimeProvider clock) =>
        Runs >= options.BatchRuns || Bytes >= options.BatchBytes || (_events.Count > 0 && clock.GetElapsedTime(_began) >= options.BatchTime);

    public void Clear()
    {
        lock (_lock) _events.Clear();
        Timers.Clear();
        Handled.Clear();
        Messages.Clear();
        Launches.Clear();
        Children.Clear();
        Runs = 0;
        Bytes = 0;
        _hasBlobs = false;
    }
}
