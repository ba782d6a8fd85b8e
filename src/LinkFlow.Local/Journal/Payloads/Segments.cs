using LinkFlow.Engine.Executions;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Payloads;

/// <summary>What the journal's rows hold.</summary>
internal static class Segments
{
    /// <exception cref="HistoryUnreadableException">It is of an unknown format, or holds an unknown event.</exception>
    public static IReadOnlyList<ExecutionEvent> Read(Segment segment) => segment.Format == Segment.JsonFormat
        ? EventBytes.ReadSegment(segment.Payload)
        : throw new HistoryUnreadableException($"The segment that begins with event {segment.FirstSeq} has the unknown format {segment.Format}.");
}
