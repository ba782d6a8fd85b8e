using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Nodes;

public class CompositionTests
{
    private static readonly NodeError Oops = new("OOPS", "It went wrong");
    private const string ErrorItem1 = """{"error":{"message":"It went wrong","code":"OOPS","nodeId":"it"},"input":{"n":1}}""";

    [Fact]
    public async Task An_item_is_paired_to_the_one_that_made_it()
    {
        var ended = await new RunnerTest { Items = """[{"json":{"a":1},"pairedItem":[{"input":3,"item":9}]},{"json":{"a":2}}]""" }.RunAsync();

        Assert.Equal("""[{"a":1},{"a":2}]""", ended.Json());
        Assert.Equal("0:0 0:1", ended.Pairs());
    }

    [Fact]
    public async Task An_item_of_the_whole_run_keeps_the_pairs_that_its_node_gave()
    {
        var ended = await new RunnerTest { Body = (_, _) => new(new NodeResult().Emit("main", new Item(new ObjectValue(), PairedItems: [new(0, 2), new(0, 1)]), NodeResult.WholeRun)) }.RunAsync();

        Assert.Equal("0:2+0:1", ended.Pairs());
    }

    [Fact]
    public async Task The_event_tells_sources_attempt_and_payload()
    {
        var ended = Assert.IsType<NodeCompleted>(await new RunnerTest().RunAsync());

        Assert.Equal(("it", 0, 1), (ended.Node, ended.Run, ended.Attempt));
        Assert.Equal(new InputSource("start", "main", 0, 3), Assert.Single(Assert.Single(ended.Inputs).Sources));
        var payload = Assert.Single(ended.Outputs).Items;
        Assert.Equal((3, payload.Inline.Length), (payload.Count, payload.Bytes));
        Assert.All(payload.Items!, i => Assert.True(i.Json.IsFrozen));
    }

    [Fact]
    public async Task Stop_fails_the_run_and_keeps_what_succeeded()
    {
        var ended = Assert.IsType<NodeFailed>(await new RunnerTest { Body = RunnerTest.Failing(Oops, 1, 2) }.RunAsync());

        Assert.Equal(new ExecutionError("It went wrong", "OOPS", "it", 1), ended.Error);
        Assert.Equal("""[{"n":0}]""", ended.Json());
    }

    [Fact]
    public async Task Continue_puts_the_error_in_the_items_place()
    {
        var ended = Assert.IsType<NodeCompleted>(await new RunnerTest { Body = RunnerTest.Failing(Oops, 1), Node = n => n with { OnError = OnError.Continue } }.RunAsync());

        Assert.Equal($$"""[{"n":0},{{ErrorItem1}},{"n":2}]""", ended.Json());
        Assert.Equal("0:0 0:1 0:2", ended.Pairs());
        Assert.Equal("OOPS", ended.HandledError!.Code);
    }

    [Fact]
    public async Task Error_output_sends_the_error_there()
    {
        var ended = await new RunnerTest { Body = RunnerTest.Failing(Oops, 1), Node = n => n with { OnError = OnError.ErrorOutput } }.RunAsync();

        Assert.Equal("""[{"n":0},{"n":2}]""", ended.Json());
        Assert.Equal($"[{ErrorItem1}]", ended.Json("error"));
    }

    [Fact]
    public async Task With_continue_a_loops_errors_leave_by_done()
    {
        var test = new RunnerTest
        {
            Kind = NodeKind.Loop, Outputs = ["loop", "done"], Graph = "start > it:it; it.loop > a > it; it.done > end", Node = n => n with { OnError = OnError.Continue },
            Body = (_, _) => new(new NodeResult { Directive = new LoopDirective(2, 1) }),
        };

        var ended = await test.RunAsync();

        Assert.Equal("0:0 0:1 0:2", ended.Pairs("done"));
        Assert.Equal("LOOP_LIMIT", ended.Items("done")[0].Json["error"]["code"].AsString);
    }

    [Theory]
    [InlineData(true, "[{}]")]
    [InlineData(false, "[]")]
    public async Task Always_output_fills_the_first_output_of_a_run_that_left_all_empty(bool alwaysOutput, string json) =>
        Assert.Equal(json, (await new RunnerTest { Body = (_, _) => new(new NodeResult()), Node = n => n with { AlwaysOutput = alwaysOutput } }.RunAsync()).Json());

