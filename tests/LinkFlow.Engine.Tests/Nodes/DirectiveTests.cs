using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Tests.Nodes;

public class DirectiveTests
{
    [Fact]
    public async Task A_wait_starts()
    {
        var wait = new WaitDirective("signal", null, "paid", null, "error", []);

        var ended = await new RunnerTest { Body = (_, _) => new(new NodeResult { Directive = wait }) }.RunAsync();

        Assert.Equal(wait, Assert.IsType<WaitStarted>(ended).Wait);
    }

    [Theory]
    [InlineData(1, 3, true)]
    [InlineData(2, 2, true)]
    [InlineData(2, 1, false)]
    [InlineData(int.MaxValue, 1, true)]
    public async Task A_loop_is_entered_unless_it_has_too_many_rounds(int batchSize, int maxRounds, bool entered)
    {
        var ended = await new RunnerTest { Body = (_, _) => new(new NodeResult { Directive = new LoopDirective(batchSize, maxRounds) }), Node = n => n with { Retry = new RetryPolicy() } }.RunAsync();

        Assert.Equal(entered, ended is LoopEntered);
        if (!entered) Assert.Equal("LOOP_LIMIT", Assert.IsType<NodeFailed>(ended).Error.Code);
    }

    [Fact]
    public async Task Children_get_ids()
    {
        var ended = await new RunnerTest { Body = Ask(0, 1, 2) }.RunAsync();

        Assert.Equal(["drawn:0", "drawn:1", "drawn:2"], Assert.IsType<ChildrenRequested>(ended).Children.Select(c => $"{c.ExecutionId}:{c.Owner}"));
    }

    [Fact]
    public async Task With_stop_no_child_is_asked_for_when_an_item_failed() =>
        Assert.IsType<NodeFailed>(await new RunnerTest { Body = AskBut1 }.RunAsync());

    [Fact]
    public async Task With_continue_the_others_go_ahead_and_the_failure_is_told_at_the_end()
    {
        Assert.Equal(2, Assert.IsType<ChildrenRequested>(await new RunnerTest { Body = AskBut1, Node = n => n with { OnError = OnError.Continue } }.RunAsync()).Children.Length);

        var test = new RunnerTest { Body = AskBut1, Node = n => n with { OnError = OnError.Continue }, Step = s => s with { Children = [Good(0), Good(2)] } };
        test.Stored[10] = """[{"a":1}]""";
        test.Stored[12] = """[{"a":3}]""";

        var ended = await test.RunAsync();

        Assert.Equal("0:0 0:1 0:2", ended.Pairs());
        Assert.Equal("BAD", ended.Items()[1].Json["error"]["code"].AsString);
    }

    [Fact]
    public async Task Childrens_outputs_are_put_out_in_item_order()
    {
        var test = new RunnerTest { Step = s => s with { Children = [Good(2), Good(0, 2), Good(1, 0)] } };
        test.Stored[10] = """[{"json":{"a":1},"pairedItem":[{"input":0,"item":9}]},{"a":2}]""";
        test.Stored[12] = """[{"a":3}]""";

        var ended = await test.RunAsync();

        Assert.Equal("""[{"a":1},{"a":2},{"a":3}]""", ended.Json());
        Assert.Equal("0:0 0:0 0:2", ended.Pairs());
    }

    [Theory]
    [InlineData("""[{"a":1},{"a":2},{"a":3}]""", "0:0 0:1 0:2")]
    [InlineData("""[{"a":1},{"a":2}]""", " ")]
    public async Task A_child_that_got_all_items_pairs_by_place_or_not_at_all(string output, string pairs)
    {
        var test = new RunnerTest { Step = s => s with { Children = [new ChildOutcome("c", -1, true, 10, output.Split("},").Length, null)] } };
        test.Stored[10] = output;

        Assert.Equal(pairs, (await test.RunAsync()).Pairs());
    }

    [Fact]
    public async Task A_failed_child_fails_its_item_with_its_error()
    {
        var failed = new ChildOutcome("c1", 1, false, 11, 0, new ExecutionError("No stock", "OUT_OF_STOCK", "inner", 1));
        var test = new RunnerTest { Node = n => n with { OnError = OnError.ErrorOutput }, Step = s => s with { Children = [Good(0, 0), failed, Good(2, 0)] } };

        var error = Assert.Single((await test.RunAsync()).Items("error")).Json["error"];

        Assert.Equal("OUT_OF_STOCK No stock it", $"{error["code"].AsString} {error["message"].AsString} {error["nodeId"].AsString}");
    }

    [Fact]
    public async Task A_failed_child_that_got_all_items_fails_all()
    {
        var test = new RunnerTest { Node = n => n with { OnError = OnError.Continue }, Step = s => s with { Children = [new ChildOutcome("c", -1, false, 11, 0, null)] } };

        var ended = await test.RunAsync();

        Assert.Equal("0:0 0:1 0:2", ended.Pairs());
        Assert.Equal("CHILD_FAILED", ended.Items()[0].Json["error"]["code"].AsString);
    }

    [Fact]
    public async Task A_child_that_is_not_awaited_lets_its_items_pass()
    {
        var each = await new RunnerTest { Step = s => s with { Children = [Good(0, 0), new ChildOutcome("c1", 1, true, 0, 0, null), Good(2, 0)] } }.RunAsync();
        var once = await new RunnerTest { Step = s => s with { Children = [new ChildOutcome("c", -1, true, 0, 0, null)] } }.RunAsync();

        Assert.Equal("""[{"n":1}]""", each.Json());
        Assert.Equal("0:0 0:1 0:2", once.Pairs());
    }

    private static ChildOutcome Good(int owner, int count = 1) => new($"c{owner}", owner, true, 10 + owner, count, null);

    private static Func<NodeContext, CancellationToken, ValueTask<NodeResult>> Ask(params int[] owners) => (_, _) =>
        new(new NodeResult { Directive = new ChildrenDirective([.. owners.Select(o => new ChildRequest("w", o))], Wait: true, MaxParallel: 10) });

    private static async ValueTask<NodeResult> AskBut1(NodeContext context, CancellationToken cancellationToken) =>
        (await Ask(0, 2)(context, cancellationToken)).Fail(1, new NodeError("BAD", "no"));
}
