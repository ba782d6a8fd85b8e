using System.Globalization;

namespace LinkFlow.Platform.Http;

/// <summary>Times as the API writes and reads them.</summary>
public static class Rfc3339
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd",
    ];

    /// <summary>UTC with milliseconds: <c>2026-01-31T09:30:00.000Z</c>.</summary>
    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Write(long unixMilliseconds) => Write(DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds));

    /// <summary>Reads a time with an offset or Z, or a date alone; without an offset: UTC.</summary>
    public static bool TryParse(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
}
