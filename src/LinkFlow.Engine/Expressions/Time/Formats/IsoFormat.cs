using System.Globalization;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Formats;

/// <summary>How ISO 8601 is written: the options of Luxon's toISO, toISODate and toISOTime.</summary>
internal sealed record IsoFormat
{
    private static readonly string[] Precisions = ["year", "month", "day", "hour", "minute", "second", "millisecond"];

    public bool Basic { get; private init; }
    public bool SuppressSeconds { get; private init; }
    public bool SuppressMilliseconds { get; private init; }
    public bool IncludeOffset { get; private init; } = true;
    public bool IncludePrefix { get; private init; }
    public bool ExtendedZone { get; private init; }

    /// <summary>The place of the least unit that is shown, among year to millisecond.</summary>
    public int Precision { get; private init; } = 6;

    private static IsoFormat Usual { get; } = new();

    /// <exception cref="ExpressionException">An option is not known.</exception>
    public static IsoFormat Read(Run run, Value options, string precision = "millisecond", bool offset = true)
    {
        TimeArguments.Options(run, options, "format", "suppressSeconds", "suppressMilliseconds", "includeOffset", "includePrefix", "extendedZone", "precision");
        var unit = options["precision"].IsUndefined ? precision : Coercion.ToString(run, options["precision"]);
        var place = Array.IndexOf(Precisions, unit.ToLowerInvariant().TrimEnd('s'));
        var format = options["format"].IsUndefined ? "extended" : Coercion.ToString(run, options["format"]);
        return new IsoFormat
        {
            Basic = format == "basic" || (format == "extended" ? false : throw run.RangeError($"format cannot be '{format}': extended and basic are possible.")),
            SuppressSeconds = Coercion.ToBoolean(options["suppressSeconds"]),
            SuppressMilliseconds = Coercion.ToBoolean(options["suppressMilliseconds"]),
            IncludeOffset = offset && (options["includeOffset"].IsUndefined || Coercion.ToBoolean(options["includeOffset"])),
            IncludePrefix = Coercion.ToBoolean(options["includePrefix"]),
            ExtendedZone = Coercion.ToBoolean(options["extendedZone"]),
            Precision = place >= 0 ? place : throw run.RangeError($"precision cannot be '{unit}': {string.Join(", ", Precisions)} are possible."),
        };
    }

    /// <summary>Such as <c>2024-03-05T14:07:09.042+01:00</c>.</summary>
    public static string Print(DateTimeValue time) => Usual.DateAndTime(time);

    public string DateAndTime(DateTimeValue time)
    {
        var text = new StringBuilder(29);
        AppendDate(text, time);
        if (Precision >= 3) text.Append('T');
        AppendTime(text, time);
        return text.ToString();
    }

    public string Date(DateTimeValue time)
    {
        var text = new StringBuilder();
        AppendDate(text, time);
        return text.ToString();
    }

    public string Time(DateTimeValue time)
    {
        var text = new StringBuilder(IncludePrefix && Precision >= 3 ? "T" : "");
        AppendTime(text, time);
        return text.ToString();
    }

    /// <summary>With zeros in front.</summary>
    public static StringBuilder AppendDigits(StringBuilder text, double number, int least)
    {
        Span<char> digits = stackalloc char[20];
        ((long)number).TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        return text.Append('0', Math.Max(0, least - length)).Append(digits[..length]);
    }

    private void AppendDate(StringBuilder text, DateTimeValue time)
    {
        var year = time.Wall.Year;
        if (year is >= 0 and <= 9999) AppendDigits(text, year, 4);
        else AppendDigits(text.Append(year < 0 ? '-' : '+'), Math.Abs(year), 6);
        var hyphen = Basic ? "" : "-";
        if (Precision >= 1) AppendDigits(text.Append(hyphen), time.Wall.Month, 2);
        if (Precision >= 2) AppendDigits(text.Append(hyphen), time.Wall.Day, 2);
    }

    private void AppendTime(StringBuilder text, DateTimeValue time)
    {
        var (wall, colon) = (time.Wall, Basic ? "" : ":");
        var showsSeconds = !SuppressSeconds || wall.Second != 0 || wall.Millisecond != 0;
        if (Precision >= 3) AppendDigits(text, wall.Hour, 2);
        if (Precision >= 4) AppendDigits(text.Append(colon), wall.Minute, 2);
        if (Precision >= 5 && showsSeconds) AppendDigits(text.Append(colon), wall.Second, 2);
        if (Precision >= 6 && showsSeconds && (!SuppressMilliseconds || wall.Millisecond != 0)) AppendDigits(text.Append('.'), wall.Millisecond, 3);
        if (IncludeOffset)
        {
            var minutes = (int)Math.Abs(time.Offset);
            if (time.Zone.IsUtc && !ExtendedZone) text.Append('Z');
            else AppendDigits(AppendDigits(text.Append(time.Offset < 0 ? '-' : '+'), minutes / 60, 2).Append(colon), minutes % 60, 2);
        }

        if (ExtendedZone) text.Append('[').Append(time.Zone.IanaName).Append(']');
    }
}