    [Fact]
    public async Task What_a_failed_item_put_out_before_does_not_count()
    {
        var ended = await new RunnerTest { Body = (c, token) => new(c.EachItem(EmitThenFail, token)) }.RunAsync();

        Assert.Empty(Assert.IsType<NodeFailed>(ended).Outputs);

        static void EmitThenFail(NodeContext context, int item, NodeResult result)
        {
            result.Emit("main", context.Items[item], item);
            throw new NodeException("X", "no");
        }
    }

    [Fact]
    public async Task A_response_goes_along()
    {
        var ended = await new RunnerTest { Body = (c, _) => new(new NodeResult { Response = new ObjectValue { { "status", 200 } } }) }.RunAsync();

        Assert.Equal("""[{"status":200}]""", System.Text.Encoding.UTF8.GetString(Assert.IsType<NodeCompleted>(ended).Response!.Inline.Span));
    }

    [Theory]
    [InlineData("""[{"a":1},{"json":{"b":2}},5]""", """[{"a":1},{"b":2},{"data":5}]""")]
    [InlineData("""{"a":1}""", """[{"a":1}]""")]
    [InlineData("[]", "[]")]
    [InlineData("null", "[]")]
    public async Task Pinned_data_stands_in_for_the_node(string pinned, string json)
    {
        var test = new RunnerTest
        {
            Body = (_, _) => throw new InvalidOperationException("It must not run."), Step = s => s with { IsPinned = true },
            Workflow = w => w with { PinData = new ObjectValue { { "it", JsonText.Parse(pinned) } } },
        };

        Assert.Equal(json, (await test.RunAsync()).Json());
    }

    [Fact]
    public async Task A_run_that_is_told_to_fail_does_so_by_the_nodes_rules()
    {
        var test = new RunnerTest
        {
            Body = (_, _) => throw new InvalidOperationException("It must not run."), Node = n => n with { OnError = OnError.Continue, Retry = new RetryPolicy() },
            Step = s => s with { FailWith = new NodeError("CRASHED", "It killed the process") },
        };

        var ended = Assert.IsType<NodeCompleted>(await test.RunAsync());

        Assert.Equal(("CRASHED", 3), (ended.HandledError!.Code, ended.Items().Count));
    }

    [Fact]
    public async Task A_compensation_says_what_it_undoes()
    {
        RunKey undone = new("start", 0);

        Assert.Equal(undone, Assert.IsType<NodeCompleted>(await new RunnerTest { Step = s => s with { Compensates = undone } }.RunAsync()).Compensates);
        Assert.Equal(undone, Assert.IsType<NodeFailed>(await new RunnerTest { Body = RunnerTest.Failing(Oops, 0), Step = s => s with { Compensates = undone } }.RunAsync()).Compensates);
    }

    [Fact]
    public async Task What_came_in_at_the_deepest_can_be_wrapped_and_stored()
    {
        var ended = await new RunnerTest { Body = Wrap(JsonText.MaxDepth) }.RunAsync();

        Assert.True(JsonText.IsDeeperThan(Assert.Single(ended.Items()).Json, JsonText.MaxDepth));
    }

    [Fact]
    public async Task What_is_nested_too_deep_to_be_stored_fails_its_item() =>
        Assert.Equal("NESTED_TOO_DEEP", Assert.IsType<NodeFailed>(await new RunnerTest { Body = Wrap(JsonText.MaxStoredDepth) }.RunAsync()).Error.Code);

    private static Func<NodeContext, CancellationToken, ValueTask<NodeResult>> Wrap(int levels) => (_, _) =>
    {
        var value = Enumerable.Range(0, levels).Aggregate(Value.From(1), (inner, _) => new ArrayValue([inner]));
        return new(new NodeResult().Emit("main", new Item(new ObjectValue { { "body", value } }), 0));
    };

    [Fact]
    public async Task An_output_that_the_type_does_not_declare_is_a_programming_error() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => new RunnerTest { Body = (c, _) => new(new NodeResult().Emit("nowhere", c.Items[0], 0)) }.RunAsync());
}
