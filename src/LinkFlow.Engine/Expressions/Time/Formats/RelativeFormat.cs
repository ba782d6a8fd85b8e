using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Formats;

/// <summary>How far away a time is, in words: <c>in 2 days</c>, <c>yesterday</c>.</summary>
internal static class RelativeFormat
{
    /// <summary>In English: the unit in the singular and short forms, as Luxon has them.</summary>
    private static readonly string[] EnglishShort = ["yr.", "qtr.", "mo.", "wk.", "day", "hr.", "min.", "sec."];

    /// <param name="count">Negative, and negative zero, for the past.</param>
    /// <param name="words">Where a language has a word for it, such as yesterday, that is taken.</param>
    /// <param name="style">long, short or narrow.</param>
    public static string Format(Locale locale, double count, TimeUnit unit, bool words, string style)
    {
        var isPast = count < 0 || (count == 0 && double.IsNegative(count));
        if (locale.IsEnglish) return English(count, isPast, unit, words, style);
        var forms = locale.Find("relative", $"{TimeUnits.Singular(unit)} {style}");
        if (words && forms["words"][JavaScriptNumber.ToString(count)].AsString is { } word) return word;
        return forms[isPast ? "past" : "future"].AsArray![locale.IsSingular(count) ? 0 : 1].AsString!.Replace("{0}", NumberFormat.Grouped(locale, Math.Abs(count)), StringComparison.Ordinal);
    }

    private static string English(double count, bool isPast, TimeUnit unit, bool words, string style)
    {
        var amount = Math.Abs(count);
        var name = TimeUnits.Singular(unit);
        if (words && unit < TimeUnit.Hour && amount is 0 or 1 && WordFor(count, unit, name) is { } word) return word;
        if (style == "long") name = amount == 1 ? name : TimeUnits.Name(unit);
        else name = unit == TimeUnit.Day && amount != 1 ? "days" : EnglishShort[(int)unit];
        var text = $"{JavaScriptNumber.ToString(amount)} {name}";
        return isPast ? text + " ago" : "in " + text;
    }

    private static string? WordFor(double count, TimeUnit unit, string name) => unit == TimeUnit.Day
        ? count switch { 1 => "tomorrow", -1 => "yesterday", _ => "today" }
        : count switch { 1 => $"next {name}", -1 => $"last {name}", _ => $"this {name}" };
}
