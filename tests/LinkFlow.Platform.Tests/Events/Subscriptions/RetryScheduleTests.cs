using LinkFlow.Platform.Events.Subscriptions.Deliveries;

namespace LinkFlow.Platform.Tests.Events.Subscriptions;

public class RetryScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 0.5, 10)]
    [InlineData(1, 0, 8)]
    [InlineData(2, 0.5, 30)]
    [InlineData(4, 0.5, 270)]
    [InlineData(8, 0.5, 14400)]
    [InlineData(1000, 0.5, 14400)]
    public void Pauses_grow_threefold_up_to_four_hours(int tries, double random, double seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), RetrySchedule.Next(tries, Now, Now.AddDays(1), null, random));

    [Theory]
    [InlineData(60, 60)]
    [InlineData(5, 10)]
    [InlineData(7200, 3600)]
    public void A_pause_that_is_asked_for_is_kept_but_for_the_end(int asked, int seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), RetrySchedule.Next(1, Now, Now.AddHours(1), TimeSpan.FromSeconds(asked), 0.5));

    [Fact]
    public void Behind_the_end_there_is_no_try()
    {
        Assert.Null(RetrySchedule.Next(3, Now, Now.AddSeconds(60), null, 0.5));
        Assert.Null(RetrySchedule.Next(1, Now, Now, TimeSpan.FromHours(1), 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => RetrySchedule.Next(0, Now, Now, null, 0));
    }

    [Fact]
    public void Whatever_is_drawn_the_pause_keeps_its_bounds()
    {
        var random = new Random(7);
        for (var n = 0; n < 10_000; n++)
        {
            var tries = random.Next(1, 40);
            var pause = RetrySchedule.Next(tries, Now, Now.AddDays(1), null, random.NextDouble())!.Value - Now;
            var middle = Math.Min(14400, 10 * Math.Pow(3, tries - 1));
            Assert.InRange(pause.TotalSeconds, middle * 0.8 - 0.001, middle * 1.2 + 0.001);
        }
    }
}
