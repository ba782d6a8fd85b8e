using System.Globalization;
using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Time.Locales;

namespace LinkFlow.Engine.Expressions.Time.Reading;

/// <summary>Dates of mails (RFC 2822) and of HTTP (RFC 9110 with its two older forms).</summary>
internal static partial class MailDateReader
{
    private static readonly Dictionary<string, double> ZoneHours = new() { ["UT"] = 0, ["GMT"] = 0, ["EST"] = -5, ["EDT"] = -4, ["CST"] = -6, ["CDT"] = -5, ["MST"] = -7, ["MDT"] = -6, ["PST"] = -8, ["PDT"] = -7 };

    /// <summary>Null when it is none.</summary>
    public static ReadDate? TryReadMail(string text)
    {
        if (text.Length > IsoReader.LongestDate) return null;
        text = Blanks().Replace(Comments().Replace(text, " "), " ").Trim();
        if (MailDate().Match(text) is not { Success: true } match) return null;
        var minutes = match.Groups["name"].Success ? ZoneHours.GetValueOrDefault(match.Groups["name"].Value) * 60
            : match.Groups["offset"].Success ? IsoReader.Offset(match.Groups["offset"].ValueSpan, match.Groups["offsetMinutes"].ValueSpan) : 0;
        return Math.Abs(minutes) <= 18 * 60 ? new ReadDate(Parts(match), ZoneValue.Fixed(minutes)) : null;
    }

    /// <summary>Null when it is none.</summary>
    public static ReadDate? TryReadHttp(string text)
    {
        if (text.Length > IsoReader.LongestDate) return null;
        foreach (var form in new[] { HttpDate(), OldHttpDate(), OldestHttpDate() })
            if (form.Match(text) is { Success: true } match) return new ReadDate(Parts(match), ZoneValue.Utc);
        return null;
    }

    private static DateParts Parts(Match match)
    {
        double Number(string group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
        var year = Number("year");
        var parts = new DateParts
        {
            ["year"] = match.Groups["year"].Length == 2 ? FullYear(year) : year,
            ["month"] = Enumerable.Range(1, 12).First(m => Locale.Default.Month(m, "short", standalone: false) == match.Groups["month"].Value),
            ["day"] = Number("day"),
            ["hour"] = Number("hour"),
            ["minute"] = Number("minute"),
        };
        if (match.Groups["second"].Success) parts["second"] = Number("second");
        if (match.Groups["weekday"].Success) parts["weekday"] = Enumerable.Range(1, 7).First(d => Locale.Default.Weekday(d, "short", standalone: false) == match.Groups["weekday"].Value[..3]);
        return parts;
    }

    /// <summary>Of two digits: up to 60 they are of this century.</summary>
    public static double FullYear(double year) => year > 99 ? year : year > 60 ? 1900 + year : 2000 + year;

    [GeneratedRegex(@"\([^()]*\)|[\n\t]")]
    private static partial Regex Comments();

    [GeneratedRegex(@"\s\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^(?:(?<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun),\s)?(?<day>[0-9]{1,2})\s(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s(?<year>[0-9]{2,4})\s(?<hour>[0-9]{2}):(?<minute>[0-9]{2})(?::(?<second>[0-9]{2}))?\s(?:(?<name>UT|GMT|[ECMP][SD]T)|[Zz]|(?<offset>[+-][0-9]{2})(?<offsetMinutes>[0-9]{2}))$")]
    private static partial Regex MailDate();

    [GeneratedRegex(@"^(?<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>[0-9]{2}) (?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?<year>[0-9]{4}) (?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}) GMT$")]
    private static partial Regex HttpDate();

    [GeneratedRegex(@"^(?<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday), (?<day>[0-9]{2})-(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-(?<year>[0-9]{2}) (?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}) GMT$")]
    private static partial Regex OldHttpDate();

    [GeneratedRegex(@"^(?<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?<day> [0-9]|[0-9]{2}) (?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}) (?<year>[0-9]{4})$")]
    private static partial Regex OldestHttpDate();
}
