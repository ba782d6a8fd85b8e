using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Schedules.Timing;
using NodaTime;

namespace LinkFlow.Platform.Schedules;

/// <summary>Rules as JSON: in the API, in a <c>schedule</c> node's parameters and in the store.</summary>
internal static class ScheduleRuleJson
{
    private const int LongestCron = 256;
    private const int MostSeconds = 366 * 24 * 3600;

    public static readonly string[] Fields =
    [
        "cron", "everySeconds", "at", "timezone", "calendarId", "onHoliday", "misfire", "overlap", "startAt", "endAt", "jitterSeconds", "maxConsecutiveFailures",
    ];

    public static readonly string[] HolidayWords = ["skip", "shift"];
    public static readonly string[] MisfireWords = ["skip", "runOnce", "runAll"];
    public static readonly string[] OverlapWords = ["allow", "skip", "queue", "cancelPrevious"];

    /// <summary>Reads a rule; what is wrong goes to the fields' problems.</summary>
    /// <returns>Null when something is wrong.</returns>
    /// <param name="timezone">Where the body gives none.</param>
    public static ScheduleRule? Read(BodyFields fields, string timezone)
    {
        var before = fields.Problems.Count;
        var rule = new ScheduleRule
        {
            Cron = fields.Text("cron", LongestCron, 1),
            EverySeconds = fields.Integer("everySeconds", 1, MostSeconds),
            At = fields.Time("at"),
            Timezone = fields.Text("timezone", 64, 1) ?? timezone,
            CalendarId = fields.Text("calendarId", 64, 1),
            OnHoliday = (HolidayRule)IndexOf(HolidayWords, fields.OneOf("onHoliday", HolidayWords)),
            Misfire = (MisfireRule)IndexOf(MisfireWords, fields.OneOf("misfire", MisfireWords)),
            Overlap = (OverlapRule)IndexOf(OverlapWords, fields.OneOf("overlap", OverlapWords)),
            StartAt = fields.Time("startAt"),
            EndAt = fields.Time("endAt"),
            JitterSeconds = fields.Integer("jitterSeconds", 0, 24 * 3600) ?? 0,
            MaxConsecutiveFailures = fields.Integer("maxConsecutiveFailures", 1, 1000),
        };
        Check(fields, rule);
        return fields.Problems.Count == before ? rule : null;
    }

    public static ObjectValue Write(ScheduleRule rule, ObjectValue into) => into
        .Set("cron", Text(rule.Cron))
        .Set("everySeconds", Number(rule.EverySeconds))
        .Set("at", Time(rule.At))
        .Set("timezone", rule.Timezone)
        .Set("calendarId", Text(rule.CalendarId))
        .Set("onHoliday", HolidayWords[(int)rule.OnHoliday])
        .Set("misfire", MisfireWords[(int)rule.Misfire])
        .Set("overlap", OverlapWords[(int)rule.Overlap])
        .Set("startAt", Time(rule.StartAt))
        .Set("endAt", Time(rule.EndAt))
        .Set("jitterSeconds", rule.JitterSeconds)
        .Set("maxConsecutiveFailures", Number(rule.MaxConsecutiveFailures));

    /// <summary>A rule from the store, which was checked before it was saved.</summary>
    public static ScheduleRule ReadStored(ObjectValue stored)
    {
        var problems = new Problems();
        return Read(new BodyFields(stored, problems), "UTC") ?? throw problems.ToException();
    }

    public static Value Time(DateTimeOffset? time) => time is { } t ? Rfc3339.Write(t) : Value.Null;
    public static Value Text(string? text) => text is null ? Value.Null : text;
    private static Value Number(int? number) => number is { } n ? n : Value.Null;
    private static int IndexOf(string[] words, string? word) => word is null ? 0 : Array.IndexOf(words, word);

    private static void Check(BodyFields fields, ScheduleRule rule)
    {
        var given = new[] { "cron", "everySeconds", "at" }.Where(fields.Has).ToList();
        if (given.Count == 0) fields.Problems.Add(fields.Pointer, "A schedule needs 'cron', 'everySeconds' or 'at'.");
        if (given.Count > 1) fields.Problems.Add(fields.At(given[1]), $"A schedule has one of 'cron', 'everySeconds' and 'at'; {string.Join(" and ", given.Select(g => $"'{g}'"))} are given.");
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(rule.Timezone) is not { } zone)
        {
            fields.Problems.Add(fields.At("timezone"), $"'{rule.Timezone}' is no IANA time zone.{DidYouMean.Suggestion(rule.Timezone, DateTimeZoneProviders.Tzdb.Ids)}");
            return;
        }

        if (rule is { StartAt: { } start, EndAt: { } end } && end < start) fields.Problems.Add(fields.At("endAt"), "'endAt' is before 'startAt'.");
        if (rule.Cron is not { } cron) return;
        try
        {
            CronRecurrence.Parse(cron, zone);
        }
        catch (FormatException e)
        {
            fields.Problems.Add(fields.At("cron"), e.Message);
        }
    }
}
