using System.Collections.Immutable;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>Which payloads an event carries, and how to find or replace them.</summary>
public static class EventPayloads
{
    /// <summary>What a reference to this event and output means; null: the event has no such output.</summary>
    public static Payload? Find(ExecutionEvent @event, string output) => @event switch
    {
        NodeCompleted completed => Find(completed.Outputs, output),
        NodeFailed failed => Find(failed.Outputs, output),
        ExecutionStarted started when output == Connection.Main => started.Input,
        SignalReceived signal when output == Connection.Main => signal.Body,
        ChildFinished child when output == Connection.Main => child.Output,
        _ => null,
    };

    /// <summary>Shows all payloads of the event, with the outputs that references call them by; null: not referred to as items.</summary>
    public static void Visit<T>(ExecutionEvent @event, T state, Action<T, string?, Payload> visit)
    {
        switch (@event)
        {
            case NodeCompleted completed:
                foreach (var output in completed.Outputs) visit(state, output.Output, output.Items);
                if (completed.Response is { } response) visit(state, null, response);
                break;
            case NodeFailed failed:
                foreach (var output in failed.Outputs) visit(state, output.Output, output.Items);
                break;
            case NodeAttemptFailed { Partial: { } partial }:
                visit(state, null, partial);
                break;
            case ExecutionStarted started:
                visit(state, Connection.Main, started.Input);
                break;
            case SignalReceived signal:
                visit(state, Connection.Main, signal.Body);
                break;
            case ChildFinished { Output: { } output }:
                visit(state, Connection.Main, output);
                break;
        }
    }

    /// <summary>All payloads of the event.</summary>
    public static IReadOnlyList<Payload> All(ExecutionEvent @event)
    {
        var payloads = new List<Payload>();
        Visit(@event, payloads, static (all, _, payload) => all.Add(payload));
        return payloads;
    }

    /// <summary>The event with other payloads in the same places.</summary>
    public static ExecutionEvent Replace(ExecutionEvent @event, Func<Payload, Payload> replace) => @event switch
    {
        NodeCompleted completed => completed with
        {
            Outputs = Replace(completed.Outputs, replace),
            Response = completed.Response is { } response ? replace(response) : null,
        },
        NodeFailed failed => failed with { Outputs = Replace(failed.Outputs, replace) },
        NodeAttemptFailed { Partial: { } partial } failed => failed with { Partial = replace(partial) },
        ExecutionStarted started => started with { Input = replace(started.Input) },
        SignalReceived signal => signal with { Body = replace(signal.Body) },
        ChildFinished { Output: { } output } child => child with { Output = replace(output) },
        _ => @event,
    };

    /// <summary>The same payload without its data: what saveData leaves of it.</summary>
    public static Payload WithoutData(Payload payload) => new(payload.Count, payload.Bytes, default);

    private static Payload? Find(ImmutableArray<OutputData> outputs, string output)
    {
        foreach (var candidate in outputs)
            if (candidate.Output == output) return candidate.Items;
        return null;
    }

    private static ImmutableArray<OutputData> Replace(ImmutableArray<OutputData> outputs, Func<Payload, Payload> replace) =>
        [.. outputs.Select(o => o with { Items = replace(o.Items) })];
}
