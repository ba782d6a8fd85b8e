using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Tests.Executions;

public class ExecutionEventJsonTests
{
    private static readonly string[] Golden = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Executions", "GoldenEvents.jsonl"));

    public static TheoryData<string> Types { get; } = [.. EventSamples.All.Select(ExecutionEventTypes.NameOf)];

    [Fact]
    public void Every_event_of_the_family_has_a_sample_and_a_row_in_the_table()
    {
        var family = typeof(ExecutionEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ExecutionEvent)) && !t.IsAbstract).ToHashSet();

        Assert.Equal(family, EventSamples.All.Select(e => e.GetType()).ToHashSet());
        Assert.Equal(family, ExecutionEventTypes.Table.Select(t => t.Event).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_sample_leaves_no_field_at_its_default(string type)
    {
        var sample = Sample(type);
        var unset = DeepComparison.PropertiesOf(sample.GetType())
            .Where(p => p.GetValue(sample) is var value && (value is null || (p.PropertyType.IsValueType && value.Equals(Activator.CreateInstance(p.PropertyType)))));

        Assert.Empty(unset.Select(p => p.Name));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void An_event_survives_JSON(string type) =>
        Assert.Null(DeepComparison.FirstDifference(Sample(type), ExecutionEventJson.Read(Write(Sample(type)))));

    [Theory]
    [MemberData(nameof(Types))]
    public void The_golden_bytes_of_an_event_are_read_for_ever(string type)
    {
        var line = Golden.Single(l => l.Contains($"\"type\":\"{type}\",\"v\":1,", StringComparison.Ordinal));

        Assert.Null(DeepComparison.FirstDifference(Sample(type), ExecutionEventJson.Read(Encoding.UTF8.GetBytes(line))));
        Assert.Equal(line, Encoding.UTF8.GetString(Write(Sample(type))));
    }

    [Fact]
    public void A_segment_is_read_whole_and_in_order()
    {
        var segment = Encoding.UTF8.GetBytes("[" + string.Join(",\n", Golden) + "]");

        Assert.Null(DeepComparison.FirstDifference(EventSamples.All, ExecutionEventJson.ReadSegment(segment)));
    }

    [Fact]
    public void Fields_at_their_default_are_left_out_and_come_back()
    {
        var bare = new NodeCompleted { Node = "a", Run = 0, Attempt = 1, Seq = 2, At = 3 };

        Assert.Equal("""{"seq":2,"type":"node_completed","v":1,"at":3,"node":"a","run":0,"attempt":1}""", Encoding.UTF8.GetString(Write(bare)));
        Assert.Null(DeepComparison.FirstDifference(bare, ExecutionEventJson.Read(Write(bare))));
    }

    [Fact]
    public void A_start_from_before_it_noted_inactive_workflows_is_read_as_an_active_ones()
    {
        var line = Golden[0].Replace(",\"inactive\":true", "", StringComparison.Ordinal);

        Assert.Null(DeepComparison.FirstDifference((ExecutionStarted)Sample("execution_started") with { IsInactive = false }, ExecutionEventJson.Read(Encoding.UTF8.GetBytes(line))));
    }

    [Fact]
    public void A_start_from_before_it_noted_its_cause_is_read_as_a_first_cause()
    {
        var line = Golden[0][..Golden[0].IndexOf(",\"correlationId\"", StringComparison.Ordinal)] + "}";
        var expected = (ExecutionStarted)Sample("execution_started") with { CorrelationId = null, CausationId = null, CausationDepth = 0, Traceparent = null };

        Assert.Null(DeepComparison.FirstDifference(expected, ExecutionEventJson.Read(Encoding.UTF8.GetBytes(line))));
    }

    [Theory]
    [InlineData("a.main 7.main[0]x2", "{\"node\":\"a\",\"output\":\"main\",\"run\":0,\"count\":2,\"seq\":7}]}")]
    [InlineData("a.main 7.main[0]x2 b.true 9.true[0]x1", "\"count\":2,\"seq\":7},{\"node\":\"b\",\"output\":\"true\",\"run\":0,\"count\":1,\"seq\":9}]}")]
    [InlineData("a.main 7.main[1]x2", "\"count\":2}],\"parts\":[[7,\"main\",1,2]]}")]
    [InlineData("loop.done 7.main[0]x2", "\"count\":2}],\"parts\":[[7,\"main\",0,2]]}")]
    [InlineData("wait.main 7.main[0]x1/6", "\"count\":1}],\"parts\":[[7,\"main\",0,1,6]]}")]
    public void Where_a_runs_input_is_recorded_is_told_in_few_bytes_and_comes_back(string input, string json)
    {
        var completed = new NodeCompleted { Node = "x", Run = 0, Attempt = 1, Seq = 12, Inputs = [InputSources.Of(InputOf(input))] };
        var read = (NodeCompleted)ExecutionEventJson.Read(Write(completed));

        Assert.Contains(json, Encoding.UTF8.GetString(Write(completed)), StringComparison.Ordinal);
        Assert.Equal(InputOf(input).Parts.AsEnumerable(), read.Inputs[0].Recorded);
    }

    /// <summary>Of <c>node.output seq.output[offset]xcount/by</c>, repeated: what a run got.</summary>
    private static StepInput InputOf(string text)
    {
        var words = text.Split(' ').Chunk(2).ToList();
        var parts = words.Select(w => w[1].Split('.', '[', ']', 'x', '/')).Select(p => new DataPart(long.Parse(p[0]), p[1], int.Parse(p[2]), int.Parse(p[4])) { By = p.Length > 5 ? long.Parse(p[5]) : 0 }).ToList();
        return new StepInput("main", [.. parts], [.. words.Zip(parts, (w, p) => new InputSource(w[0].Split('.')[0], w[0].Split('.')[1], 0, p.Count))]);
    }

    [Fact]
    public void A_payload_whose_data_is_gone_keeps_its_counts()
    {
        var gone = new SignalReceived { Name = "go", Body = new Payload(1, 9, default), Seq = 2 };

        Assert.EndsWith("""{"count":1,"bytes":9}}""", Encoding.UTF8.GetString(Write(gone)), StringComparison.Ordinal);
        Assert.Null(DeepComparison.FirstDifference(gone, ExecutionEventJson.Read(Write(gone))));
    }

    [Fact]
    public void An_inline_payload_is_a_slice_of_what_was_read()
    {
        var json = Write(Sample("signal_received"));
        var items = ((SignalReceived)ExecutionEventJson.Read(json)).Body.Inline;
        json.AsSpan().Fill((byte)'x');

        Assert.Equal(new string('x', items.Length), Encoding.UTF8.GetString(items.Span));
    }

    [Fact]
    public void Shown_events_print_their_times_as_text()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) ExecutionEventJson.WriteShown(writer, Sample("wait_started"));
        var shown = Encoding.UTF8.GetString(buffer.WrittenSpan);

        Assert.Contains("\"at\":\"2025-11-24T16:00:00.008Z\"", shown, StringComparison.Ordinal);
        Assert.Contains("\"dueAt\":\"2025-11-24T16:00:09.000Z\"", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"seq":1,"type":"node_exploded","v":1,"at":1,"node":5}""", "node_exploded", 1)]
    [InlineData("""{"seq":1,"type":"timer_fired","v":2,"at":1,"when":{}}""", "timer_fired", 2)]
    [InlineData("""{"v":7,"type":"timer_fired"}""", "timer_fired", 7)]
    public void An_unknown_type_or_version_is_named(string json, string type, int version)
    {
        var unknown = Assert.Throws<UnknownEventException>(() => ExecutionEventJson.Read(Encoding.UTF8.GetBytes(json)));

        Assert.Equal((type, version), (unknown.Type, unknown.Version));
    }

    [Theory]
    [InlineData("", "byte 0")]
    [InlineData("[]", "an event was expected")]
    [InlineData("{}", "needs 'type' and 'v'")]
    [InlineData("""{"seq":1,"timer":"t","type":"timer_fired","v":1,"at":1}""", "must come before")]
    [InlineData("""{"seq":1,"type":"timer_fired","v":1,"at":1}""", "lacks Timer")]
    [InlineData("""{"type":"timer_fired","v":1,"at":1,"timer":"t"}""", "lacks Seq")]
    [InlineData("""{"seq":1,"type":"timer_fired","v":1,"at":1,"node":"a"}""", "has no field 'node'")]
    [InlineData("""{"seq":1,"type":"timer_fired","v":1,"at":1,"a field with a name that is longer than any":1}""", "has no field")]
    [InlineData("""{"seq":1.5,"type":"timer_fired","v":1}""", "64 bits")]
    [InlineData("""{"seq":1,"type":"timer_fired","v":12345678901}""", "32 bits")]
    [InlineData("""{"seq":1,"type":"timer_fired","v":1,"at":1,"timer":7}""", "a string was expected")]
    [InlineData("""{"seq":1,"type":"timer_fired","v":1,"at":1,"timer":"\ud800"}""", "UTF-8")]
    [InlineData("""{"seq":1,"type":"timer_fired","v":1,"at":1,"timer":"t"} 1""", "byte")]
    [InlineData("""{"seq":1,"type":"timer_fired","v":1,"at":1,"timer":"t"}}""", "byte")]
    [InlineData("""{"seq":1,"type":"timer_fired","v":1,"at":1,"timer":"t""", "byte")]
    [InlineData("""{"seq":1,"type":"cancel_requested","v":1,"at":1,"compensate":1}""", "true or false")]
    [InlineData("""{"seq":1,"type":"execution_finished","v":1,"at":1,"status":"fine"}""", "'fine' is no status")]
    [InlineData("""{"seq":1,"type":"signal_received","v":1,"at":1,"name":"n","body":{"count":1}}""", "'count' and 'bytes'")]
    [InlineData("""{"seq":1,"type":"signal_received","v":1,"at":1,"name":"n","body":{"count":1,"bytes":2,"items":{}}}""", "an array of items")]
    [InlineData("""{"seq":1,"type":"signal_received","v":1,"at":1,"name":"n","body":{"size":1}}""", "'size' is not known")]
    [InlineData("""{"seq":1,"type":"references_stored","v":1,"at":1,"parts":[[1,"main",0,1,2,3]]}""", "end of a reference")]
    public void Damaged_JSON_is_refused_with_what_and_where(string json, string what)
    {
        var damaged = Assert.Throws<FormatException>(() => ExecutionEventJson.Read(Encoding.UTF8.GetBytes(json)));

        Assert.Contains(what, damaged.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node_started", "\"input\":\"main\"", "\"entry\":\"main\"", "'entry' is not known")]
    [InlineData("node_started", "\"count\":2", "\"size\":2", "'size' is not known")]
    [InlineData("node_failed", "\"code\":\"BROKEN\"", "\"word\":1", "'word' is not known")]
    [InlineData("node_attempt_failed", "\"transient\":true", "\"passing\":true", "'passing' is not known")]
    [InlineData("node_started", "\"compensates\":{\"node\"", "\"compensates\":{\"knot\"", "'knot' is not known")]
    [InlineData("wait_started", "\"signal\":", "\"sign\":", "'sign' is not known")]
    [InlineData("children_requested", "\"owner\":-1", "\"parent\":-1", "'parent' is not known")]
    [InlineData("references_recalled", "\"seen\":", "\"shown\":", "'shown' is not known")]
    [InlineData("references_recalled", "\"key\":", "\"lock\":", "'lock' is not known")]
    public void An_unknown_field_within_an_event_is_refused(string type, string from, string to, string what)
    {
        var line = Golden.Single(l => l.Contains($"\"type\":\"{type}\"", StringComparison.Ordinal)).Replace(from, to, StringComparison.Ordinal);
        var damaged = Assert.Throws<FormatException>(() => ExecutionEventJson.Read(Encoding.UTF8.GetBytes(line)));

        Assert.Contains(what, damaged.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[")]
    [InlineData("[]]")]
    [InlineData("""[{"seq":1,"type":"timer_fired","v":1,"at":1,"timer":"\udc00"}]""")]
    public void A_damaged_segment_is_refused(string json) =>
        Assert.Throws<FormatException>(() => ExecutionEventJson.ReadSegment(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Golden_events_cut_at_any_byte_are_refused()
    {
        foreach (var line in Golden.Select(Encoding.UTF8.GetBytes))
            for (var length = 0; length < line.Length; length++)
                Assert.Throws<FormatException>(() => ExecutionEventJson.Read(line.AsMemory(0, length)));
    }

    [Fact]
    public void Golden_events_with_any_key_or_value_replaced_never_fail_otherwise()
    {
        foreach (var line in Golden)
            foreach (var bad in Mutations(line))
            {
                var failure = Record.Exception(() => ExecutionEventJson.Read(Encoding.UTF8.GetBytes(bad)));
                Assert.True(failure is null or FormatException or UnknownEventException, $"{failure?.GetType()} for {bad}");
            }
    }

    private static IEnumerable<string> Mutations(string line)
    {
        foreach (var (from, to) in new[] { ("{", "["), ("\"node\"", "\"nod\""), (":\"", ":{\"x\":\""), (":[", ":null,\"y\":["), (":1", ":\"1\""), (",\"", ",,\"") })
            for (var at = line.IndexOf(from, StringComparison.Ordinal); at >= 0; at = line.IndexOf(from, at + 1, StringComparison.Ordinal))
                yield return line[..at] + to + line[(at + from.Length)..];
    }

    private static ExecutionEvent Sample(string type) => EventSamples.All.Single(e => ExecutionEventTypes.NameOf(e) == type);

    private static byte[] Write(ExecutionEvent @event)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            ExecutionEventJson.Write(writer, @event);
        return buffer.WrittenSpan.ToArray();
    }
}
