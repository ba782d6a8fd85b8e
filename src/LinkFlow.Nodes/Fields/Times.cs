using LinkFlow.Engine.Values;
using NodaTime;
using NodaTime.Text;

namespace LinkFlow.Nodes.Fields;

/// <summary>Reads times as people and programs write them in data.</summary>
internal static class Times
{
    private static readonly LocalDateTimePattern[] Local =
    [
        LocalDateTimePattern.ExtendedIso,
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd HH':'mm':'ss"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd HH':'mm"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd"),
    ];

    private static readonly OffsetDateTimePattern[] WithOffset =
    [
        OffsetDateTimePattern.ExtendedIso,
        OffsetDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mmo<Z+HH:mm>"),
    ];

    /// <summary>ISO 8601 text, with an offset or in a time zone, or a number of Unix milliseconds; years 1 to 9999.</summary>
    /// <param name="timeZone">An IANA time zone; UTC when it is unknown. A time in a daylight-saving gap is moved forward by its length.</param>
    /// <returns>Unix milliseconds, or null when the value is no time.</returns>
    public static long? Read(Value value, string timeZone)
    {
        if (value.IsNumber) return value.AsNumber is >= -62_135_596_800_000 and <= 253_402_300_799_999 ? (long)value.AsNumber : null;
        if (value.AsString?.Trim() is not { } text) return null;
        foreach (var pattern in WithOffset)
            if (pattern.Parse(text) is { Success: true } time) return time.Value.ToInstant().ToUnixTimeMilliseconds();
        foreach (var pattern in Local)
        {
            if (pattern.Parse(text) is not { Success: true } time) continue;
            var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;
            return zone.AtLeniently(time.Value).ToInstant().ToUnixTimeMilliseconds();
        }

        return null;
    }
}
