using System.Collections.Immutable;
using System.Text.Json;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Executions;

/// <summary>Reads the objects that events are made of: sources, payloads, errors, waits, references.</summary>
internal static class EventParts
{
    public static InputSources Sources(ref EventTokenReader reader)
    {
        string? input = null;
        var sources = default(ImmutableArray<InputSource>);
        ImmutableArray<DataPart> parts = [];
        reader.Expect(JsonTokenType.StartObject, "an input");
        while (reader.NextProperty())
        {
            if (reader.Take("input"u8)) input = reader.Text();
            else if (reader.Take("sources"u8)) sources = reader.Array(static (ref EventTokenReader r) => Source(ref r));
            else if (reader.Take("parts"u8)) parts = Parts(ref reader);
            else throw reader.UnknownProperty();
        }

        return input is null || sources.IsDefault ? throw reader.Damaged("an input needs 'input' and 'sources'") : new InputSources(input, sources) { Parts = parts };
    }

    public static InputSource Source(ref EventTokenReader reader)
    {
        string? node = null, output = null;
        int run = 0, count = 0;
        var seq = 0L;
        reader.Expect(JsonTokenType.StartObject, "a source");
        while (reader.NextProperty())
        {
            if (reader.Take("node"u8)) node = reader.Text();
            else if (reader.Take("output"u8)) output = reader.Text();
            else if (reader.Take("run"u8)) run = reader.Int();
            else if (reader.Take("count"u8)) count = reader.Int();
            else if (reader.Take("seq"u8)) seq = reader.Long();
            else throw reader.UnknownProperty();
        }

        return node is null || output is null
            ? throw reader.Damaged("a source needs 'node' and 'output'")
            : new InputSource(node, output, run, count) { Seq = seq };
    }

    public static OutputData Output(ref EventTokenReader reader)
    {
        var items = Payload(ref reader, out var output);
        return output is null ? throw reader.Damaged("an output needs 'output'") : new OutputData(output, items);
    }

    /// <summary>A payload's fields, and the name of the output that it is of, if it is one's.</summary>
    public static Payload Payload(ref EventTokenReader reader, out string? output)
    {
        output = null;
        int? count = null, bytes = null;
        string? blob = null;
        ReadOnlyMemory<byte> items = default;
        reader.Expect(JsonTokenType.StartObject, "a payload");
        while (reader.NextProperty())
        {
            if (reader.Take("output"u8)) output = reader.Text();
            else if (reader.Take("count"u8)) count = reader.Int();
            else if (reader.Take("bytes"u8)) bytes = reader.Int();
            else if (reader.Take("blob"u8)) blob = reader.Text();
            else if (reader.Take("items"u8)) items = reader.Raw();
            else throw reader.UnknownProperty();
        }

        return count is { } c && bytes is { } b ? new Payload(c, b, items, blob) : throw reader.Damaged("a payload needs 'count' and 'bytes'");
    }

    public static ExecutionError Error(ref EventTokenReader reader)
    {
        string? message = null, code = null, node = null;
        var attempt = 0;
        reader.Expect(JsonTokenType.StartObject, "an error");
        while (reader.NextProperty())
        {
            if (reader.Take("message"u8)) message = reader.Text();
            else if (reader.Take("code"u8)) code = reader.Text();
            else if (reader.Take("nodeId"u8)) node = reader.Text();
            else if (reader.Take("attempt"u8)) attempt = reader.Int();
            else throw reader.UnknownProperty();
        }

        return message is null || code is null ? throw reader.Damaged("an error needs 'message' and 'code'") : new ExecutionError(message, code, node, attempt);
    }

    public static ItemFailure Failure(ref EventTokenReader reader)
    {
        string? message = null, code = null;
        var item = 0;
        var transient = false;
        long? retryAfter = null;
        reader.Expect(JsonTokenType.StartObject, "a failure");
        while (reader.NextProperty())
        {
            if (reader.Take("item"u8)) item = reader.Int();
            else if (reader.Take("code"u8)) code = reader.Text();
            else if (reader.Take("message"u8)) message = reader.Text();
            else if (reader.Take("transient"u8)) transient = reader.Flag();
            else if (reader.Take("retryAfterMs"u8)) retryAfter = reader.Long();
            else throw reader.UnknownProperty();
        }

        return message is null || code is null
            ? throw reader.Damaged("a failure needs 'message' and 'code'")
            : new ItemFailure(item, new NodeError(code, message, transient, retryAfter));
    }

