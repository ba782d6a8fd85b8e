using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Members;

/// <summary>Methods of JavaScript's Date.</summary>
internal static class DateMembers
{
    /// <summary>The parts that can be read and set, in the order of Date.UTC; the month from 0.</summary>
    private static readonly (string Name, string Meaning)[] Parts =
    [
        ("FullYear", "The year"), ("Month", "The month, 0 for January to 11"), ("Date", "The day of the month, 1 to 31"), ("Hours", "The hour, 0 to 23"),
        ("Minutes", "The minute, 0 to 59"), ("Seconds", "The second, 0 to 59"), ("Milliseconds", "The millisecond, 0 to 999"),
    ];

    private const string Sample = "new Date('2024-03-05T14:07:09Z')";

    public static MethodTable All { get; } = new("date", Getters(utc: false), Getters(utc: true), Setters(utc: false), Setters(utc: true), Conversions(), CommonDateMethods.OfDates)
    {
        Description = "JavaScript's Date: milliseconds since 1970, or invalid. Its local time is the workflow's time zone. DateTime can do more.",
    };

    /// <summary>Milliseconds from parts, which may be beyond their usual range: the 31st of February is in March.</summary>
    public static double FromParts(ReadOnlySpan<double> parts, ZoneValue zone)
    {
        foreach (var part in parts)
            if (!(Math.Abs(part) < 1e15)) return double.NaN;
        if (Math.Abs(parts[0]) > 1e6 || Math.Abs(parts[1]) > 1e7) return double.NaN;
        var wall = new WallTime(Math.Truncate(parts[0]), Math.Truncate(parts[1]) + 1, parts[2], parts[3], parts[4], parts[5], parts[6]);
        return Math.Abs(wall.ToMillis()) <= 8.65e15 ? zone.Resolve(wall) : double.NaN;
    }

    private static MethodList Conversions() => new()
    {
        { "getTime(): number", "Milliseconds since 1970; NaN for an invalid date.", $"{Sample}.getTime()",
            (_, self, _) => Of(self).Millis },
        { "valueOf(): number", "The same as getTime().", $"{Sample}.valueOf()",
            (_, self, _) => Of(self).Millis },
        { "setTime(millis: number): number", "Changes this date to the given milliseconds since 1970, and gives them.", $"{Sample}.setTime(0)",
            (run, self, args) => Of(self).Set(Coercion.ToNumber(run, args.At(0))) },
        { "getTimezoneOffset(): number", "Minutes that local time is behind UTC: negative east of Greenwich. NaN for an invalid date.", $"{Sample}.getTimezoneOffset()",
            (run, self, _) => Of(self).IsValid ? -Of(self).In(run, utc: false).Offset + 0 : double.NaN },
        { "toISOString(): string", "ISO 8601 in UTC. An error for an invalid date.", $"{Sample}.toISOString()",
            (run, self, _) => Of(self).Require(run) is var _ ? IsoFormat.Print(Of(self).In(run, utc: true)) : "" },
        { "toJSON(): string | null", "ISO 8601 in UTC; null for an invalid date.", $"{Sample}.toJSON()",
            (run, self, _) => Of(self).ToJson(run) },
        { "toString(): string", "In English, with the local time and its zone.", $"{Sample}.toString()",
            (run, self, _) => Of(self).Print(run) },
        { "toDateString(): string", "The local date in English.", $"{Sample}.toDateString()",
            (run, self, _) => Of(self).IsValid ? Of(self).Print(run)[..15] : "Invalid Date" },
        { "toTimeString(): string", "The local time with its zone.", $"{Sample}.toTimeString()",
            (run, self, _) => Of(self).IsValid ? TokenFormat.Standard(Of(self).In(run, utc: false), "HH:mm:ss 'GMT'ZZZ", allowZ: false) + Of(self).Print(run)[Of(self).Print(run).IndexOf(" (", StringComparison.Ordinal)..] : "Invalid Date" },
        { "toUTCString(): string", "The form of HTTP headers.", $"{Sample}.toUTCString()",
            (run, self, _) => Of(self).IsValid ? TokenFormat.Standard(Of(self).In(run, utc: true), "EEE, dd MMM yyyy HH:mm:ss 'GMT'", allowZ: false) : "Invalid Date" },
        { "toLocaleDateString(locale?: string, options?: object): string", "The local date as a language writes it, en-US by default; options as of DateTime.toLocaleString.", $"{Sample}.toLocaleDateString('de-DE')",
            (run, self, args) => Localised(run, self, args, date: true, time: false) },
        { "toLocaleTimeString(locale?: string, options?: object): string", "The local time as a language writes it, en-US by default.", $"{Sample}.toLocaleTimeString('en-US')",
            (run, self, args) => Localised(run, self, args, date: false, time: true) },
        { "toLocaleString(locale?: string, options?: object): string", "The local date and time as a language writes them, en-US by default.", $"{Sample}.toLocaleString('en-GB', {{ timeZone: 'Europe/London' }})",
            (run, self, args) => Localised(run, self, args, date: true, time: true) },
    };

