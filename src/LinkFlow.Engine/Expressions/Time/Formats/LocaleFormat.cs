using System.Globalization;
using System.Text;
using LinkFlow.Engine.Expressions.Time.Locales;

namespace LinkFlow.Engine.Expressions.Time.Formats;

/// <summary>Dates as a language and region write them, after JavaScript's Intl.DateTimeFormat.</summary>
internal static class LocaleFormat
{
    /// <summary>A format that shows neither date nor time shows the date. A narrow blank, as before AM, is a plain one, as in JavaScript.</summary>
    public static string Format(DateTimeValue time, Locale locale, DateFormatOptions options)
    {
        if (!options.HasDate && !options.HasTime) options = options with { Year = "numeric", Month = "numeric", Day = "numeric" };
        if (options.Zone is { } zone) time = time.In(zone);
        var text = new StringBuilder();
        Append(text, Pattern(locale, options), time, locale, options);
        return text.Replace('\u202F', ' ').ToString();
    }

    /// <summary>In Luxon's tokens, with literals in quotes; <c>z</c> and <c>zzzz</c> are the zone's short and long name.</summary>
    public static string Pattern(Locale locale, DateFormatOptions options)
    {
        var date = options.DateStyle is { } dateStyle ? locale.Text("dateStyles", dateStyle)
            : options.HasDate ? locale.Text("dates", $"{Letter(options.Weekday)}{Letter(options.Year)}{Letter(options.Month)}{Letter(options.Day)}") : "";
        var time = options.TimeStyle is { } timeStyle ? locale.Text("timeStyles", timeStyle) : options.HasTime ? TimePattern(locale, options) : options.TimeZoneName is null ? "" : "z";
        return date.Length == 0 || time.Length == 0 ? date + time : date + Joint(locale, options) + time;
    }

    private static string TimePattern(Locale locale, DateFormatOptions options)
    {
        var cycle = options.Hour is null ? "-" : options.TwelveHours ?? locale.HasTwelveHours ? "1" : "2";
        var parts = $"{Letter(options.Hour)}{Letter(options.Minute)}{Letter(options.Second)}{cycle}";
        var pattern = locale.Text("times", parts);
        if (options.TimeZoneName is { } name) pattern = locale.Find("zoned", parts + name[0]).AsString ?? pattern + " z";
        if (options.FractionalDigits == 0) return pattern;
        var seconds = pattern.LastIndexOf('s') + 1;
        return seconds == 0 ? pattern : pattern.Insert(seconds, locale.Decimal + new string('S', options.FractionalDigits));
    }

    private static string Joint(Locale locale, DateFormatOptions options)
    {
        if (options.HasTime && options.DateStyle is { } style) return locale.Text("joints", style switch { "full" => "styleFull", "long" => "styleLong", "medium" => "styleMedium", _ => "styleShort" });
        return options.HasTime ? locale.Text("joints", (options.Month, options.Weekday) switch { ("long", not null) => "full", ("long", _) => "long", ("short", _) => "medium", _ => "short" }) : ", ";
    }

    private static char Letter(string? width) => width switch { null => '-', "numeric" => 'n', "2-digit" => '2', "short" => 's', "long" => 'l', _ => 'w' };

    private static void Append(StringBuilder text, string pattern, DateTimeValue time, Locale locale, DateFormatOptions options)
    {
        foreach (var token in FormatTokens.Of(pattern))
        {
            if (token.IsLiteral) text.Append(token.Text);
            else if (token.Text[0] == 'z') text.Append(ZoneName(time, locale, options, options.TimeZoneName ?? (token.Text.Length == 1 ? "short" : "long")));
            else if (token.Text[0] == 'S') text.Append((time.Wall.Millisecond / 1000).ToString("F3", CultureInfo.InvariantCulture).AsSpan(2, token.Text.Length));
            else TokenFormat.Append(text, token.Text, time, locale, allowZ: false);
        }
    }

    private static string ZoneName(DateTimeValue time, Locale locale, DateFormatOptions options, string style)
    {
        // A date that is in a fixed offset of its own names it so, unless it is one of whole hours.
        if (time.Zone.IsFixed && options.Zone is null && (time.Zone.IsUtc || time.Offset % 60 != 0)) return time.Zone.Name;
        var zone = style.EndsWith("Offset", StringComparison.Ordinal) && !time.Zone.IsFixed ? ZoneValue.Fixed(Math.Truncate(time.Offset)) : time.Zone;
        if (style.EndsWith("Offset", StringComparison.Ordinal) && zone.IsUtc) return locale.Text("offsets", "ahead").Split('+')[0];
        return locale.ZoneName(zone, time.Millis, style.StartsWith("long", StringComparison.Ordinal));
    }
}
