using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Members;

/// <summary>Properties of DateTime.</summary>
internal static class DateTimeProperties
{
    public static PropertyList All { get; } = new()
    {
        { "year: number", "The year.", "$now.year", (_, self) => Of(self).Wall.Year },
        { "quarter: number", "The quarter, 1 to 4.", "$now.quarter", (_, self) => Of(self).Quarter },
        { "month: number", "The month, 1 to 12.", "$now.month", (_, self) => Of(self).Wall.Month },
        { "day: number", "The day of the month, 1 to 31.", "$now.day", (_, self) => Of(self).Wall.Day },
        { "hour: number", "The hour, 0 to 23.", "$now.hour", (_, self) => Of(self).Wall.Hour },
        { "minute: number", "The minute, 0 to 59.", "$now.minute", (_, self) => Of(self).Wall.Minute },
        { "second: number", "The second, 0 to 59.", "$now.second", (_, self) => Of(self).Wall.Second },
        { "millisecond: number", "The millisecond, 0 to 999.", "$now.millisecond", (_, self) => Of(self).Wall.Millisecond },
        { "weekYear: number", "The year that its week of ISO 8601 belongs to.", "$now.weekYear", (_, self) => Of(self).Week.Year },
        { "weekNumber: number", "The week of ISO 8601, 1 to 53: weeks begin on Monday, and the first has January 4th.", "$now.weekNumber", (_, self) => Of(self).Week.Week },
        { "weekday: number", "1 for Monday to 7 for Sunday.", "$now.weekday", (_, self) => Of(self).Weekday },
        { "isWeekend: boolean", "Whether it is on a weekend, by the custom of its locale.", "$now.isWeekend", (_, self) => Of(self).Locale.WeekendDays.Contains(Of(self).Weekday) },
        { "localWeekday: number", "The day of the week, 1 for the one that weeks begin with in its locale.", "$now.localWeekday", (_, self) => Of(self).LocalWeek.Weekday },
        { "localWeekNumber: number", "The week, counted as in its locale.", "$now.localWeekNumber", (_, self) => Of(self).LocalWeek.Week },
        { "localWeekYear: number", "The year of the week, counted as in its locale.", "$now.localWeekYear", (_, self) => Of(self).LocalWeek.Year },
        { "ordinal: number", "The day of the year, 1 to 366.", "$now.ordinal", (_, self) => Of(self).Wall.Ordinal },
        { "monthShort: string", "The month's short name in its locale.", "$now.monthShort", (_, self) => Of(self).Locale.Month(Of(self).Wall.Month, "short", standalone: true) },
        { "monthLong: string", "The month's name in its locale.", "$now.monthLong", (_, self) => Of(self).Locale.Month(Of(self).Wall.Month, "long", standalone: true) },
        { "weekdayShort: string", "The weekday's short name in its locale.", "$now.weekdayShort", (_, self) => Of(self).Locale.Weekday(Of(self).Weekday, "short", standalone: true) },
        { "weekdayLong: string", "The weekday's name in its locale.", "$now.weekdayLong", (_, self) => Of(self).Locale.Weekday(Of(self).Weekday, "long", standalone: true) },
        { "zone: zone", "Its time zone.", "$now.zone.name", (_, self) => Of(self).Zone.AsValue() },
        { "zoneName: string", "The name of its time zone.", "$now.zoneName", (_, self) => Of(self).Zone.Name },
        { "offset: number", "Minutes that it is ahead of UTC.", "$now.offset", (_, self) => Of(self).Offset },
        { "offsetNameShort: string", "What its zone is called at that time, in short: EST, or GMT+1 where the locale has no letters for it.", "$now.setZone('America/New_York').offsetNameShort", (_, self) => TokenFormat.OffsetName(Of(self), Of(self).Locale, isLong: false) },
        { "offsetNameLong: string", "What its zone is called at that time: Eastern Standard Time.", "$now.setZone('America/New_York').offsetNameLong", (_, self) => TokenFormat.OffsetName(Of(self), Of(self).Locale, isLong: true) },
        { "isOffsetFixed: boolean", "Whether its zone has one offset for ever.", "$now.isOffsetFixed", (_, self) => Of(self).Zone.IsFixed },
        { "isInDST: boolean", "Whether summer time is in force.", "$now.isInDST", (_, self) => IsSummerTime(Of(self)) },
        { "isInLeapYear: boolean", "Whether its year has 366 days.", "$now.isInLeapYear", (_, self) => WallTime.IsLeapYear(Of(self).Wall.Year) },
        { "daysInMonth: number", "The days of its month, 28 to 31.", "$now.daysInMonth", (_, self) => WallTime.DaysInMonth(Of(self).Wall.Year, Of(self).Wall.Month) },
        { "daysInYear: number", "The days of its year, 365 or 366.", "$now.daysInYear", (_, self) => WallTime.DaysInYear(Of(self).Wall.Year) },
        { "weeksInWeekYear: number", "The weeks of its year of weeks, 52 or 53.", "$now.weeksInWeekYear", (_, self) => WeekRules.Iso.WeeksIn(Of(self).Week.Year) },
        { "weeksInLocalWeekYear: number", "The same, counted as in its locale.", "$now.weeksInLocalWeekYear", (_, self) => Of(self).Locale.Week.WeeksIn(Of(self).LocalWeek.Year) },
        { "locale: string", "The language and region that names and formats are in.", "$now.locale", (_, self) => Of(self).Locale.Name },
        { "ts: number", "Milliseconds since 1970.", "$now.ts", (_, self) => Of(self).Millis },
        { "isValid: boolean", "True: a date that cannot be is an error at once.", "$now.isValid", (_, _) => true },
        { "invalidReason: null", "Null: a date that cannot be is an error at once.", "$now.invalidReason", (_, _) => Value.Null },
        { "invalidExplanation: null", "Null: a date that cannot be is an error at once.", "$now.invalidExplanation", (_, _) => Value.Null },
    };

    /// <summary>The clocks are ahead of where they are in January or in May.</summary>
    public static bool IsSummerTime(DateTimeValue time) => !time.Zone.IsFixed
        && (time.Offset > time.With(time.Wall with { Month = 1, Day = 1 }).Offset || time.Offset > time.With(time.Wall with { Month = 5, Day = Math.Min(time.Wall.Day, 31) }).Offset);

    private static DateTimeValue Of(Value self) => (DateTimeValue)self.AsOther!;
}
