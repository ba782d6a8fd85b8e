using LinkFlow.Platform.Webhooks.Recent;

namespace LinkFlow.Platform.Tests.Webhooks.Recent;

public sealed class CallRingTests
{
    [Theory]
    [InlineData(3, 2, new long[] { 2, 1 })]
    [InlineData(3, 3, new long[] { 3, 2, 1 })]
    [InlineData(3, 10, new long[] { 10, 9, 8 })]
    [InlineData(1, 5, new long[] { 5 })]
    public void It_holds_the_last(int size, int added, long[] expected)
    {
        var ring = new CallRing(size);
        for (var i = 0; i < added; i++) ring.Add(Call());

        Assert.Equal(expected, ring.Page(long.MaxValue, 100).Select(c => c.Number));
    }

    [Fact]
    public void Calls_that_are_added_at_once_are_all_there_once()
    {
        var ring = new CallRing(1_000);
        Parallel.For(0, 1_000, _ => ring.Add(Call()));

        Assert.Equal(Enumerable.Range(1, 1_000).Reverse().Select(n => (long)n), ring.Page(long.MaxValue, 2_000).Select(c => c.Number));
    }

    private static RecentCall Call() => new(default, 0, "POST", null);
}
