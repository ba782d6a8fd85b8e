using LinkFlow.Platform.Schedules.Timing;
using NodaTime;
using NodaTime.Text;

namespace LinkFlow.Platform.Tests.Schedules;

public sealed class CronRecurrenceTests
{
    private static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca", "America/Sao_Paulo",
        "Antarctica/Troll", "Africa/Cairo", "Asia/Beirut", "America/St_Johns", "Pacific/Chatham", "Asia/Tehran", "America/Havana", "Asia/Gaza",
    ];

    private static readonly string[] Crons =
    [
        "30 2 * * *", "0 0 * * *", "15 1,2,3 * * *", "*/15 2 * * *", "0 12 * * *", "*/30 * * * *", "7 * * * *", "45 */2 * * *", "0 3 13 * 5", "59 23 28-31 * *", "0 0 29 2 *",
    ];

    public static TheoryData<string> AllZones => [.. Zones];

    [Theory]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z 2026-03-30T00:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z 2026-10-26T01:30:00Z")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:10:00Z", "2026-10-25T00:30:00Z 2026-10-25T01:00:00Z 2026-10-25T01:30:00Z 2026-10-25T02:00:00Z")]
    [InlineData("15 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T00:15:00Z 2026-03-29T01:15:00Z")]
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-03T15:30:00Z 2026-10-04T15:15:00Z")]
    [InlineData("0 12 * * *", "Pacific/Apia", "2011-12-28T23:00:00Z", "2011-12-29T22:00:00Z 2011-12-30T10:00:00Z 2011-12-30T22:00:00Z")]
    [InlineData("0 0 * * *", "America/Sao_Paulo", "2018-11-02T12:00:00Z", "2018-11-03T03:00:00Z 2018-11-04T03:00:00Z 2018-11-05T02:00:00Z")]
    [InlineData("0 9 * * *", "Asia/Kathmandu", "2026-01-01T00:00:00Z", "2026-01-01T03:15:00Z 2026-01-02T03:15:00Z")]
    [InlineData("0 12 1 * 1", "UTC", "2026-11-21T00:00:00Z", "2026-11-23T12:00:00Z 2026-11-30T12:00:00Z 2026-12-01T12:00:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z 2032-02-29T00:00:00Z")]
    [InlineData("*/20 0 12 * * 1", "UTC", "2026-11-21T00:00:00Z", "2026-11-23T12:00:00Z 2026-11-23T12:00:20Z 2026-11-23T12:00:40Z 2026-11-30T12:00:00Z")]
    [InlineData("0 12 * * 7", "UTC", "2026-11-21T00:00:00Z", "2026-11-22T12:00:00Z 2026-11-29T12:00:00Z")]
    [InlineData("0 8 * jan,jul MON-FRI", "UTC", "2026-11-21T00:00:00Z", "2027-01-01T08:00:00Z 2027-01-04T08:00:00Z")]
    [InlineData("@weekly", "UTC", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z 2026-11-29T00:00:00Z")]
    [InlineData("@hourly", "UTC", "2026-11-21T00:00:00Z", "2026-11-21T01:00:00Z 2026-11-21T02:00:00Z")]
    [InlineData("0 18 L * *", "UTC", "2027-02-01T00:00:00Z", "2027-02-28T18:00:00Z 2027-03-31T18:00:00Z")]
    public void Is_due_when_the_clock_on_the_wall_says_so(string cron, string zone, string after, string expected)
    {
        var recurrence = CronRecurrence.Parse(cron, DateTimeZoneProviders.Tzdb[zone]);
        var due = new List<string>();
        for (var at = Parse(after); due.Count < expected.Split(' ').Length;)
        {
            at = recurrence.Next(at)!.Value;
            due.Add(InstantPattern.ExtendedIso.Format(at));
        }

        Assert.Equal(expected, string.Join(' ', due));
    }

    [Theory]
    [MemberData(nameof(AllZones))]
    public void Agrees_with_brute_force_around_every_change_of_the_clocks(string zoneId)
    {
        var zone = DateTimeZoneProviders.Tzdb[zoneId];
        foreach (var change in ChangesOf(zone, 2010, 2012).Concat(ChangesOf(zone, 2018, 2019)).Concat(ChangesOf(zone, 2026, 2027)))
        {
            var (from, to) = (change - Duration.FromHours(40), change + Duration.FromHours(40));
            foreach (var cron in Crons)
                Assert.Equal(new CronOracle(cron).Between(from, to, zone), Between(CronRecurrence.Parse(cron, zone), from, to));
        }
    }

    [Theory]
    [MemberData(nameof(AllZones))]
    public void Never_goes_back_and_never_stands_still_over_years(string zoneId)
    {
        var zone = DateTimeZoneProviders.Tzdb[zoneId];
        foreach (var cron in Crons)
        {
            var recurrence = CronRecurrence.Parse(cron, zone);
            var at = Parse("2011-11-01T00:00:00Z");
            for (var i = 0; i < 500 && recurrence.Next(at) is { } next; i++)
            {
                Assert.True(next > at, $"{cron} in {zoneId} went from {at} to {next}");
                at = next;
            }
        }
    }

    [Theory]
    [InlineData("0 0 31 2 *", "never fires")]
    [InlineData("* * * *", "has 4 fields")]
    [InlineData("60 * * * *", "60 * * * *")]
    [InlineData("@noon", "@daily")]
    [InlineData("a b c d e", "a b c d e")]
    [InlineData("5/0 * * * *", "step")]
    [InlineData("", "has 0 fields")]
    [InlineData("* * * * * * *", "has 7 fields")]
    [InlineData("99 0 12 * * 1", "99 0 12 * * 1")]
    [InlineData("98 * * * *", "out of range")]
    [InlineData("* 99 * * *", "out of range")]
    [InlineData("* 0-99 * * *", "out of range")]
    public void Says_what_is_wrong_with_an_expression(string cron, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => CronRecurrence.Parse(cron, DateTimeZone.Utc)).Message);

    private static List<Instant> Between(Recurrence recurrence, Instant from, Instant to)
    {
        var due = new List<Instant>();
        for (var next = recurrence.Next(from); next <= to; next = recurrence.Next(next.Value)) due.Add(next.Value);
        return due;
    }

    private static IEnumerable<Instant> ChangesOf(DateTimeZone zone, int fromYear, int toYear) =>
        zone.GetZoneIntervals(Instant.FromUtc(fromYear, 1, 1, 0, 0), Instant.FromUtc(toYear, 1, 1, 0, 0)).Skip(1).Select(i => i.Start).DefaultIfEmpty(Instant.FromUtc(2020, 2, 29, 0, 0));

    private static Instant Parse(string text) => InstantPattern.ExtendedIso.Parse(text).Value;
}
