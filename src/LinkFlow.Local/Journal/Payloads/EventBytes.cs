using System.Buffers;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Payloads;

/// <summary>Events and documents to the bytes that the store keeps, and back.</summary>
internal static class EventBytes
{
    public static byte[] Of(ExecutionEvent @event)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = JsonText.CreateWriter(buffer)) ExecutionEventJson.Write(writer, @event);
        return buffer.WrittenSpan.ToArray();
    }

    /// <param name="expectedBytes">Of the payloads, to size the buffer.</param>
    public static ReadOnlyMemory<byte> Of(IReadOnlyList<ExecutionEvent> events, long expectedBytes)
    {
        var buffer = new ArrayBufferWriter<byte>((int)Math.Min(1 << 20, expectedBytes + (events.Count * 320L) + 64));
        using (var writer = JsonText.CreateWriter(buffer))
        {
            writer.WriteStartArray();
            for (var i = 0; i < events.Count; i++) ExecutionEventJson.Write(writer, events[i]);
            writer.WriteEndArray();
        }

        return buffer.WrittenMemory;
    }

    /// <exception cref="HistoryUnreadableException">It is of an unknown format, or holds an unknown event.</exception>
    public static IReadOnlyList<ExecutionEvent> Read(Segment segment)
    {
        if (segment.Format != Segment.JsonFormat)
            throw new HistoryUnreadableException($"The segment that begins with event {segment.FirstSeq} has the unknown format {segment.Format}.");
        try
        {
            return ExecutionEventJson.ReadSegment(segment.Payload);
        }
        catch (Exception e) when (e is FormatException or UnknownEventException)
        {
            throw new HistoryUnreadableException(e.Message, e);
        }
    }

    /// <exception cref="HistoryUnreadableException">It is no event that this version knows.</exception>
    public static ExecutionEvent Read(InboxEntry entry)
    {
        try
        {
            return ExecutionEventJson.Read(entry.Body);
        }
        catch (Exception e) when (e is FormatException or UnknownEventException)
        {
            throw new HistoryUnreadableException($"A message in the inbox cannot be read: {e.Message}", e);
        }
    }
}
