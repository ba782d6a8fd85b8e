using System.Buffers;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Sqlite.Journal;

namespace LinkFlow.Local.Journal.Upkeep;

/// <summary>
/// When to write a snapshot: after max(256 events, bytes of the last snapshot ÷ mean bytes of an event), so that
/// snapshots together cost no more than the events do, and reading back stays short.
/// </summary>
internal sealed class SnapshotRule(long lastBytes = 0)
{
    public const int MinEvents = 256;

    private long _lastBytes = lastBytes;
    private long _events;
    private long _bytes;

    /// <summary>Events that lie behind the last snapshot.</summary>
    public void Count(int events, long bytes)
    {
        _events += events;
        _bytes += bytes;
    }

    /// <summary>Counts an append, and says whether a snapshot goes with it.</summary>
    public SnapshotWrite? Next(ExecutionState state, int events, long bytes)
    {
        Count(events, bytes);
        if (_events < MinEvents || _bytes < _lastBytes) return null;
        var buffer = new ArrayBufferWriter<byte>((int)Math.Max(1_024, _lastBytes));
        using (var writer = JsonText.CreateWriter(buffer)) state.WriteSnapshot(writer);
        _lastBytes = buffer.WrittenCount;
        _events = 0;
        _bytes = 0;
        return new SnapshotWrite(state.LastSeq, buffer.WrittenMemory);
    }
}
