using LinkFlow.Engine.Definitions;

namespace LinkFlow.Engine.Tests.Definitions;

public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData(2, 0.5, 100)]
    [InlineData(3, 0.5, 200)]
    [InlineData(5, 0.5, 800)]
    [InlineData(2, 0, 90)]
    [InlineData(2, 1, 110)]
    [InlineData(9, 0.5, 10_000)]
    [InlineData(1_000_000, 1, 10_000)]
    public void The_delay_doubles_with_each_attempt_and_is_spread_then_capped(int attempt, double random, long delay) =>
        Assert.Equal(delay, new RetryPolicy { InitialDelayMs = 100, MaxDelayMs = 10_000, Jitter = 0.1 }.DelayMsBefore(attempt, random));

    [Fact]
    public void The_longest_policy_does_not_overflow() =>
        Assert.Equal(86_400_000, new RetryPolicy { InitialDelayMs = 86_400_000, MaxDelayMs = 86_400_000, Jitter = 1 }.DelayMsBefore(100, 0.999));
}