    private static MethodList Getters(bool utc)
    {
        var (prefix, where) = utc ? ("getUTC", "in UTC") : ("get", "in local time");
        var getters = new MethodList();
        for (var i = 0; i < Parts.Length; i++)
        {
            var part = i;
            getters.Add($"{prefix}{Parts[i].Name}(): number", $"{Parts[i].Meaning}, {where}; NaN for an invalid date.", $"{Sample}.{prefix}{Parts[i].Name}()",
                (run, self, _) => Of(self).IsValid ? PartsOf(Of(self).Wall(run, utc))[part] : double.NaN);
        }

        getters.Add($"{prefix}Day(): number", $"The day of the week, 0 for Sunday to 6, {where}; NaN for an invalid date.", $"{Sample}.{prefix}Day()",
            (run, self, _) => Of(self).IsValid ? Of(self).Wall(run, utc).DayOfWeek % 7 : double.NaN);
        return getters;
    }

    private static MethodList Setters(bool utc)
    {
        var (prefix, where) = utc ? ("setUTC", "in UTC") : ("set", "in local time");
        var setters = new MethodList();
        for (var i = 0; i < Parts.Length; i++)
        {
            var part = i;
            setters.Add($"{prefix}{Parts[i].Name}(value: number, ...smaller: number[]): number", $"Changes this date: {Parts[i].Meaning.ToLowerInvariant()}, {where}, and the smaller parts that follow. What is beyond its range carries over. Gives the new milliseconds.", $"{Sample}.{prefix}{Parts[i].Name}(1)",
                (run, self, args) =>
                {
                    var date = Of(self);
                    var parts = date.IsValid ? PartsOf(date.Wall(run, utc)) : part == 0 ? [1970, 0, 1, 0, 0, 0, 0] : [double.NaN, 0, 0, 0, 0, 0, 0];
                    for (var k = 0; k < Math.Max(1, args.Length) && part + k < parts.Length; k++) parts[part + k] = Coercion.ToNumber(run, args.At(k));
                    return date.Set(FromParts(parts, utc ? ZoneValue.Utc : ZoneValue.Of(run.Scope.TimeZone)));
                });
        }

        return setters;
    }

    private static double[] PartsOf(WallTime time) => [time.Year, time.Month - 1, time.Day, time.Hour, time.Minute, time.Second, time.Millisecond];

    /// <param name="date">Shown where the options name neither date nor time, or no date.</param>
    private static Value Localised(Run run, Value self, ReadOnlySpan<Value> arguments, bool date, bool time)
    {
        if (!Of(self).IsValid) return "Invalid Date";
        var locale = arguments.At(0).IsNullOrUndefined ? Locale.Default : Locale.Of(Coercion.ToString(run, arguments.At(0).AsArray is { Count: > 0 } several ? several[0] : arguments.At(0)));
        var options = DateFormatOptions.Read(run, arguments.At(1));
        if (date && time ? !options.HasDate && !options.HasTime : date ? !options.HasDate : !options.HasTime)
        {
            if (date) options = options with { Year = "numeric", Month = "numeric", Day = "numeric" };
            if (time) options = options with { Hour = "numeric", Minute = "numeric", Second = "numeric" };
        }

        return run.Made(LocaleFormat.Format(Of(self).In(run, utc: false), locale, options));
    }

    private static DateValue Of(Value self) => (DateValue)self.AsOther!;
}
