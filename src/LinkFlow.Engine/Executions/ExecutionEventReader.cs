using System.Collections.Immutable;
using System.Text.Json;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Executions;

/// <summary>Reads events by the rules of <see cref="ExecutionEventJson"/>, in one pass and without a document in between.</summary>
internal ref struct ExecutionEventReader(ReadOnlyMemory<byte> json)
{
    private static readonly Dictionary<string, EventType[]>.AlternateLookup<ReadOnlySpan<char>> Types =
        ExecutionEventTypes.Table.GroupBy(t => t.Name).ToDictionary(g => g.Key, g => g.ToArray()).GetAlternateLookup<ReadOnlySpan<char>>();

    private const EventField Envelope = EventField.Seq | EventField.Id | EventField.Type | EventField.Version | EventField.At;
    private const EventField RequiredEnvelope = Envelope & ~EventField.Id;
    private const int LongestName = 40;

    private readonly ReadOnlyMemory<byte> _json = json;
    private Utf8JsonReader _reader = new(json.Span, new JsonReaderOptions { MaxDepth = ExecutionEventJson.MaxDepth });

    private delegate T ReadElement<T>(ref ExecutionEventReader reader);

    public ExecutionEvent ReadOne()
    {
        try
        {
            Next();
            var @event = ReadEvent();
            End();
            return @event;
        }
        catch (JsonException e)
        {
            throw Damaged(e.Message, e);
        }
        catch (InvalidOperationException e)
        {
            throw Damaged("a string is no valid UTF-8", e);
        }
    }

    public List<ExecutionEvent> ReadAll()
    {
        try
        {
            Next();
            Expect(JsonTokenType.StartArray, "an array of events");
            var events = new List<ExecutionEvent>();
            while (NextElement()) events.Add(ReadEvent());
            End();
            return events;
        }
        catch (JsonException e)
        {
            throw Damaged(e.Message, e);
        }
        catch (InvalidOperationException e)
        {
            throw Damaged("a string is no valid UTF-8", e);
        }
    }

    private ExecutionEvent ReadEvent()
    {
        Expect(JsonTokenType.StartObject, "an event");
        var fields = default(EventFields);
        EventType? type = null;
        string? typeName = null;
        while (NextProperty())
        {
            var field = ReadFieldName();
            if (type is null && (field & Envelope) == 0) throw Damaged("'type' and 'v' must come before an event's own fields");
            if (type is not null && (field & (Envelope | type.Required | type.Optional)) == 0) throw Damaged($"'{type.Name}' has no field '{PropertyName()}'");
            Next();
            fields.Present |= field;
            ReadField(field, ref fields, ref typeName);
            if (type is null && typeName is not null && (fields.Present & EventField.Version) != 0)
                type = FindType(typeName, fields.Version);
        }

        if (type is null) throw Damaged("an event needs 'type' and 'v'");
        var missing = (RequiredEnvelope | type.Required) & ~fields.Present;
        return missing == 0 ? fields.ToEvent(type) : throw Damaged($"'{type.Name}' lacks {missing}");
    }

    private static EventType FindType(string name, int version)
    {
        if (Types.TryGetValue(name, out var rows))
            foreach (var row in rows)
                if (row.Version == version) return row;
        throw new UnknownEventException(name, version);
    }

    private readonly string PropertyName() => System.Text.Encoding.UTF8.GetString(_reader.ValueSpan);

    private readonly EventField ReadFieldName()
    {
        if (_reader.ValueSpan.Length > LongestName) return EventField.None;
        Span<char> buffer = stackalloc char[LongestName];
        ReadOnlySpan<char> name = buffer[.._reader.CopyString(buffer)];
        return name switch
        {
            "seq" => EventField.Seq,
            "id" => EventField.Id,
            "type" => EventField.Type,
            "v" => EventField.Version,
            "at" => EventField.At,
            "node" => EventField.Node,
            "run" => EventField.Run,
            "attempt" => EventField.Attempt,
            "inputs" => EventField.Inputs,
            "outputs" => EventField.Outputs,
            "compensates" => EventField.Compensates,
            "startedAt" => EventField.StartedAt,
            "error" => EventField.Error,
            "handledError" => EventField.HandledError,
            "response" => EventField.Response,
            "copiedFrom" => EventField.CopiedFrom,
            "failures" => EventField.Failures,
            "partial" => EventField.Partial,
            "retryAt" => EventField.RetryAt,
            "count" => EventField.Count,
            "reason" => EventField.Reason,
            "wait" => EventField.Wait,
            "batchSize" => EventField.BatchSize,
            "loop" => EventField.Loop,
            "parts" => EventField.Parts,
            "compensations" => EventField.Compensations,
            "children" => EventField.Children,
            "awaited" => EventField.Awaited,
            "maxParallel" => EventField.MaxParallel,
            "childId" => EventField.ChildId,
            "status" => EventField.Status,
            "output" => EventField.Output,
            "timer" => EventField.Timer,
            "name" => EventField.Name,
            "body" => EventField.Body,
            "compensate" => EventField.Compensate,
            "compensationErrors" => EventField.CompensationErrors,
            "executionId" => EventField.ExecutionId,
            "workflowId" => EventField.WorkflowId,
            "workflowVersion" => EventField.WorkflowVersion,
            "rulesVersion" => EventField.RulesVersion,
            "variablesVersion" => EventField.VariablesVersion,
            "environment" => EventField.Environment,
            "seed" => EventField.Seed,
            "mode" => EventField.Mode,
            "startNode" => EventField.StartNode,
            "input" => EventField.Input,
            "parentExecutionId" => EventField.ParentExecutionId,
            "retryOf" => EventField.RetryOf,
            "startedBy" => EventField.StartedBy,
            "depth" => EventField.Depth,
            "sink" => EventField.Sink,
            "level" => EventField.Level,
            "storedSeq" => EventField.StoredSeq,
            _ => EventField.None,
        };
    }

    private void ReadField(EventField field, ref EventFields fields, ref string? typeName)
    {
        switch (field)
        {
            case EventField.Seq: fields.Seq = Long(); break;
            case EventField.Id: fields.Id = Text(); break;
            case EventField.Type: typeName = Text(); break;
            case EventField.Version: fields.Version = Int(); break;
            case EventField.At: fields.At = Long(); break;
            case EventField.Node: fields.Node = Text(); break;
            case EventField.Run: fields.Run = Int(); break;
            case EventField.Attempt: fields.Attempt = Int(); break;
            case EventField.Inputs: fields.Inputs = Array(static (ref ExecutionEventReader r) => r.Sources()); break;
            case EventField.Outputs: fields.Outputs = Array(static (ref ExecutionEventReader r) => r.Output()); break;
            case EventField.Compensates: fields.Compensates = Key(); break;
            case EventField.StartedAt: fields.StartedAt = Long(); break;
            case EventField.Error: fields.Error = Error(); break;
            case EventField.HandledError: fields.HandledError = Error(); break;
            case EventField.Response or EventField.Partial or EventField.Output or EventField.Body or EventField.Input:
                fields.Payload = Payload(out _);
                break;
            case EventField.CopiedFrom: fields.CopiedFrom = Text(); break;
            case EventField.Failures: fields.Failures = Array(static (ref ExecutionEventReader r) => r.Failure()); break;
            case EventField.RetryAt: fields.RetryAt = Long(); break;
            case EventField.Count: fields.Count = Int(); break;
            case EventField.Reason: fields.Reason = Text(); break;
            case EventField.Wait: fields.Wait = Wait(); break;
            case EventField.BatchSize: fields.BatchSize = Int(); break;
            case EventField.Loop: fields.Loop = Text(); break;
            case EventField.Sink: fields.Sink = Text(); break;
            case EventField.Level: fields.Level = Int(); break;
            case EventField.StoredSeq: fields.StoredSeq = Long(); break;
            case EventField.Parts: fields.Parts = Parts(); break;
            case EventField.Compensations: fields.Compensations = Array(static (ref ExecutionEventReader r) => r.Compensable()); break;
            case EventField.Children: fields.Children = Array(static (ref ExecutionEventReader r) => r.Child()); break;
            case EventField.Awaited: fields.Awaited = Flag(); break;
            case EventField.MaxParallel: fields.MaxParallel = Int(); break;
            case EventField.ChildId: fields.ChildId = Text(); break;
            case EventField.Status: fields.Status = Text(); break;
            case EventField.Timer: fields.Timer = Text(); break;
            case EventField.Name: fields.Name = Text(); break;
            case EventField.Compensate: fields.Compensate = Flag(); break;
            case EventField.CompensationErrors: fields.CompensationErrors = Array(static (ref ExecutionEventReader r) => r.Error()); break;
            default: ReadStartField(field, ref fields.Start); break;
        }
    }

    private void ReadStartField(EventField field, ref StartFields fields)
    {
        switch (field)
        {
            case EventField.ExecutionId: fields.ExecutionId = Text(); break;
            case EventField.WorkflowId: fields.WorkflowId = Text(); break;
            case EventField.WorkflowVersion: fields.WorkflowVersion = Int(); break;
            case EventField.RulesVersion: fields.RulesVersion = Int(); break;
            case EventField.VariablesVersion: fields.VariablesVersion = Int(); break;
            case EventField.Environment: fields.Environment = Text(); break;
            case EventField.Seed: fields.Seed = Text(); break;
            case EventField.Mode: fields.Mode = Text(); break;
            case EventField.StartNode: fields.StartNode = Text(); break;
            case EventField.ParentExecutionId: fields.ParentExecutionId = Text(); break;
            case EventField.RetryOf: fields.RetryOf = Text(); break;
            case EventField.StartedBy: fields.StartedBy = Text(); break;
            default: fields.Depth = Int(); break;
        }
    }

    private InputSources Sources()
    {
        string? input = null;
        var sources = default(ImmutableArray<InputSource>);
        Expect(JsonTokenType.StartObject, "an input");
        while (NextProperty())
        {
            if (Take("input"u8)) input = Text();
            else if (Take("sources"u8)) sources = Array(static (ref ExecutionEventReader r) => r.Source());
            else throw UnknownProperty();
        }

        return input is null || sources.IsDefault ? throw Damaged("an input needs 'input' and 'sources'") : new InputSources(input, sources);
    }

    private InputSource Source()
    {
        string? node = null, output = null;
        int run = 0, count = 0;
        Expect(JsonTokenType.StartObject, "a source");
        while (NextProperty())
        {
            if (Take("node"u8)) node = Text();
            else if (Take("output"u8)) output = Text();
            else if (Take("run"u8)) run = Int();
            else if (Take("count"u8)) count = Int();
            else throw UnknownProperty();
        }

        return node is null || output is null ? throw Damaged("a source needs 'node' and 'output'") : new InputSource(node, output, run, count);
    }

    private OutputData Output()
    {
        var items = Payload(out var output);
        return output is null ? throw Damaged("an output needs 'output'") : new OutputData(output, items);
    }

    /// <summary>A payload's fields, and the name of the output that it is of, if it is one's.</summary>
    private Payload Payload(out string? output)
    {
        output = null;
        int? count = null, bytes = null;
        string? blob = null;
        ReadOnlyMemory<byte> items = default;
        Expect(JsonTokenType.StartObject, "a payload");
        while (NextProperty())
        {
            if (Take("output"u8)) output = Text();
            else if (Take("count"u8)) count = Int();
            else if (Take("bytes"u8)) bytes = Int();
            else if (Take("blob"u8)) blob = Text();
            else if (Take("items"u8)) items = Raw();
            else throw UnknownProperty();
        }

        return count is { } c && bytes is { } b ? new Payload(c, b, items, blob) : throw Damaged("a payload needs 'count' and 'bytes'");
    }

    private ReadOnlyMemory<byte> Raw()
    {
        Expect(JsonTokenType.StartArray, "an array of items");
        var from = (int)_reader.TokenStartIndex;
        if (!_reader.TrySkip()) throw Damaged("the text ends within an array of items");
        return _json[from..(int)_reader.BytesConsumed];
    }

    private ExecutionError Error()
    {
        string? message = null, code = null, node = null;
        var attempt = 0;
        Expect(JsonTokenType.StartObject, "an error");
        while (NextProperty())
        {
            if (Take("message"u8)) message = Text();
            else if (Take("code"u8)) code = Text();
            else if (Take("nodeId"u8)) node = Text();
            else if (Take("attempt"u8)) attempt = Int();
            else throw UnknownProperty();
        }

        return message is null || code is null ? throw Damaged("an error needs 'message' and 'code'") : new ExecutionError(message, code, node, attempt);
    }

    private ItemFailure Failure()
    {
        string? message = null, code = null;
        var item = 0;
        var transient = false;
        long? retryAfter = null;
        Expect(JsonTokenType.StartObject, "a failure");
        while (NextProperty())
        {
            if (Take("item"u8)) item = Int();
            else if (Take("code"u8)) code = Text();
            else if (Take("message"u8)) message = Text();
            else if (Take("transient"u8)) transient = Flag();
            else if (Take("retryAfterMs"u8)) retryAfter = Long();
            else throw UnknownProperty();
        }

        return message is null || code is null
            ? throw Damaged("a failure needs 'message' and 'code'")
            : new ItemFailure(item, new NodeError(code, message, transient, retryAfter));
    }

    private WaitDirective Wait()
    {
        string? @for = null, signal = null, onTimeout = null;
        long? due = null, timeout = null;
        ImmutableArray<string> approvers = [];
        Expect(JsonTokenType.StartObject, "a wait");
        while (NextProperty())
        {
            if (Take("for"u8)) @for = Text();
            else if (Take("dueAt"u8)) due = Long();
            else if (Take("signal"u8)) signal = Text();
            else if (Take("timeoutAt"u8)) timeout = Long();
            else if (Take("onTimeout"u8)) onTimeout = Text();
            else if (Take("approvers"u8)) approvers = Array(static (ref ExecutionEventReader r) => r.Text());
            else throw UnknownProperty();
        }

        return @for is null || onTimeout is null
            ? throw Damaged("a wait needs 'for' and 'onTimeout'")
            : new WaitDirective(@for, due, signal, timeout, onTimeout, approvers);
    }

    private DataPart Part()
    {
        Expect(JsonTokenType.StartArray, "a reference [seq, output, offset, count]");
        Next();
        var seq = Long();
        Next();
        var output = Text();
        Next();
        var offset = Int();
        Next();
        var count = Int();
        Next();
        Expect(JsonTokenType.EndArray, "the end of a reference");
        return new DataPart(seq, output, offset, count);
    }

    private CompensableRun Compensable()
    {
        string? node = null;
        var run = 0;
        ImmutableArray<DataPart> output = [];
        ImmutableArray<VisibleRun> seen = [];
        Expect(JsonTokenType.StartObject, "a run");
        while (NextProperty())
        {
            if (Take("node"u8)) node = Text();
            else if (Take("run"u8)) run = Int();
            else if (Take("output"u8)) output = Parts();
            else if (Take("seen"u8)) seen = Array(static (ref ExecutionEventReader r) => r.Visible());
            else throw UnknownProperty();
        }

        return node is null ? throw Damaged("a run needs 'node'") : new CompensableRun(node, run, output) { Seen = seen };
    }

    private VisibleRun Visible()
    {
        RunKey? key = null;
        ImmutableArray<ImmutableArray<DataPart>> outputs = [];
        ImmutableArray<InputSources> inputs = [];
        Expect(JsonTokenType.StartObject, "a run");
        while (NextProperty())
        {
            if (Take("key"u8)) key = Key();
            else if (Take("outputs"u8)) outputs = Array(static (ref ExecutionEventReader r) => r.Parts());
            else if (Take("inputs"u8)) inputs = Array(static (ref ExecutionEventReader r) => r.Sources());
            else throw UnknownProperty();
        }

        return key is { } k ? new VisibleRun(k, outputs, inputs) : throw Damaged("a visible run needs 'key'");
    }

    private ImmutableArray<DataPart> Parts() => Array(static (ref ExecutionEventReader r) => r.Part());

    private RunKey Key()
    {
        string? node = null;
        var run = 0;
        Expect(JsonTokenType.StartObject, "a run");
        while (NextProperty())
        {
            if (Take("node"u8)) node = Text();
            else if (Take("run"u8)) run = Int();
            else throw UnknownProperty();
        }

        return node is null ? throw Damaged("a run needs 'node'") : new RunKey(node, run);
    }

    private ChildExecution Child()
    {
        string? id = null, workflow = null;
        var owner = 0;
        Expect(JsonTokenType.StartObject, "a child");
        while (NextProperty())
        {
            if (Take("executionId"u8)) id = Text();
            else if (Take("workflowId"u8)) workflow = Text();
            else if (Take("owner"u8)) owner = Int();
            else throw UnknownProperty();
        }

        return id is null || workflow is null ? throw Damaged("a child needs 'executionId' and 'workflowId'") : new ChildExecution(id, workflow, owner);
    }

    private ImmutableArray<T> Array<T>(ReadElement<T> read)
    {
        Expect(JsonTokenType.StartArray, "an array");
        var elements = ImmutableArray.CreateBuilder<T>();
        while (NextElement()) elements.Add(read(ref this));
        return elements.DrainToImmutable();
    }

    private string Text()
    {
        Expect(JsonTokenType.String, "a string");
        if (_reader.ValueTextEquals("main"u8)) return Connection.Main;
        return _reader.GetString()!;
    }

    private readonly int Int()
    {
        Expect(JsonTokenType.Number, "a number");
        return _reader.TryGetInt32(out var number) ? number : throw Damaged("a whole number in 32 bits was expected");
    }

    private readonly long Long()
    {
        Expect(JsonTokenType.Number, "a number");
        return _reader.TryGetInt64(out var number) ? number : throw Damaged("a whole number in 64 bits was expected");
    }

    private readonly bool Flag() => _reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Damaged("true or false was expected"),
    };

    /// <summary>When the current property is of this name, moves on to its value.</summary>
    private bool Take(ReadOnlySpan<byte> name)
    {
        if (!_reader.ValueTextEquals(name)) return false;
        Next();
        return true;
    }

    private void Next()
    {
        if (!_reader.Read()) throw Damaged("the text ends too early");
    }

    private bool NextProperty()
    {
        Next();
        return _reader.TokenType == JsonTokenType.PropertyName;
    }

    private bool NextElement()
    {
        Next();
        return _reader.TokenType != JsonTokenType.EndArray;
    }

    private void End()
    {
        if (_reader.Read()) throw Damaged("there is more text behind the end");
    }

    private readonly void Expect(JsonTokenType token, string what)
    {
        if (_reader.TokenType != token) throw Damaged($"{what} was expected, not {_reader.TokenType}");
    }

    private readonly FormatException UnknownProperty() => Damaged($"'{PropertyName()}' is not known here");

    private readonly FormatException Damaged(string what, Exception? inner = null) =>
        new($"A stored event is damaged at byte {_reader.TokenStartIndex}: {what}.", inner);
}
