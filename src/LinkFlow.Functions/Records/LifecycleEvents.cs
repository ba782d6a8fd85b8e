using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>The CloudEvents that recorded events stand for.</summary>
internal static class LifecycleEvents
{
    public static IReadOnlyList<OutgoingEvent> Of(Execution execution, IReadOnlyList<ExecutionEvent> events) => [];
}
