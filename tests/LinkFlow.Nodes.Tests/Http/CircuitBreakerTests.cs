using LinkFlow.Nodes.Http;

namespace LinkFlow.Nodes.Tests.Http;

public class CircuitBreakerTests
{
    private readonly ManualClock _clock = new();
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests() => _breaker = new CircuitBreaker(_clock);

    [Fact]
    public void Five_failures_in_a_row_open_it()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.True(_breaker.TryEnter("a", out _));
            _breaker.Failed("a");
        }

        Assert.False(_breaker.TryEnter("a", out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(30), retryAfter);
        Assert.True(_breaker.TryEnter("b", out _));
    }

    [Fact]
    public void A_success_in_between_starts_the_count_anew()
    {
        Fail(4);
        _breaker.Succeeded("a");
        Fail(4);

        Assert.True(_breaker.TryEnter("a", out _));
    }

    [Fact]
    public void After_its_time_three_trial_calls_pass()
    {
        Fail(5);
        _clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => _breaker.TryEnter("a", out var _)));
    }

    [Fact]
    public void Three_good_trial_calls_close_it()
    {
        Fail(5);
        _clock.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 3; i++)
        {
            _breaker.TryEnter("a", out _);
            _breaker.Succeeded("a");
        }

        Fail(4);
        Assert.True(_breaker.TryEnter("a", out _));
    }

    [Fact]
    public void A_bad_trial_call_opens_it_again()
    {
        Fail(5);
        _clock.Advance(TimeSpan.FromSeconds(30));
        _breaker.TryEnter("a", out _);
        _breaker.Failed("a");

        Assert.False(_breaker.TryEnter("a", out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(30), retryAfter);
    }

    [Fact]
    public void Trial_calls_that_never_come_back_do_not_block_for_ever()
    {
        Fail(5);
        _clock.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 3; i++) _breaker.TryEnter("a", out _);
        _clock.Advance(TimeSpan.FromSeconds(31));

        Assert.True(_breaker.TryEnter("a", out _));
    }

    [Fact]
    public void It_forgets_hosts_that_nobody_calls()
    {
        Fail(5);
        for (var i = 0; i < 20_000; i++) _breaker.Failed($"h{i}");

        Assert.True(_breaker.TryEnter("a", out _));
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++) _breaker.Failed("a");
    }
}
