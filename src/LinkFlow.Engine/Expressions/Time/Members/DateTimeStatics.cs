using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Expressions.Time.Reading;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Members;

/// <summary>The functions that make a DateTime, and its formats. The present is the attempt's recorded time.</summary>
internal static class DateTimeStatics
{
    private static readonly string[] PartNames = ["year", "month", "day", "hour", "minute", "second", "millisecond"];

    public static MethodTable All { get; } = new("DateTime", Making(), Reading())
    {
        Description = "What makes moments with a time zone. Text and parts that are no date are errors. Options of all: zone, what a date without a zone is in and the result is given in, the workflow's by default; locale; and of those that read text setZone, with which the result stays in the zone that the text names.",
        Properties = Formats(),
    };

    private static MethodList Making() => new()
    {
        { "now(): DateTime", "The present; the same throughout a run of a node.", "DateTime.now().toISO()",
            (run, _, _) => DateTimeValue.Now(run).AsValue() },
        { "local(year?: number, month?: number, day?: number, hour?: number, minute?: number, second?: number, millisecond?: number, options?: object): DateTime", "Of parts in the workflow's time zone, the month from 1; of none, the present.", "DateTime.local(2026, 3, 14, 9).toISO()",
            (run, _, args) => OfParts(run, args, null) },
        { "utc(year?: number, month?: number, day?: number, hour?: number, minute?: number, second?: number, millisecond?: number, options?: object): DateTime", "Of parts in UTC, the month from 1; of none, the present.", "DateTime.utc(2026, 3, 14).toISO()",
            (run, _, args) => OfParts(run, args, ZoneValue.Utc) },
        { "fromObject(parts: object, options?: object): DateTime", "Of named parts: year, month, day or year, ordinal or weekYear, weekNumber, weekday; hour to millisecond. Missing greater ones are those of now, smaller ones the least.", "DateTime.fromObject({ year: 2026, month: 3 }).toISODate()",
            (run, _, args) => DateParts.ToDateTime(run, args.At(0), args.At(1)).AsValue() },
        { "fromMillis(millis: number, options?: object): DateTime", "Of milliseconds since 1970.", "DateTime.fromMillis(0).toISO()",
            (run, _, args) => OfMillis(run, args.At(0), 1, args.At(1)) },
        { "fromSeconds(seconds: number, options?: object): DateTime", "Of seconds since 1970.", "DateTime.fromSeconds(1e9).toISO()",
            (run, _, args) => OfMillis(run, args.At(0), 1000, args.At(1)) },
        { "fromJSDate(date: date, options?: object): DateTime", "Of JavaScript's Date.", "DateTime.fromJSDate(new Date(0)).toISO()",
            (run, _, args) => args.At(0).AsOther is DateValue date ? OfMillis(run, date.Require(run), 1, args.At(1)) : TimeArguments.Moment(run, args.At(0)).AsValue() },
        { "min(...times: DateTime[]): DateTime | undefined", "The earliest.", "DateTime.min($now, $today).toISO()",
            (run, _, args) => Extreme(run, args, earliest: true) },
        { "max(...times: DateTime[]): DateTime | undefined", "The latest.", "DateTime.max($now, $today).toISO()",
            (run, _, args) => Extreme(run, args, earliest: false) },
        { "isDateTime(value: any): boolean", "Whether a value is a DateTime.", "DateTime.isDateTime($now)",
            (_, _, args) => args.At(0).AsOther is DateTimeValue },
        { "invalid(reason: string): DateTime", "An error with that reason: there are no invalid dates.", "[1].map(() => { try { return DateTime.invalid('unknown') } catch (e) { return e.message } })[0]",
            (run, _, args) => throw run.RangeError($"The date is invalid: {Coercion.ToString(run, args.At(0))}.") },
    };

    private static MethodList Reading() => new()
    {
        { "fromISO(text: string, options?: object): DateTime", "Of ISO 8601: by calendar, week or day of the year, with or without a time, an offset and a zone in brackets.", "DateTime.fromISO('2026-03-14T09:26', { zone: 'Europe/Berlin' }).toISO()",
            (run, _, args) => IsoReader.Read(run, TimeArguments.ShortText(run, args.At(0), FormatReader.LongestText, "A date"), args.At(1)).AsValue() },
        { "fromFormat(text: string, format: string, options?: object): DateTime", "Of a text in Luxon's tokens. Up to 300 characters of format and 1,000 of text.", "DateTime.fromFormat('14.03.2026', 'dd.LL.yyyy').toISODate()",
            (run, _, args) => FormatReader.Read(run, args.At(0), args.At(1), args.At(2)).AsValue() },
        { "fromString(text: string, format: string, options?: object): DateTime", "The older name of fromFormat.", "DateTime.fromString('14.03.2026', 'dd.LL.yyyy').toISODate()",
            (run, _, args) => FormatReader.Read(run, args.At(0), args.At(1), args.At(2)).AsValue() },
        { "fromSQL(text: string, options?: object): DateTime", "Of the form of databases.", "DateTime.fromSQL('2026-03-14 09:26:53').toISO()",
            (run, _, args) => Text(run, args, IsoReader.TryReadSql, "an SQL date such as 2024-01-31 10:00:00") },
        { "fromRFC2822(text: string, options?: object): DateTime", "Of the form of mail headers.", "DateTime.fromRFC2822('Sat, 14 Mar 2026 09:26:53 +0100').toISO()",
            (run, _, args) => Text(run, args, MailDateReader.TryReadMail, "an RFC 2822 date such as Wed, 31 Jan 2024 10:00:00 +0000") },
        { "fromHTTP(text: string, options?: object): DateTime", "Of the form of HTTP headers.", "DateTime.fromHTTP('Sat, 14 Mar 2026 09:26:53 GMT').toISO()",
            (run, _, args) => Text(run, args, MailDateReader.TryReadHttp, "an HTTP date such as Wed, 31 Jan 2024 10:00:00 GMT") },
    };

