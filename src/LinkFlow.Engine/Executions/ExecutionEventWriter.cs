using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Executions;

/// <summary>Writes events by the rules of <see cref="ExecutionEventJson"/>.</summary>
internal readonly struct ExecutionEventWriter(Utf8JsonWriter writer, bool timesAsText)
{
    public void Write(ExecutionEvent @event)
    {
        writer.WriteStartObject();
        writer.WriteNumber("seq"u8, @event.Seq);
        Text("id"u8, @event.Id);
        writer.WriteString("type"u8, ExecutionEventTypes.NameOf(@event));
        writer.WriteNumber("v"u8, 1);
        Time("at"u8, @event.At);
        WriteFields(@event);
        writer.WriteEndObject();
    }

    private void WriteFields(ExecutionEvent @event)
    {
        switch (@event)
        {
            case NodeCompleted e:
                Place(e.Node, e.Run, e.Attempt, e.Inputs);
                Outputs(e.Outputs);
                Error("handledError"u8, e.HandledError);
                Payload("response"u8, e.Response);
                Key("compensates"u8, e.Compensates);
                Text("copiedFrom"u8, e.CopiedFrom);
                StartedAt(e.StartedAt);
                break;
            case NodeStarted e:
                Place(e.Node, e.Run, e.Attempt, e.Inputs);
                Key("compensates"u8, e.Compensates);
                break;
            case ExecutionStarted e: WriteStart(e); break;
            case ExecutionFinished e:
                writer.WriteString("status"u8, e.Status.Word());
                Error("error"u8, e.Error);
                Array("compensationErrors"u8, e.CompensationErrors, static (w, error) => w.Error(error));
                break;
            case LoopEntered e:
                Place(e.Node, e.Run, null, e.Inputs);
                writer.WriteNumber("batchSize"u8, e.BatchSize);
                break;
            case NodeAttemptFailed e:
                Place(e.Node, e.Run, e.Attempt, e.Inputs);
                RequiredArray("failures"u8, e.Failures, static (w, failure) => w.Failure(failure));
                Payload("partial"u8, e.Partial);
                Time("retryAt"u8, e.RetryAt);
                StartedAt(e.StartedAt);
                break;
            case NodeFailed e:
                Place(e.Node, e.Run, e.Attempt, e.Inputs);
                Error("error"u8, e.Error);
                Outputs(e.Outputs);
                Key("compensates"u8, e.Compensates);
                StartedAt(e.StartedAt);
                break;
            case NodeCancelled e: Place(e.Node, e.Run, e.Attempt, []); break;
            case AttemptRecovered e:
                Place(e.Node, e.Run, e.Attempt, []);
                writer.WriteNumber("count"u8, e.Count);
                break;
            case ResultIgnored e:
                Place(e.Node, e.Run, e.Attempt, []);
                writer.WriteString("reason"u8, e.Reason);
                break;
            case WaitStarted e:
                Place(e.Node, e.Run, null, e.Inputs);
                Wait(e.Wait);
                break;
            case ReferencesStored e:
                Text("loop"u8, e.Loop);
                Text("sink"u8, e.Sink);
                if (e.Run != 0) writer.WriteNumber("run"u8, e.Run);
                if (e.Level != 0) writer.WriteNumber("level"u8, e.Level);
                RequiredArray("parts"u8, e.Parts, static (w, part) => w.Part(part));
                Array("compensations"u8, e.Compensations, static (w, run) => w.Compensable(run));
                break;
            case ReferencesRecalled e:
                writer.WriteNumber("storedSeq"u8, e.StoredSeq);
                RequiredArray("compensations"u8, e.Compensations, static (w, run) => w.Compensable(run));
                break;
            case ChildrenRequested e:
                Place(e.Node, e.Run, e.Attempt, e.Inputs);
                RequiredArray("children"u8, e.Children, static (w, child) => w.Child(child));
                writer.WriteBoolean("awaited"u8, e.Wait);
                writer.WriteNumber("maxParallel"u8, e.MaxParallel);
                break;
            case ChildStarted e: writer.WriteString("childId"u8, e.ChildId); break;
            case ChildFinished e:
                writer.WriteString("childId"u8, e.ChildId);
                writer.WriteString("status"u8, e.Status);
                Payload("output"u8, e.Output);
                Error("error"u8, e.Error);
                break;
            case TimerFired e: writer.WriteString("timer"u8, e.Timer); break;
            case SignalReceived e:
                writer.WriteString("name"u8, e.Name);
                Payload("body"u8, e.Body);
                break;
            case CancelRequested e:
                if (e.Compensate) writer.WriteBoolean("compensate"u8, true);
                Text("reason"u8, e.Reason);
                break;
        }
    }

    private void WriteStart(ExecutionStarted e)
    {
        writer.WriteString("executionId"u8, e.ExecutionId);
        writer.WriteString("workflowId"u8, e.WorkflowId);
        writer.WriteNumber("workflowVersion"u8, e.WorkflowVersion);
        writer.WriteNumber("rulesVersion"u8, e.RulesVersion);
        if (e.VariablesVersion is { } variables) writer.WriteNumber("variablesVersion"u8, variables);
        if (e.Environment.Length > 0) writer.WriteString("environment"u8, e.Environment);
        writer.WriteString("seed"u8, e.Seed);
        writer.WriteString("mode"u8, e.Mode);
        writer.WriteString("startNode"u8, e.StartNode);
        Payload("input"u8, e.Input);
        Text("parentExecutionId"u8, e.ParentExecutionId);
        Text("retryOf"u8, e.RetryOf);
        Text("startedBy"u8, e.StartedBy);
        if (e.Depth != 0) writer.WriteNumber("depth"u8, e.Depth);
        if (e.IsAwaited) writer.WriteBoolean("awaited"u8, true);
        if (e.IsInactive) writer.WriteBoolean("inactive"u8, true);
        Text("correlationId"u8, e.CorrelationId);
        Text("causationId"u8, e.CausationId);
        if (e.CausationDepth != 0) writer.WriteNumber("causationDepth"u8, e.CausationDepth);
        Text("traceparent"u8, e.Traceparent);
    }

    private void Place(string node, int run, int? attempt, ImmutableArray<InputSources> inputs)
    {
        writer.WriteString("node"u8, node);
        writer.WriteNumber("run"u8, run);
        if (attempt is { } number) writer.WriteNumber("attempt"u8, number);
        Array("inputs"u8, inputs, static (w, input) => w.Sources(input));
    }

    private void Sources(InputSources input)
    {
        writer.WriteStartObject();
        writer.WriteString("input"u8, input.Input);
        RequiredArray("sources"u8, input.Sources, static (w, source) => w.Source(source));
        Array("parts"u8, input.Parts, static (w, part) => w.Part(part));
        writer.WriteEndObject();
    }

    private void Source(InputSource source)
    {
        writer.WriteStartObject();
        writer.WriteString("node"u8, source.Node);
        writer.WriteString("output"u8, source.Output);
        writer.WriteNumber("run"u8, source.Run);
        writer.WriteNumber("count"u8, source.Count);
        if (source.Seq != 0) writer.WriteNumber("seq"u8, source.Seq);
        writer.WriteEndObject();
    }

    private void Outputs(ImmutableArray<OutputData> outputs) => Array("outputs"u8, outputs, static (w, output) => w.Output(output));

    private void Output(OutputData output)
    {
        writer.WriteStartObject();
        writer.WriteString("output"u8, output.Output);
        PayloadFields(output.Items);
        writer.WriteEndObject();
    }

    private void Payload(ReadOnlySpan<byte> name, Payload? payload)
    {
        if (payload is null) return;
        writer.WriteStartObject(name);
        PayloadFields(payload);
        writer.WriteEndObject();
    }

    private void PayloadFields(Payload payload)
    {
        writer.WriteNumber("count"u8, payload.Count);
        writer.WriteNumber("bytes"u8, payload.Bytes);
        if (payload.Blob is { } blob)
        {
            writer.WriteString("blob"u8, blob);
        }
        else if (!payload.Inline.IsEmpty)
        {
            writer.WritePropertyName("items"u8);
            writer.WriteRawValue(payload.Inline.Span, skipInputValidation: true);
        }
    }

    private void Error(ReadOnlySpan<byte> name, ExecutionError? error)
    {
        if (error is null) return;
        writer.WritePropertyName(name);
        Error(error);
    }

    private void Error(ExecutionError error)
    {
        writer.WriteStartObject();
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("code"u8, error.Code);
        Text("nodeId"u8, error.NodeId);
        writer.WriteNumber("attempt"u8, error.Attempt);
        writer.WriteEndObject();
    }

    private void Failure(ItemFailure failure)
    {
        writer.WriteStartObject();
        writer.WriteNumber("item"u8, failure.Item);
        Failure(failure.Error);
        writer.WriteEndObject();
    }

    private void Failure(NodeError error)
    {
        writer.WriteString("code"u8, error.Code);
        writer.WriteString("message"u8, error.Message);
        if (error.Transient) writer.WriteBoolean("transient"u8, true);
        if (error.RetryAfterMs is { } ms) writer.WriteNumber("retryAfterMs"u8, ms);
    }

    private void Wait(WaitDirective wait)
    {
        writer.WriteStartObject("wait"u8);
        writer.WriteString("for"u8, wait.For);
        if (wait.DueAt is { } due) Time("dueAt"u8, due);
        Text("signal"u8, wait.Signal);
        if (wait.TimeoutAt is { } timeout) Time("timeoutAt"u8, timeout);
        writer.WriteString("onTimeout"u8, wait.OnTimeout);
        Array("approvers"u8, [.. wait.Approvers], static (w, approver) => w.Text(approver));
        writer.WriteEndObject();
    }

    private void Part(DataPart part)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(part.Seq);
        writer.WriteStringValue(part.Output);
        writer.WriteNumberValue(part.Offset);
        writer.WriteNumberValue(part.Count);
        if (part.By != 0) writer.WriteNumberValue(part.By);
        writer.WriteEndArray();
    }

    private void Compensable(CompensableRun run)
    {
        writer.WriteStartObject();
        writer.WriteString("node"u8, run.Node);
        writer.WriteNumber("run"u8, run.Run);
        RequiredArray("output"u8, run.Output, static (w, part) => w.Part(part));
        Array("seen"u8, run.Seen, static (w, seen) => w.Visible(seen));
        writer.WriteEndObject();
    }

    private void Visible(VisibleRun run)
    {
        writer.WriteStartObject();
        Key("key"u8, run.Key);
        RequiredArray("outputs"u8, run.Outputs, static (w, parts) => w.Parts(parts));
        Array("inputs"u8, run.Inputs, static (w, input) => w.Sources(input));
        writer.WriteEndObject();
    }

    private void Parts(ImmutableArray<DataPart> parts)
    {
        writer.WriteStartArray();
        foreach (var part in parts) Part(part);
        writer.WriteEndArray();
    }

    private void Child(ChildExecution child)
    {
        writer.WriteStartObject();
        writer.WriteString("executionId"u8, child.ExecutionId);
        writer.WriteString("workflowId"u8, child.WorkflowId);
        writer.WriteNumber("owner"u8, child.Owner);
        writer.WriteEndObject();
    }

    private void Key(ReadOnlySpan<byte> name, RunKey? key)
    {
        if (key is not { } k) return;
        writer.WriteStartObject(name);
        writer.WriteString("node"u8, k.Node);
        writer.WriteNumber("run"u8, k.Run);
        writer.WriteEndObject();
    }

    private void Text(ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null) writer.WriteString(name, text);
    }

    private void Text(string text) => writer.WriteStringValue(text);

    private void StartedAt(long at)
    {
        if (at != 0) Time("startedAt"u8, at);
    }

    private void Time(ReadOnlySpan<byte> name, long unixMs)
    {
        if (timesAsText)
            writer.WriteString(name, DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        else
            writer.WriteNumber(name, unixMs);
    }

    private void Array<T>(ReadOnlySpan<byte> name, ImmutableArray<T> elements, Action<ExecutionEventWriter, T> write)
    {
        if (!elements.IsDefaultOrEmpty) RequiredArray(name, elements, write);
    }

    private void RequiredArray<T>(ReadOnlySpan<byte> name, ImmutableArray<T> elements, Action<ExecutionEventWriter, T> write)
    {
        writer.WriteStartArray(name);
        if (!elements.IsDefault)
            foreach (var element in elements) write(this, element);
        writer.WriteEndArray();
    }
}
