using System.Diagnostics;

namespace LinkFlow.Functions.Telemetry;

/// <summary>
/// Keeps an execution's work in the trace of what began it. The runtime hands the trace on from a schedule to its orchestration and
/// its activities by itself; where a sweep or another region takes over, the trace is the one that the execution's record names.
/// </summary>
public static class Traces
{
    public const string SourceName = "LinkFlow";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The trace that runs now, as W3C Trace Context writes it; null: none that is recorded.</summary>
    public static string? Current => Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } span ? span.Id : null;

    /// <summary>Goes on with a trace until the result is disposed, linked to what runs now.</summary>
    /// <param name="traceparent">Null, or what is none: nothing changes.</param>
    /// <returns>Null: what runs now is part of it already, or nobody listens.</returns>
    public static Activity? Continue(string name, string? traceparent)
    {
        if (!ActivityContext.TryParse(traceparent, null, isRemote: true, out var parent) || Activity.Current?.TraceId == parent.TraceId) return null;
        return Source.StartActivity(name, ActivityKind.Internal, parent, links: Activity.Current is { } now ? [new ActivityLink(now.Context)] : null);
    }
}
