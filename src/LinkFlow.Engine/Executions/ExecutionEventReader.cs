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

    private EventTokenReader _reader = new(json);

    public ExecutionEvent ReadOne()
    {
        try
        {
            _reader.Next();
            var @event = ReadEvent();
            _reader.End();
            return @event;
        }
        catch (JsonException e)
        {
            throw _reader.Damaged(e.Message, e);
        }
        catch (InvalidOperationException e)
        {
            throw _reader.Damaged("a string is no valid UTF-8", e);
        }
    }

    public List<ExecutionEvent> ReadAll()
    {
        try
        {
            _reader.Next();
            _reader.Expect(JsonTokenType.StartArray, "an array of events");
            var events = new List<ExecutionEvent>();
            while (_reader.NextElement()) events.Add(ReadEvent());
            _reader.End();
            return events;
        }
        catch (JsonException e)
        {
            throw _reader.Damaged(e.Message, e);
        }
        catch (InvalidOperationException e)
        {
            throw _reader.Damaged("a string is no valid UTF-8", e);
        }
    }

    private ExecutionEvent ReadEvent()
    {
        _reader.Expect(JsonTokenType.StartObject, "an event");
        var fields = default(EventFields);
        EventType? type = null;
        string? typeName = null;
        while (_reader.NextProperty())
        {
            var field = EventFieldNames.Read(ref _reader);
            if (type is null && (field & Envelope) == 0) throw _reader.Damaged("'type' and 'v' must come before an event's own fields");
            if (type is not null && (field & (Envelope | type.Required | type.Optional)) == 0) throw _reader.Damaged($"'{type.Name}' has no field '{_reader.PropertyName()}'");
            _reader.Next();
            fields.Present |= field;
            ReadField(field, ref fields, ref typeName);
            if (type is null && typeName is not null && (fields.Present & EventField.Version) != 0)
                type = FindType(typeName, fields.Version);
        }

        if (type is null) throw _reader.Damaged("an event needs 'type' and 'v'");
        var missing = (RequiredEnvelope | type.Required) & ~fields.Present;
        return missing == 0 ? fields.ToEvent(type) : throw _reader.Damaged($"'{type.Name}' lacks {missing}");
    }

    private static EventType FindType(string name, int version)
    {
        if (Types.TryGetValue(name, out var rows))
            foreach (var row in rows)
                if (row.Version == version) return row;
        throw new UnknownEventException(name, version);
    }

    private void ReadField(EventField field, ref EventFields fields, ref string? typeName)
    {
        switch (field)
        {
            case EventField.Seq: fields.Seq = _reader.Long(); break;
            case EventField.Id: fields.Id = _reader.Text(); break;
            case EventField.Type: typeName = _reader.Text(); break;
            case EventField.Version: fields.Version = _reader.Int(); break;
            case EventField.At: fields.At = _reader.Long(); break;
            case EventField.Node: fields.Node = _reader.Text(); break;
            case EventField.Run: fields.Run = _reader.Int(); break;
            case EventField.Attempt: fields.Attempt = _reader.Int(); break;
            case EventField.Inputs: fields.Inputs = _reader.Array(static (ref EventTokenReader r) => EventParts.Sources(ref r)); break;
            case EventField.Outputs: fields.Outputs = _reader.Array(static (ref EventTokenReader r) => EventParts.Output(ref r)); break;
            case EventField.Compensates: fields.Compensates = EventParts.Key(ref _reader); break;
            case EventField.StartedAt: fields.StartedAt = _reader.Long(); break;
            case EventField.Error: fields.Error = EventParts.Error(ref _reader); break;
            case EventField.HandledError: fields.HandledError = EventParts.Error(ref _reader); break;
            case EventField.Response or EventField.Partial or EventField.Output or EventField.Body or EventField.Input:
                fields.Payload = EventParts.Payload(ref _reader, out _);
                break;
            case EventField.CopiedFrom: fields.CopiedFrom = _reader.Text(); break;
            case EventField.Failures: fields.Failures = _reader.Array(static (ref EventTokenReader r) => EventParts.Failure(ref r)); break;
            case EventField.RetryAt: fields.RetryAt = _reader.Long(); break;
            case EventField.Count: fields.Count = _reader.Int(); break;
            case EventField.Reason: fields.Reason = _reader.Text(); break;
            case EventField.Wait: fields.Wait = EventParts.Wait(ref _reader); break;
            case EventField.BatchSize: fields.BatchSize = _reader.Int(); break;
            case EventField.Loop: fields.Loop = _reader.Text(); break;
            case EventField.Sink: fields.Sink = _reader.Text(); break;
            case EventField.Level: fields.Level = _reader.Int(); break;
            case EventField.StoredSeq: fields.StoredSeq = _reader.Long(); break;
            case EventField.Parts: fields.Parts = EventParts.Parts(ref _reader); break;
            case EventField.Compensations: fields.Compensations = _reader.Array(static (ref EventTokenReader r) => EventParts.Compensable(ref r)); break;
            case EventField.Children: fields.Children = _reader.Array(static (ref EventTokenReader r) => EventParts.Child(ref r)); break;
            case EventField.Awaited: fields.Awaited = _reader.Flag(); break;
            case EventField.MaxParallel: fields.MaxParallel = _reader.Int(); break;
            case EventField.ChildId: fields.ChildId = _reader.Text(); break;
            case EventField.Status: fields.Status = _reader.Text(); break;
            case EventField.Timer: fields.Timer = _reader.Text(); break;
            case EventField.Name: fields.Name = _reader.Text(); break;
            case EventField.Compensate: fields.Compensate = _reader.Flag(); break;
            case EventField.CompensationErrors: fields.CompensationErrors = _reader.Array(static (ref EventTokenReader r) => EventParts.Error(ref r)); break;
            default: ReadStartField(field, ref fields.Start); break;
        }
    }

    private void ReadStartField(EventField field, ref StartFields fields)
    {
        switch (field)
        {
            case EventField.ExecutionId: fields.ExecutionId = _reader.Text(); break;
            case EventField.WorkflowId: fields.WorkflowId = _reader.Text(); break;
            case EventField.WorkflowVersion: fields.WorkflowVersion = _reader.Int(); break;
            case EventField.RulesVersion: fields.RulesVersion = _reader.Int(); break;
            case EventField.VariablesVersion: fields.VariablesVersion = _reader.Int(); break;
            case EventField.Environment: fields.Environment = _reader.Text(); break;
            case EventField.Seed: fields.Seed = _reader.Text(); break;
            case EventField.Mode: fields.Mode = _reader.Text(); break;
            case EventField.StartNode: fields.StartNode = _reader.Text(); break;
            case EventField.ParentExecutionId: fields.ParentExecutionId = _reader.Text(); break;
            case EventField.RetryOf: fields.RetryOf = _reader.Text(); break;
            case EventField.StartedBy: fields.StartedBy = _reader.Text(); break;
            case EventField.Inactive: fields.Inactive = _reader.Flag(); break;
            case EventField.CorrelationId: fields.CorrelationId = _reader.Text(); break;
            case EventField.CausationId: fields.CausationId = _reader.Text(); break;
            case EventField.CausationDepth: fields.CausationDepth = _reader.Int(); break;
            case EventField.Traceparent: fields.Traceparent = _reader.Text(); break;
            default: fields.Depth = _reader.Int(); break;
        }
    }
}
