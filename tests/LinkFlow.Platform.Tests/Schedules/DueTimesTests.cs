using LinkFlow.Platform.Schedules.Timing;
using NodaTime;
using NodaTime.Text;

namespace LinkFlow.Platform.Tests.Schedules;

public sealed class DueTimesTests
{
    private static readonly DateTimeZone Berlin = DateTimeZoneProviders.Tzdb["Europe/Berlin"];

    [Theory]
    [InlineData("0 9 * * *", HolidayRule.Skip, "24T08 28T08 29T08")]
    [InlineData("0 9 * * *", HolidayRule.Shift, "24T08 28T08 29T08")]
    [InlineData("0 9 26 * *", HolidayRule.Skip, "26T08")]
    [InlineData("0 9 26 * *", HolidayRule.Shift, "28T08")]
    [InlineData("0 7,22 25,26 * *", HolidayRule.Shift, "28T06 28T21")]
    [InlineData("30 10 27,28 * *", HolidayRule.Shift, "28T09")]
    [InlineData("0 6 25 * *", HolidayRule.Shift, "28T05")]
    [InlineData("0 12 28 * *", HolidayRule.Shift, "28T11")]
    public void Leaves_holidays_out_or_moves_them(string cron, HolidayRule rule, string expected)
    {
        var holidays = new HolidayDates([new LocalDate(2026, 12, 25), new LocalDate(2026, 12, 27)], [new AnnualDate(12, 26)]);
        var due = new DueTimes(CronRecurrence.Parse(cron, Berlin), Berlin) { Holidays = holidays, OnHoliday = rule };
        var from = rule == HolidayRule.Skip && cron == "0 9 26 * *" ? Instant.FromUtc(2027, 1, 20, 0, 0) : Instant.FromUtc(2026, 12, 24, 0, 0);
        var found = due.After(from).Take(expected.Split(' ').Length).Select(i => InstantPattern.CreateWithInvariantCulture("dd'T'HH").Format(i));
        Assert.Equal(expected, string.Join(' ', found));
    }

    [Fact]
    public void Shifted_times_agree_with_brute_force()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 200; round++)
        {
            var first = new LocalDate(2026, 1, 1);
            var holidays = new HolidayDates(Enumerable.Range(0, 25).Select(_ => first.PlusDays(random.Next(90))), []);
            var cron = $"{random.Next(60)} {random.Next(24)},{random.Next(24)} */{random.Next(1, 6)} * *";
            var due = new DueTimes(CronRecurrence.Parse(cron, Berlin), Berlin) { Holidays = holidays, OnHoliday = HolidayRule.Shift };
            var (from, to) = (Instant.FromUtc(2026, 1, 1, 0, 0) + Duration.FromMinutes(random.Next(100_000)), Instant.FromUtc(2026, 4, 10, 0, 0));
            var expected = Shifted(cron, holidays).Where(i => i > from && i <= to);
            Assert.Equal(expected, due.After(from).TakeWhile(i => i <= to));
        }
    }

    [Fact]
    public void A_year_of_holidays_ends_in_nothing_due()
    {
        var always = new HolidayDates([], Enumerable.Range(0, 366).Select(i => new LocalDate(2028, 1, 1).PlusDays(i)).Select(d => new AnnualDate(d.Month, d.Day)));
        foreach (var rule in new[] { HolidayRule.Skip, HolidayRule.Shift })
            Assert.Null(new DueTimes(CronRecurrence.Parse("0 9 * * *", Berlin), Berlin) { Holidays = always, OnHoliday = rule }.Next(Instant.FromUtc(2026, 1, 1, 0, 0)));
    }

    [Fact]
    public void Nothing_is_due_outside_of_the_bounds()
    {
        var due = new DueTimes(CronRecurrence.Parse("0 12 * * *", DateTimeZone.Utc), DateTimeZone.Utc) { StartAt = Instant.FromUtc(2026, 1, 2, 12, 0), EndAt = Instant.FromUtc(2026, 1, 4, 11, 59) };
        Assert.Equal([Instant.FromUtc(2026, 1, 2, 12, 0), Instant.FromUtc(2026, 1, 3, 12, 0)], due.After(Instant.FromUtc(2020, 1, 1, 0, 0)));
    }

    [Theory]
    [InlineData(0, 100, 0)]
    [InlineData(100, 100, 190)]
    [InlineData(99, 100, 100)]
    [InlineData(1_000_000_000, 100, 1_000_000_090)]
    public void An_interval_counts_from_its_anchor(long after, long anchor, long expected)
    {
        var next = new EveryRecurrence(Instant.FromUnixTimeSeconds(anchor), 90).Next(Instant.FromUnixTimeSeconds(after));
        Assert.Equal(expected == 0 ? anchor : expected, next!.Value.ToUnixTimeSeconds());
    }

    [Fact]
    public void Once_is_once()
    {
        var at = Instant.FromUtc(2026, 1, 1, 0, 0);
        Assert.Equal([at], new DueTimes(new OnceRecurrence(at), DateTimeZone.Utc).After(at - Duration.FromDays(1)));
    }

    private static SortedSet<Instant> Shifted(string cron, HolidayDates holidays)
    {
        var all = new CronOracle(cron).Between(Instant.FromUtc(2025, 12, 25, 0, 0), Instant.FromUtc(2026, 4, 20, 0, 0), Berlin);
        return [.. all.Select(i =>
        {
            var local = i.InZone(Berlin).LocalDateTime;
            while (holidays.Contains(local.Date)) local = local.PlusDays(1);
            return Berlin.ResolveLocal(local, NodaTime.TimeZones.Resolvers.CreateMappingResolver(NodaTime.TimeZones.Resolvers.ReturnEarlier, NodaTime.TimeZones.Resolvers.ReturnStartOfIntervalAfter)).ToInstant();
        })];
    }
}
