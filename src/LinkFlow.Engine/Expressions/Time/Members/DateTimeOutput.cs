using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Members;

/// <summary>Methods of DateTime that print it or make something else of it.</summary>
internal static class DateTimeOutput
{
    public static MethodList All { get; } = new()
    {
        { "toFormat(format: string, options?: object): string", "By Luxon's tokens, e.g. yyyy-LL-dd HH:mm:ss, with literal text in single quotes; { locale: 'de' } for another language. D to DDDD, t, T, f and F are short for whole formats.", "$now.toFormat(\"dd LLL yyyy 'at' HH:mm\")",
            (run, self, args) => Value.From(TokenFormat.Format(run, Of(self), Coercion.ToString(run, args.At(0)), Language(run, self, args.At(1)))) },
        { "toLocaleString(format?: object, options?: object): string", "As its language writes it: a format such as DateTime.DATE_MED, { dateStyle: 'long' } or { month: 'long', day: 'numeric' }; the short date by default. Options: { locale }.", "$now.toLocaleString(DateTime.DATETIME_MED)",
            (run, self, args) => Localised(run, self, args) },
        { "toISO(options?: object): string", "ISO 8601. Options: format 'basic', precision, suppressSeconds, suppressMilliseconds, includeOffset (true), extendedZone.", "$now.toISO()",
            (run, self, args) => IsoFormat.Read(run, args.At(0)).DateAndTime(Of(self)) },
        { "toISODate(options?: object): string", "The date of ISO 8601. Options: format 'basic', precision year, month or day.", "$now.toISODate()",
            (run, self, args) => IsoFormat.Read(run, args.At(0), "day").Date(Of(self)) },
        { "toISOWeekDate(): string", "The date of ISO 8601 by week.", "$now.toISOWeekDate()",
            (_, self, _) => TokenFormat.Standard(Of(self), "kkkk-'W'WW-c", allowZ: false) },
        { "toISOTime(options?: object): string", "The time of ISO 8601. Options as of toISO, and includePrefix.", "$now.toISOTime({ suppressMilliseconds: true })",
            (run, self, args) => IsoFormat.Read(run, args.At(0)).Time(Of(self)) },
        { "toRFC2822(): string", "The form of mail headers.", "$now.toRFC2822()",
            (_, self, _) => TokenFormat.Standard(Of(self), "EEE, dd LLL yyyy HH:mm:ss ZZZ", allowZ: false) },
        { "toHTTP(): string", "The form of HTTP headers, in UTC.", "$now.toHTTP()",
            (_, self, _) => TokenFormat.Standard(Of(self).In(ZoneValue.Utc), "EEE, dd LLL yyyy HH:mm:ss 'GMT'", allowZ: false) },
        { "toSQLDate(): string", "The date as databases take it.", "$now.toSQLDate()",
            (run, self, _) => IsoFormat.Read(run, default, "day").Date(Of(self)) },
        { "toSQLTime(options?: object): string", "The time as databases take it. Options: includeOffset (true), includeZone, includeOffsetSpace (true).", "$now.toSQLTime({ includeOffset: false })",
            (run, self, args) => SqlTime(run, self, args.At(0)) },
        { "toSQL(options?: object): string", "Date and time as databases take them. Options as of toSQLTime.", "$now.toSQL()",
            (run, self, args) => IsoFormat.Read(run, default, "day").Date(Of(self)) + " " + SqlTime(run, self, args.At(0)) },
        { "toMillis(): number", "Milliseconds since 1970.", "$now.toMillis()",
            (_, self, _) => Of(self).Millis },
        { "valueOf(): number", "Milliseconds since 1970.", "$now.valueOf()",
            (_, self, _) => Of(self).Millis },
        { "toSeconds(): number", "Seconds since 1970, with a fraction.", "$now.toSeconds()",
            (_, self, _) => Of(self).Millis / 1000 },
        { "toUnixInteger(): number", "Whole seconds since 1970.", "$now.toUnixInteger()",
            (_, self, _) => Math.Floor(Of(self).Millis / 1000) },
        { "toJSON(): string", "The same as toISO().", "$now.toJSON()",
            (run, self, _) => Of(self).Print(run) },
        { "toString(): string", "The same as toISO().", "$now.toString()",
            (run, self, _) => Of(self).Print(run) },
        { "toObject(options?: object): object", "Year to millisecond as an object; with { includeConfig: true } also the locale.", "$today.toObject()", ToObject },
        { "toJSDate(): date", "The same moment as JavaScript's Date.", "$now.toJSDate().getTime()",
            (_, self, _) => new DateValue(Of(self).Millis).AsValue() },
        { "toRelative(options?: object): string", "How far it is from now, in words. Options: base (another moment), unit or units, style long, short or narrow, round (true), rounding (trunc, round, floor, ceil, expand), padding in ms, locale.", "$now.plus({ days: 2 }).toRelative()",
            (run, self, args) => Relative.ToRelative(run, Of(self), args.At(0)) },
        { "toRelativeCalendar(options?: object): string", "How many days, months or years of the calendar it is from today, in words: tomorrow. Options: base, unit, locale.", "$now.plus({ days: 1 }).toRelativeCalendar()",
            (run, self, args) => Relative.ToRelativeCalendar(run, Of(self), args.At(0)) },
    };

    private static Locale Language(Run run, Value self, Value options)
    {
        TimeArguments.Options(run, options);
        return TimeArguments.Locale(run, options, Of(self).Locale);
    }

    public static Value Localised(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var named = arguments.At(1).IsNullOrUndefined ? new ObjectValue { { "locale", arguments.At(0)["locale"] } } : arguments.At(1);
        var locale = Language(run, self, named);
        return run.Made(LocaleFormat.Format(Of(self), locale, DateFormatOptions.Read(run, arguments.At(0))));
    }

    private static string SqlTime(Run run, Value self, Value options)
    {
        TimeArguments.Options(run, options, "includeOffset", "includeZone", "includeOffsetSpace");
        bool Option(string name, bool missing) => options[name].IsUndefined ? missing : Coercion.ToBoolean(options[name]);
        var (zone, offset) = (Option("includeZone", false), Option("includeOffset", true));
        var format = "HH:mm:ss.SSS" + ((zone || offset) && Option("includeOffsetSpace", true) ? " " : "") + (zone ? "z" : offset ? "ZZ" : "");
        return TokenFormat.Standard(Of(self), format, allowZ: true);
    }

    private static Value ToObject(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        TimeArguments.Options(run, arguments.At(0), "includeConfig");
        var o = DateTimeMembers.ToObject(Of(self));
        if (Coercion.ToBoolean(arguments.At(0)["includeConfig"])) o.Set("outputCalendar", Value.Null).Set("numberingSystem", Value.Null).Set("locale", Of(self).Locale.Name);
        return o;
    }

    private static DateTimeValue Of(Value self) => (DateTimeValue)self.AsOther!;
}
