using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Nodes;

/// <summary>How an attempt ends that does not simply return: by an exception, by the end of its time, by an order to stop.</summary>
public class EndOfAttemptTests
{
    [Theory]
    [InlineData(Effect.Pure)]
    [InlineData(Effect.External)]
    public async Task What_a_node_throws_becomes_its_failure(Effect effect)
    {
        var ended = Assert.IsType<NodeFailed>(await new RunnerTest { Effect = effect, Body = (_, _) => throw new FormatException("Not that way") }.RunAsync());

        Assert.Equal(("NODE_FAILED", "Not that way"), (ended.Error.Code, ended.Error.Message));
    }

    [Fact]
    public async Task A_node_may_fail_with_a_code_of_its_own() =>
        Assert.Equal("MINE", Assert.IsType<NodeFailed>(await new RunnerTest { Body = (_, _) => throw new NodeException("MINE", "no") }.RunAsync()).Error.Code);

    [Fact]
    public async Task An_expressions_failure_has_a_code_of_its_own() =>
        Assert.Equal("EXPRESSION_ERROR", Assert.IsType<NodeFailed>(await new RunnerTest { Body = (_, _) => throw new ExpressionException("TYPE", "no") }.RunAsync()).Error.Code);

    [Fact]
    public async Task A_task_that_fails_later_does_so_too()
    {
        var ended = await new RunnerTest { Body = async (_, _) => { await Task.Yield(); throw new FormatException("later"); } }.RunAsync();

        Assert.Equal("later", Assert.IsType<NodeFailed>(ended).Error.Message);
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_failure() =>
        Assert.Equal("NODE_FAILED", Assert.IsType<NodeFailed>(await new RunnerTest { Body = (_, _) => throw new OperationCanceledException("Strange") }.RunAsync()).Error.Code);

    [Fact]
    public async Task A_node_that_heeds_its_token_ends_in_time()
    {
        var test = new RunnerTest { Effect = Effect.External, Node = n => n with { TimeoutSeconds = 1 }, Clock = new FastClock(), Body = WaitForTokenAsync };

        var ended = Assert.IsType<NodeFailed>(await test.RunAsync());

        Assert.Equal("TIMEOUT", ended.Error.Code);
        Assert.Contains("1 s", ended.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_ignores_its_token_is_given_up_and_its_result_told()
    {
        var release = new TaskCompletionSource();
        var ignored = new TaskCompletionSource<ResultIgnored>();
        var test = new RunnerTest
        {
            Effect = Effect.External, Node = n => n with { TimeoutSeconds = 1, Retry = new RetryPolicy() }, Clock = new FastClock(), Ignored = ignored.SetResult,
            Body = async (c, _) => { await release.Task; return RunnerTest.PassOn(c); },
        };

        var ended = Assert.IsType<NodeAttemptFailed>(await test.RunAsync());
        release.SetResult();

        Assert.All(ended.Failures, f => Assert.Equal("TIMEOUT", f.Error.Code));
        Assert.Contains("with a result", (await ignored.Task).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_blocks_its_thread_is_given_up_too()
    {
        using var release = new ManualResetEventSlim();
        var test = new RunnerTest { Effect = Effect.External, Node = n => n with { TimeoutSeconds = 1 }, Clock = new FastClock(), Body = (c, _) => { release.Wait(CancellationToken.None); return new(RunnerTest.PassOn(c)); } };

        var ended = await test.RunAsync();
        release.Set();

        Assert.Equal("TIMEOUT", Assert.IsType<NodeFailed>(ended).Error.Code);
    }

    [Fact]
    public async Task A_pure_node_with_many_items_ends_between_two_of_them()
    {
        var items = $"[{string.Join(',', Enumerable.Repeat("{}", 100))}]";
        var test = new RunnerTest { Items = items, Node = n => n with { TimeoutSeconds = 1 }, Clock = new FastClock(), Body = (c, token) => new(c.EachItem((_, _, _) => token.WaitHandle.WaitOne(), token)) };

        Assert.Equal("TIMEOUT", Assert.IsType<NodeFailed>(await test.RunAsync()).Error.Code);
    }

    [Fact]
    public async Task An_attempt_that_is_told_to_stop_ends_as_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var test = new RunnerTest { Effect = Effect.External, Body = async (c, token) => { await stop.CancelAsync(); return await WaitForTokenAsync(c, token); } };

        Assert.IsType<NodeCancelled>(await test.RunAsync(stop.Token));
    }

    [Fact]
    public async Task An_attempt_is_not_begun_when_it_is_to_stop_already()
    {
        var test = new RunnerTest { Body = (_, _) => throw new InvalidOperationException("It must not run.") };

        Assert.IsType<NodeCancelled>(await test.RunAsync(new CancellationToken(true)));
    }

    [Fact]
    public async Task What_still_ended_well_is_recorded()
    {
        using var stop = new CancellationTokenSource();
        var test = new RunnerTest { Effect = Effect.External, Body = async (c, _) => { await stop.CancelAsync(); await Task.Yield(); return RunnerTest.PassOn(c); } };

        Assert.IsType<NodeCompleted>(await test.RunAsync(stop.Token));
    }

    [Fact]
    public async Task A_cancelled_attempt_that_does_not_end_is_given_up()
    {
        using var stop = new CancellationTokenSource();
        var release = new TaskCompletionSource();
        var test = new RunnerTest { Effect = Effect.External, Clock = new FastClock(onlyShort: true), Body = async (c, _) => { await stop.CancelAsync(); await release.Task; return RunnerTest.PassOn(c); } };

        var ended = await test.RunAsync(stop.Token);
        release.SetResult();

        Assert.IsType<NodeCancelled>(ended);
    }

    private static async ValueTask<NodeResult> WaitForTokenAsync(NodeContext context, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return RunnerTest.PassOn(context);
    }

    /// <summary>A clock whose timers are due at once: all, or only those of less than a minute.</summary>
    private sealed class FastClock(bool onlyShort = false) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero && (!onlyShort || dueTime < TimeSpan.FromMinutes(1)) ? TimeSpan.FromMilliseconds(20) : dueTime, period);
    }
}