    private static PropertyList Formats()
    {
        var formats = new PropertyList();
        void Add(string name, DateFormatOptions options) => formats.Add($"{name}: object", "A format for toLocaleString.", $"$now.toLocaleString(DateTime.{name})", options.ToValue());
        Add("DATE_SHORT", DateFormatOptions.DateShort);
        Add("DATE_MED", DateFormatOptions.DateMed);
        Add("DATE_MED_WITH_WEEKDAY", DateFormatOptions.DateMedWithWeekday);
        Add("DATE_FULL", DateFormatOptions.DateFull);
        Add("DATE_HUGE", DateFormatOptions.DateHuge);
        Add("TIME_SIMPLE", DateFormatOptions.TimeSimple);
        Add("TIME_WITH_SECONDS", DateFormatOptions.TimeWithSeconds);
        Add("TIME_WITH_SHORT_OFFSET", DateFormatOptions.TimeWithShortOffset);
        Add("TIME_WITH_LONG_OFFSET", DateFormatOptions.TimeWithLongOffset);
        Add("TIME_24_SIMPLE", DateFormatOptions.Time24Simple);
        Add("TIME_24_WITH_SECONDS", DateFormatOptions.Time24WithSeconds);
        Add("TIME_24_WITH_SHORT_OFFSET", DateFormatOptions.Time24WithShortOffset);
        Add("TIME_24_WITH_LONG_OFFSET", DateFormatOptions.Time24WithLongOffset);
        Add("DATETIME_SHORT", DateFormatOptions.DateTimeShort);
        Add("DATETIME_SHORT_WITH_SECONDS", DateFormatOptions.DateTimeShortWithSeconds);
        Add("DATETIME_MED", DateFormatOptions.DateTimeMed);
        Add("DATETIME_MED_WITH_SECONDS", DateFormatOptions.DateTimeMedWithSeconds);
        Add("DATETIME_MED_WITH_WEEKDAY", DateFormatOptions.DateTimeMedWithWeekday);
        Add("DATETIME_FULL", DateFormatOptions.DateTimeFull);
        Add("DATETIME_FULL_WITH_SECONDS", DateFormatOptions.DateTimeFullWithSeconds);
        Add("DATETIME_HUGE", DateFormatOptions.DateTimeHuge);
        Add("DATETIME_HUGE_WITH_SECONDS", DateFormatOptions.DateTimeHugeWithSeconds);
        return formats;
    }

    /// <param name="zone">Null: that of the options.</param>
    private static Value OfParts(Run run, ReadOnlySpan<Value> arguments, ZoneValue? zone)
    {
        var options = arguments.Length > 0 && arguments[^1].IsObject ? arguments[^1] : default;
        TimeArguments.Options(run, options, "zone");
        var given = options.IsUndefined ? arguments : arguments[..^1];
        var parts = new ObjectValue();
        for (var i = 0; i < Math.Min(PartNames.Length, given.Length); i++) parts.Set(PartNames[i], given[i]);
        if (parts.Count > 0 && given[0].IsNullOrUndefined) parts = new ObjectValue();
        return DateParts.Read(run, parts).ToDateTime(run, zone ?? TimeArguments.Zone(run, options["zone"]), TimeArguments.Locale(run, options, Locale.Default)).AsValue();
    }

    private static Value OfMillis(Run run, Value count, double factor, Value options)
    {
        TimeArguments.Options(run, options, "zone");
        if (!count.IsNumber) throw run.TypeError($"A number was expected, not {Properties.Describe(count)}.");
        return DateTimeValue.Of(count.AsNumber * factor, TimeArguments.Zone(run, options["zone"]), TimeArguments.Locale(run, options, Locale.Default)).AsValue();
    }

    private static Value Text(Run run, ReadOnlySpan<Value> arguments, Func<string, ReadDate?> read, string what)
    {
        var text = TimeArguments.ShortText(run, arguments.At(0), FormatReader.LongestText, "A date");
        return (read(text) ?? throw IsoReader.NoDate(run, text, what)).ToDateTime(run, arguments.At(1)).AsValue();
    }

    private static Value Extreme(Run run, ReadOnlySpan<Value> arguments, bool earliest)
    {
        DateTimeValue? best = null;
        run.Steps(arguments.Length);
        foreach (var argument in arguments)
        {
            var time = argument.AsOther as DateTimeValue ?? throw run.TypeError($"A DateTime was expected, not {Properties.Describe(argument)}.");
            if (best is null || (earliest ? time.Millis < best.Millis : time.Millis > best.Millis)) best = time;
        }

        return best?.AsValue() ?? default;
    }
}
