using System.Buffers;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>Events and documents to the bytes that the store keeps, and back.</summary>
public static class EventBytes
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

    /// <param name="json">A JSON array of events; must not change afterwards.</param>
    /// <exception cref="HistoryUnreadableException">It is damaged, or holds an unknown event.</exception>
    public static IReadOnlyList<ExecutionEvent> ReadSegment(ReadOnlyMemory<byte> json)
    {
        try
        {
            return ExecutionEventJson.ReadSegment(json);
        }
        catch (Exception e) when (e is FormatException or UnknownEventException)
        {
            throw new HistoryUnreadableException(e.Message, e);
        }
    }

    /// <summary>An event from an inbox.</summary>
    /// <exception cref="HistoryUnreadableException">It is no event that this version knows.</exception>
    public static ExecutionEvent Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return ExecutionEventJson.Read(json);
        }
        catch (Exception e) when (e is FormatException or UnknownEventException)
        {
            throw new HistoryUnreadableException($"A message in the inbox cannot be read: {e.Message}", e);
        }
    }
}