    public static WaitDirective Wait(ref EventTokenReader reader)
    {
        string? @for = null, signal = null, onTimeout = null;
        long? due = null, timeout = null;
        ImmutableArray<string> approvers = [];
        reader.Expect(JsonTokenType.StartObject, "a wait");
        while (reader.NextProperty())
        {
            if (reader.Take("for"u8)) @for = reader.Text();
            else if (reader.Take("dueAt"u8)) due = reader.Long();
            else if (reader.Take("signal"u8)) signal = reader.Text();
            else if (reader.Take("timeoutAt"u8)) timeout = reader.Long();
            else if (reader.Take("onTimeout"u8)) onTimeout = reader.Text();
            else if (reader.Take("approvers"u8)) approvers = reader.Array(static (ref EventTokenReader r) => r.Text());
            else throw reader.UnknownProperty();
        }

        return @for is null || onTimeout is null
            ? throw reader.Damaged("a wait needs 'for' and 'onTimeout'")
            : new WaitDirective(@for, due, signal, timeout, onTimeout, approvers);
    }

    public static DataPart Part(ref EventTokenReader reader)
    {
        reader.Expect(JsonTokenType.StartArray, "a reference [seq, output, offset, count, by?]");
        reader.Next();
        var seq = reader.Long();
        reader.Next();
        var output = reader.Text();
        reader.Next();
        var offset = reader.Int();
        reader.Next();
        var count = reader.Int();
        reader.Next();
        var by = 0L;
        if (reader.Token == JsonTokenType.Number)
        {
            by = reader.Long();
            reader.Next();
        }

        reader.Expect(JsonTokenType.EndArray, "the end of a reference");
        return new DataPart(seq, output, offset, count) { By = by };
    }

    public static CompensableRun Compensable(ref EventTokenReader reader)
    {
        string? node = null;
        var run = 0;
        ImmutableArray<DataPart> output = [];
        ImmutableArray<VisibleRun> seen = [];
        reader.Expect(JsonTokenType.StartObject, "a run");
        while (reader.NextProperty())
        {
            if (reader.Take("node"u8)) node = reader.Text();
            else if (reader.Take("run"u8)) run = reader.Int();
            else if (reader.Take("output"u8)) output = Parts(ref reader);
            else if (reader.Take("seen"u8)) seen = reader.Array(static (ref EventTokenReader r) => Visible(ref r));
            else throw reader.UnknownProperty();
        }

        return node is null ? throw reader.Damaged("a run needs 'node'") : new CompensableRun(node, run, output) { Seen = seen };
    }

    public static VisibleRun Visible(ref EventTokenReader reader)
    {
        RunKey? key = null;
        ImmutableArray<ImmutableArray<DataPart>> outputs = [];
        ImmutableArray<InputSources> inputs = [];
        reader.Expect(JsonTokenType.StartObject, "a run");
        while (reader.NextProperty())
        {
            if (reader.Take("key"u8)) key = Key(ref reader);
            else if (reader.Take("outputs"u8)) outputs = reader.Array(static (ref EventTokenReader r) => Parts(ref r));
            else if (reader.Take("inputs"u8)) inputs = reader.Array(static (ref EventTokenReader r) => Sources(ref r));
            else throw reader.UnknownProperty();
        }

        return key is { } k ? new VisibleRun(k, outputs, inputs) : throw reader.Damaged("a visible run needs 'key'");
    }

    public static ImmutableArray<DataPart> Parts(ref EventTokenReader reader) => reader.Array(static (ref EventTokenReader r) => Part(ref r));

    public static RunKey Key(ref EventTokenReader reader)
    {
        string? node = null;
        var run = 0;
        reader.Expect(JsonTokenType.StartObject, "a run");
        while (reader.NextProperty())
        {
            if (reader.Take("node"u8)) node = reader.Text();
            else if (reader.Take("run"u8)) run = reader.Int();
            else throw reader.UnknownProperty();
        }

        return node is null ? throw reader.Damaged("a run needs 'node'") : new RunKey(node, run);
    }

    public static ChildExecution Child(ref EventTokenReader reader)
    {
        string? id = null, workflow = null;
        var owner = 0;
        reader.Expect(JsonTokenType.StartObject, "a child");
        while (reader.NextProperty())
        {
            if (reader.Take("executionId"u8)) id = reader.Text();
            else if (reader.Take("workflowId"u8)) workflow = reader.Text();
            else if (reader.Take("owner"u8)) owner = reader.Int();
            else throw reader.UnknownProperty();
        }

        return id is null || workflow is null ? throw reader.Damaged("a child needs 'executionId' and 'workflowId'") : new ChildExecution(id, workflow, owner);
    }
}
