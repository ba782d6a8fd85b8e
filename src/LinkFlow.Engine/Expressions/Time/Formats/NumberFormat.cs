using LinkFlow.Engine.Expressions.Library.Numbers;
using LinkFlow.Engine.Expressions.Time.Locales;

namespace LinkFlow.Engine.Expressions.Time.Formats;

/// <summary>The numbers within formatted dates and durations, as a language writes them.</summary>
internal static class NumberFormat
{
    public static string Minus(Locale locale) => locale.Text("numbers", "minus");

    /// <summary>Without groups, with up to so many digits behind the point, and at least so many before it.</summary>
    public static string Plain(Locale locale, double number, int leastWhole, int mostFraction)
    {
        var text = DecimalText.Fixed(Math.Abs(number), mostFraction);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = (point < 0 ? text : text[..point]).PadLeft(leastWhole, '0');
        var fraction = point < 0 ? "" : text[(point + 1)..].TrimEnd('0');
        return whole + (fraction.Length > 0 ? locale.Decimal + fraction : "");
    }

    public static string Grouped(Locale locale, double number)
    {
        var text = Plain(locale, number, 1, 3);
        var end = text.IndexOf(locale.Decimal, StringComparison.Ordinal);
        if (end < 0) end = text.Length;
        var group = locale.Text("numbers", "group");
        if (end > 4 || (end == 4 && locale.Find("numbers", "groupsFour").AsBoolean))
            for (var i = end - 3; i > 0; i -= 3) text = text.Insert(i, group);
        return (number < 0 ? Minus(locale) : "") + text;
    }
}
