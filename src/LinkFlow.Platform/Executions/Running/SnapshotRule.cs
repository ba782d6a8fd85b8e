using System.Buffers;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>
/// When to write a snapshot: after max(256 events, bytes of the last snapshot ÷ mean bytes of an event), so that
/// snapshots together cost no more than the events do, and reading back stays short.
/// </summary>
public sealed class SnapshotRule(long lastBytes = 0)
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

    /// <summary>Counts an append, and takes the snapshot that goes with it; null: none is due.</summary>
    /// <param name="bytes">Of the events as they are stored.</param>
    public ReadOnlyMemory<byte>? Next(ExecutionState state, int events, long bytes)
    {
        Count(events, bytes);
        if (_events < MinEvents || _bytes < _lastBytes) return null;
        var buffer = new ArrayBufferWriter<byte>((int)Math.Max(1_024, _lastBytes));
        using (var writer = JsonText.CreateWriter(buffer)) state.WriteSnapshot(writer);
        _lastBytes = buffer.WrittenCount;
        _events = 0;
        _bytes = 0;
        return buffer.WrittenMemory;
    }
}
