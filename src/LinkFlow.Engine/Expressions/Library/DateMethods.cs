using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;
using NodaTime;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>Methods of Date.</summary>
internal static class DateMethods
{
    /// <summary>The parts that can be read and set, in the order of Date.UTC; the month from 0.</summary>
    private static readonly string[] Parts = ["FullYear", "Month", "Date", "Hours", "Minutes", "Seconds", "Milliseconds"];

    public static MethodTable All { get; } = new("date", Getters(utc: false), Getters(utc: true), Setters(utc: false), Setters(utc: true), new Dictionary<string, NativeMethod>
    {
        ["getTime"] = (_, self, _) => Of(self).Millis,
        ["valueOf"] = (_, self, _) => Of(self).Millis,
        ["setTime"] = (run, self, args) => Of(self).Millis = new DateValue(Coercion.ToNumber(run, args.At(0))).Millis,
        ["getTimezoneOffset"] = (run, self, _) => Of(self).IsValid ? -Of(self).In(run, utc: false).Offset.Seconds / 60 : double.NaN,
        ["toISOString"] = (run, self, _) => DateFormat.Iso(Of(self).In(run, utc: true)),
        ["toJSON"] = (run, self, _) => Of(self).ToJson(run),
        ["toString"] = (run, self, _) => Of(self).Print(run),
        ["toDateString"] = (run, self, _) => Format(run, self, "EEE MMM dd yyyy"),
        ["toTimeString"] = (run, self, _) => Of(self).IsValid ? Of(self).Print(run)[16..] : "Invalid Date",
        ["toUTCString"] = (run, self, _) => Of(self).IsValid ? DateFormat.Format(Of(self).In(run, utc: true), "EEE, dd MMM yyyy HH:mm:ss 'GMT'") : "Invalid Date",
        ["toLocaleDateString"] = (run, self, _) => Format(run, self, "L/d/yyyy"),
        ["toLocaleTimeString"] = (run, self, _) => Format(run, self, "h:mm:ss a"),
        ["toLocaleString"] = (run, self, _) => Format(run, self, "L/d/yyyy, h:mm:ss a"),
    });

    /// <summary>Milliseconds from parts, which may be beyond their usual range: the 31st of February is in March.</summary>
    public static double FromParts(ReadOnlySpan<double> parts, DateTimeZone zone)
    {
        foreach (var part in parts)
            if (!(Math.Abs(part) < 1e9)) return double.NaN;
        var months = Math.Truncate(parts[0]) * 12 + Math.Truncate(parts[1]);
        var year = Math.Floor(months / 12);
        if (year is < -9998 or > 9999) return double.NaN;
        var first = new LocalDate((int)year, (int)(months - year * 12) + 1, 1).AtMidnight();
        var millis = (Math.Truncate(parts[2]) - 1) * TimeUnits.MillisPerDay + Math.Truncate(parts[3]) * 3_600_000 + Math.Truncate(parts[4]) * 60_000 + Math.Truncate(parts[5]) * 1000 + Math.Truncate(parts[6]);
        var start = first.InUtc().ToInstant().ToUnixTimeMilliseconds() + millis;
        if (start is < -377_000_000_000_000 or > 253_402_200_000_000) return double.NaN;
        var local = Instant.FromUnixTimeMilliseconds((long)start).InUtc().LocalDateTime;
        return DateTimeValue.Local(local, zone).Millis;
    }

    private static Dictionary<string, NativeMethod> Getters(bool utc)
    {
        var getters = new Dictionary<string, NativeMethod>();
        for (var i = 0; i < Parts.Length; i++)
        {
            var part = i;
            getters[(utc ? "getUTC" : "get") + Parts[i]] = (run, self, _) => Of(self).IsValid ? PartsOf(Of(self).In(run, utc))[part] : double.NaN;
        }

        getters[utc ? "getUTCDay" : "getDay"] = (run, self, _) => Of(self).IsValid ? (int)Of(self).In(run, utc).DayOfWeek % 7 : double.NaN;
        return getters;
    }

    private static Dictionary<string, NativeMethod> Setters(bool utc)
    {
        var setters = new Dictionary<string, NativeMethod>();
        for (var i = 0; i < Parts.Length; i++)
        {
            var part = i;
            setters[(utc ? "setUTC" : "set") + Parts[i]] = (run, self, args) =>
            {
                var date = Of(self);
                var parts = date.IsValid ? PartsOf(date.In(run, utc)) : part == 0 ? [1970, 0, 1, 0, 0, 0, 0] : [double.NaN, 0, 0, 0, 0, 0, 0];
                for (var k = 0; k < Math.Max(1, args.Length) && part + k < parts.Length; k++) parts[part + k] = Coercion.ToNumber(run, args.At(k));
                return date.Millis = FromParts(parts, utc ? DateTimeZone.Utc : DateTimeValue.Zone(run.Scope.TimeZone));
            };
        }

        return setters;
    }

    private static double[] PartsOf(ZonedDateTime time) => [time.Year, time.Month - 1, time.Day, time.Hour, time.Minute, time.Second, time.Millisecond];

    private static Value Format(Run run, Value self, string format) => Of(self).IsValid ? DateFormat.Format(Of(self).In(run, utc: false), format) : "Invalid Date";

    private static DateValue Of(Value self) => (DateValue)self.AsOther!;
}
