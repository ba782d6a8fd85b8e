using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Calendars;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>Dates as text: ISO 8601, and Luxon's format tokens in English.</summary>
internal static class DateFormat
{
    public static string MonthName(int month) => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month);
    public static string WeekdayName(IsoDayOfWeek day) => day.ToString();

    public static string Iso(ZonedDateTime time) => IsoDate(time) + "T" + IsoTime(time);
    public static string IsoDate(ZonedDateTime time) => $"{IsoYear(time.Year)}-{time.Month:00}-{time.Day:00}";
    public static string IsoTime(ZonedDateTime time) => $"{time.Hour:00}:{time.Minute:00}:{time.Second:00}.{time.Millisecond:000}{(time.Zone.Equals(DateTimeZone.Utc) ? "Z" : OffsetText(time.Offset, ":"))}";

    private static string IsoYear(int year) => year is >= 0 and <= 9999 ? $"{year:0000}" : $"{(year < 0 ? '-' : '+')}{Math.Abs(year):000000}";

    public static string OffsetText(Offset offset, string separator)
    {
        var minutes = Math.Abs(offset.Seconds) / 60;
        return $"{(offset.Seconds < 0 ? '-' : '+')}{minutes / 60:00}{separator}{minutes % 60:00}";
    }

    /// <summary>A run of one letter is a token; text in single quotes, and all else, stands for itself.</summary>
    public static string Format(ZonedDateTime time, string format)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length;)
        {
            var c = format[i];
            if (c == '\'')
            {
                var end = format.IndexOf('\'', i + 1);
                if (end < 0) end = format.Length;
                text.Append(format, i + 1, end - i - 1);
                i = end + 1;
                continue;
            }

            var length = 1;
            while (i + length < format.Length && format[i + length] == c) length++;
            var token = format.Substring(i, length);
            text.Append(Token(time, token) ?? token);
            i += length;
        }

        return text.ToString();
    }

    private static string? Token(ZonedDateTime time, string token)
    {
        var hour12 = (time.Hour + 11) % 12 + 1;
        return token switch
        {
            "y" => Text(time.Year),
            "yy" => $"{time.Year % 100:00}",
            "yyyy" => $"{time.Year:0000}",
            "yyyyyy" => $"{time.Year:000000}",
            "M" or "L" => Text(time.Month),
            "MM" or "LL" => $"{time.Month:00}",
            "MMM" or "LLL" => MonthName(time.Month)[..3],
            "MMMM" or "LLLL" => MonthName(time.Month),
            "MMMMM" or "LLLLL" => MonthName(time.Month)[..1],
            "d" => Text(time.Day),
            "dd" => $"{time.Day:00}",
            "E" or "c" => Text((int)time.DayOfWeek),
            "EEE" or "ccc" => WeekdayName(time.DayOfWeek)[..3],
            "EEEE" or "cccc" => WeekdayName(time.DayOfWeek),
            "EEEEE" or "ccccc" => WeekdayName(time.DayOfWeek)[..1],
            "H" => Text(time.Hour),
            "HH" => $"{time.Hour:00}",
            "h" => Text(hour12),
            "hh" => $"{hour12:00}",
            "m" => Text(time.Minute),
            "mm" => $"{time.Minute:00}",
            "s" => Text(time.Second),
            "ss" => $"{time.Second:00}",
            "S" => Text(time.Millisecond),
            "SSS" or "u" => $"{time.Millisecond:000}",
            "uu" => $"{time.Millisecond / 10:00}",
            "uuu" => Text(time.Millisecond / 100),
            "a" => time.Hour < 12 ? "AM" : "PM",
            "Z" => ShortOffset(time.Offset),
            "ZZ" => OffsetText(time.Offset, ":"),
            "ZZZ" => OffsetText(time.Offset, ""),
            "z" => time.Zone.Equals(DateTimeZone.Utc) ? "UTC" : time.Zone.Id,
            "o" => Text(time.DayOfYear),
            "ooo" => $"{time.DayOfYear:000}",
            "q" => Text((time.Month + 2) / 3),
            "qq" => $"{(time.Month + 2) / 3:00}",
            "W" => Text(WeekYearRules.Iso.GetWeekOfWeekYear(time.Date)),
            "WW" => $"{WeekYearRules.Iso.GetWeekOfWeekYear(time.Date):00}",
            "kk" => $"{WeekYearRules.Iso.GetWeekYear(time.Date) % 100:00}",
            "kkkk" => $"{WeekYearRules.Iso.GetWeekYear(time.Date):0000}",
            "x" => time.ToInstant().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            "X" => time.ToInstant().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            "D" => Format(time, "L/d/yyyy"),
            "DD" => Format(time, "LLL d, yyyy"),
            "DDD" => Format(time, "LLLL d, yyyy"),
            "DDDD" => Format(time, "cccc, LLLL d, yyyy"),
            "t" => Format(time, "h:mm a"),
            "tt" => Format(time, "h:mm:ss a"),
            "T" => Format(time, "HH:mm"),
            "TT" => Format(time, "HH:mm:ss"),
            "f" => Format(time, "L/d/yyyy, h:mm a"),
            "ff" => Format(time, "LLL d, yyyy, h:mm a"),
            "F" => Format(time, "L/d/yyyy, h:mm:ss a"),
            "FF" => Format(time, "LLL d, yyyy, h:mm:ss a"),
            _ => null,
        };
    }

    private static string ShortOffset(Offset offset)
    {
        var minutes = Math.Abs(offset.Seconds) / 60;
        return $"{(offset.Seconds < 0 ? '-' : '+')}{minutes / 60}{(minutes % 60 == 0 ? "" : $":{minutes % 60:00}")}";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
