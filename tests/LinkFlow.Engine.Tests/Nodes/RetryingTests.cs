using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Tests.Nodes;

public class RetryingTests
{
    private static readonly NodeError Passing = new("BUSY", "Come back later", Transient: true);
    private static readonly NodeError Lasting = new("WRONG", "It is wrong");
    private static readonly FixedClock Clock = new();

    [Fact]
    public async Task Only_failed_items_are_tried_again_and_the_rest_is_kept()
    {
        var ended = Assert.IsType<NodeAttemptFailed>(await Test(RunnerTest.Failing(Lasting, 1)).RunAsync());

        Assert.Equal([1], ended.Failures.Select(f => f.Item));
        Assert.Equal(2, ended.Partial!.Count);
        Assert.Equal(Clock.Ms + 100, ended.RetryAt);
    }

    [Fact]
    public async Task Attempts_compose_in_item_order()
    {
        var first = Assert.IsType<NodeAttemptFailed>(await Test(RunnerTest.Failing(Lasting, 1)).RunAsync());
        var second = Test((c, _) => new(RunnerTest.PassOn(c)), s => s with { Attempt = 2, Pending = [1], EarlierAttempts = [7] });
        second.Stored[7] = System.Text.Encoding.UTF8.GetString(first.Partial!.Inline.Span);

        var ended = Assert.IsType<NodeCompleted>(await second.RunAsync());

        Assert.Equal("""[{"n":0},{"n":1},{"n":2}]""", ended.Json());
        Assert.Equal("0:0 0:1 0:2", ended.Pairs());
    }

    [Fact]
    public async Task The_last_attempt_decides_by_on_error()
    {
        var test = Test(RunnerTest.Failing(Lasting, 0, 1, 2), s => s with { Attempt = 3 });

        Assert.IsType<NodeFailed>(await test.RunAsync());
    }

    [Fact]
    public async Task A_failure_that_nothing_can_mend_waits_for_the_others()
    {
        var first = Assert.IsType<NodeAttemptFailed>(await Test(Mixed, onError: OnError.Continue).RunAsync());
        var second = Test((c, _) => new(RunnerTest.PassOn(c)), s => s with { Attempt = 2, Pending = [.. first.Failures.Select(f => f.Item)], EarlierAttempts = [7] }, OnError.Continue);
        second.Stored[7] = System.Text.Encoding.UTF8.GetString(first.Partial!.Inline.Span);

        var ended = Assert.IsType<NodeCompleted>(await second.RunAsync());

        Assert.Equal([2], first.Failures.Select(f => f.Item));
        Assert.Equal("0:0 0:1 0:2", ended.Pairs());
        Assert.Equal("PARAMETER_INVALID", ended.HandledError!.Code);
    }

    [Fact]
    public async Task With_stop_a_run_that_is_lost_is_not_tried_again() =>
        Assert.IsType<NodeFailed>(await Test(Mixed).RunAsync());

    [Theory]
    [InlineData("PARAMETER_INVALID")]
    [InlineData("LOOP_LIMIT")]
    [InlineData("CRASHED")]
    [InlineData("STOP_AND_ERROR")]
    public async Task Some_failures_are_never_tried_again(string code) =>
        Assert.IsType<NodeFailed>(await Test(RunnerTest.Failing(new NodeError(code, "no"), 1)).RunAsync());

    [Fact]
    public async Task What_its_node_calls_final_is_not_tried_again() =>
        Assert.IsType<NodeFailed>(await Test(RunnerTest.Failing(new NodeError("MINE", "no", Final: true), 1)).RunAsync());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Built_in_tries_look_at_what_may_pass(bool transient)
    {
        var test = new RunnerTest { Body = RunnerTest.Failing(transient ? Passing : Lasting, 1), DefaultRetry = new RetryPolicy { OnlyTransient = true }, Clock = Clock };

        Assert.Equal(transient, await test.RunAsync() is NodeAttemptFailed);
    }

    [Theory]
    [InlineData(0L, 0)]
    [InlineData(20_000L, 20_000)]
    [InlineData(99_000_000L, 3_600_000)]
    public async Task A_wait_that_was_asked_for_wins(long asked, long delay)
    {
        var ended = Assert.IsType<NodeAttemptFailed>(await Test(RunnerTest.Failing(Lasting with { RetryAfterMs = asked }, 1)).RunAsync());

        Assert.Equal(Clock.Ms + delay, ended.RetryAt);
    }

    [Fact]
    public async Task A_delay_doubles_and_is_spread()
    {
        var test = Test(RunnerTest.Failing(Lasting, 1), s => s with { Attempt = 2 }, jitter: 0);

        Assert.Equal(Clock.Ms + 180, Assert.IsType<NodeAttemptFailed>(await test.RunAsync()).RetryAt);
    }

    [Fact]
    public async Task A_run_without_items_fails_as_a_whole_and_is_tried_again_as_a_whole()
    {
        Func<NodeContext, CancellationToken, ValueTask<NodeResult>> body = (c, _) => throw new NodeException("NO", $"no: {c.Pending.Count}");
        var first = Assert.IsType<NodeAttemptFailed>(await Test(body, items: "[]").RunAsync());

        var last = await Test(body, s => s with { Attempt = 3, Pending = [.. first.Failures.Select(f => f.Item)] }, OnError.Continue, items: "[]").RunAsync();

        Assert.Equal(NodeResult.WholeRun, Assert.Single(first.Failures).Item);
        Assert.Equal("""[{"error":{"message":"no: 0","code":"NO","nodeId":"it"},"input":null}]""", last.Json());
    }

    private static ValueTask<NodeResult> Mixed(NodeContext context, CancellationToken cancellationToken) => new(new NodeResult()
        .Emit("main", context.Items[0], 0).Fail(1, new NodeError("PARAMETER_INVALID", "no")).Fail(2, Passing));

    private static RunnerTest Test(
        Func<NodeContext, CancellationToken, ValueTask<NodeResult>> body, Func<RunNode, RunNode>? step = null, OnError onError = OnError.Stop, double jitter = 0.5, string items = """[{"n":0},{"n":1},{"n":2}]""") => new()
        {
            Body = body, Step = step ?? (s => s), Node = n => n with { Retry = new RetryPolicy(), OnError = onError }, Clock = Clock, Jitter = jitter, Items = items,
        };

    private sealed class FixedClock : TimeProvider
    {
        public long Ms => GetUtcNow().ToUnixTimeMilliseconds();
        public override DateTimeOffset GetUtcNow() => new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
