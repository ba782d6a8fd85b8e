using System.Text.Json;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Executions;

/// <summary>
/// Events as JSON: <c>{"seq","id"?,"type","v","at",…}</c>, by the table in <see cref="ExecutionEventTypes"/>.
/// Fields at their default are left out. A payload is <c>{"count","bytes","items":[…]}</c> or
/// <c>{"count","bytes","blob":"…"}</c>, or neither when its data is gone. A reference to data is
/// <c>[seq, output, offset, count]</c>.
/// </summary>
public static class ExecutionEventJson
{
    /// <summary>Deep enough for an item of the deepest allowed JSON within a segment.</summary>
    internal const int MaxDepth = JsonText.MaxDepth + 40;

    /// <summary>As it is stored: times are Unix milliseconds.</summary>
    public static void Write(Utf8JsonWriter writer, ExecutionEvent @event) => new ExecutionEventWriter(writer, timesAsText: false).Write(@event);

    /// <summary>As it is shown to users: times are RFC 3339 with milliseconds.</summary>
    public static void WriteShown(Utf8JsonWriter writer, ExecutionEvent @event) => new ExecutionEventWriter(writer, timesAsText: true).Write(@event);

    /// <summary>Reads one stored event. Inline payloads are slices of <paramref name="json"/>, which must not change afterwards.</summary>
    /// <exception cref="UnknownEventException">The type, or this version of it, is not in the table.</exception>
    /// <exception cref="FormatException">The bytes are no such event; says what and at which byte.</exception>
    public static ExecutionEvent Read(ReadOnlyMemory<byte> json) => new ExecutionEventReader(json).ReadOne();

    /// <summary>Reads a segment: a JSON array of stored events.</summary>
    /// <inheritdoc cref="Read"/>
    public static IReadOnlyList<ExecutionEvent> ReadSegment(ReadOnlyMemory<byte> json) => new ExecutionEventReader(json).ReadAll();
}
