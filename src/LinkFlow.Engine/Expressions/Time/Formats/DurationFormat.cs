using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Formats;

/// <summary>Durations as text: ISO 8601, by tokens, in words.</summary>
internal static class DurationFormat
{
    /// <summary>Such as <c>P1DT2H</c>.</summary>
    public static string Iso(DurationValue duration)
    {
        var text = new StringBuilder("P");
        void Part(double amount, char letter)
        {
            if (amount != 0) text.Append(JavaScriptNumber.ToString(amount)).Append(letter);
        }

        var (months, quarters) = (duration[TimeUnit.Month], duration[TimeUnit.Quarter]);
        var (seconds, millis) = (duration[TimeUnit.Second], duration[TimeUnit.Millisecond]);
        Part(duration[TimeUnit.Year], 'Y');
        if (months != 0 || quarters != 0) text.Append(JavaScriptNumber.ToString(months + quarters * 3)).Append('M');
        Part(duration[TimeUnit.Week], 'W');
        Part(duration[TimeUnit.Day], 'D');
        if (duration[TimeUnit.Hour] != 0 || duration[TimeUnit.Minute] != 0 || seconds != 0 || millis != 0) text.Append('T');
        Part(duration[TimeUnit.Hour], 'H');
        Part(duration[TimeUnit.Minute], 'M');
        if (seconds != 0 || millis != 0) text.Append(JavaScriptNumber.ToString(Rounded(seconds + millis / 1000, 3))).Append('S');
        return text.Length == 1 ? "PT0S" : text.ToString();
    }

    /// <summary>By tokens: <c>hh:mm:ss</c>. The units that the format has share the whole length.</summary>
    /// <param name="round">Whole numbers, rounded down.</param>
    /// <param name="signMode">negative, all or negativeLargestOnly.</param>
    public static string Format(Run run, DurationValue duration, string format, bool round, string signMode)
    {
        run.Steps(format.Length);
        run.Make(format.Length * 2.0);
        var tokens = FormatTokens.Of(format);
        var units = tokens.Where(t => !t.IsLiteral).Select(t => Unit(t.Text)).OfType<TimeUnit>().Distinct().ToArray();
        var shifted = duration.ShiftedTo(units);
        var (isNegative, greatest) = (shifted.Millis < 0, shifted.Parts.Count > 0 ? shifted.Parts[0].Unit : TimeUnit.Millisecond);
        var text = new StringBuilder();
        foreach (var token in tokens)
        {
            if (token.IsLiteral || Unit(token.Text) is not { } unit)
            {
                text.Append(token.Text);
                continue;
            }

            var amount = shifted[unit];
            var isLesser = signMode == "negativeLargestOnly" && unit != greatest;
            if (isLesser && isNegative) amount = -amount;
            if (round) amount = Math.Floor(amount);
            var number = NumberFormat.Plain(duration.Locale, Math.Abs(amount), token.Text.Length, 3);
            var hasMinus = !isLesser && (amount < 0 || (amount == 0 && double.IsNegative(amount)));
            text.Append(hasMinus ? NumberFormat.Minus(duration.Locale) : signMode == "all" && !isLesser ? "+" : "").Append(number);
        }

        return text.ToString();
    }

    /// <summary>In words: <c>1 day, 2 hours</c>.</summary>
    /// <param name="width">long, short or narrow.</param>
    /// <param name="listStyle">long, short or narrow.</param>
    public static string Human(DurationValue duration, Locale locale, string width, string listStyle, bool showZeros, int fractionDigits)
    {
        List<string> parts = [];
        foreach (var unit in TimeUnits.All.Where(u => u != TimeUnit.Quarter))
        {
            var amount = duration.Find(unit);
            if (unit == TimeUnit.Month && duration[TimeUnit.Quarter] is var quarters && quarters != 0) amount = (amount ?? 0) + quarters * 3;
            if (amount is not { } count || (count == 0 && !showZeros)) continue;
            var form = locale.Find("measures", $"{TimeUnits.Singular(unit)} {width}").AsArray![locale.IsSingular(count) ? 0 : 1].AsString!;
            parts.Add(form.Replace("{0}", (count < 0 ? NumberFormat.Minus(locale) : "") + NumberFormat.Plain(locale, count, 1, fractionDigits), StringComparison.Ordinal));
        }

        return Join(parts, locale.Find("lists", $"conjunction {listStyle}").AsArray!);
    }

    /// <summary>As JavaScript's Math.round, at a place behind the point.</summary>
    public static double Rounded(double number, int digits)
    {
        var factor = Math.Pow(10, digits);
        return Math.Floor(number * factor + 0.5) / factor;
    }

    private static string Join(List<string> parts, ArrayValue gaps)
    {
        if (parts.Count == 2) return parts[0] + gaps[0].AsString + parts[1];
        var text = new StringBuilder();
        for (var i = 0; i < parts.Count; i++) text.Append(i == 0 ? "" : gaps[i == parts.Count - 1 ? 2 : 1].AsString).Append(parts[i]);
        return text.ToString();
    }

    private static TimeUnit? Unit(string token) => token[0] switch
    {
        'S' => TimeUnit.Millisecond,
        's' => TimeUnit.Second,
        'm' => TimeUnit.Minute,
        'h' => TimeUnit.Hour,
        'd' => TimeUnit.Day,
        'w' => TimeUnit.Week,
        'M' => TimeUnit.Month,
        'y' => TimeUnit.Year,
        _ => null,
    };
}
