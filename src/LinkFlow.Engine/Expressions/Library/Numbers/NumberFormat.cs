using System.Globalization;
using System.Numerics;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Numbers;

/// <summary>A number as a language writes it: JavaScript's Intl.NumberFormat, as far as its options are listed here.</summary>
internal sealed class NumberFormat
{
    private const int MostDigits = 100;

    /// <summary>Characters of an unknown locale that an error shows.</summary>
    private const int LongestTag = 35;

    private static readonly string[] Known = ["style", "currency", "currencyDisplay", "minimumFractionDigits", "maximumFractionDigits", "minimumIntegerDigits", "useGrouping"];

    private readonly NumberLocale _locale;
    private readonly string _style;
    private readonly string _currency;
    private readonly string _symbol;
    private readonly int _leastDecimals;
    private readonly int _mostDecimals;
    private readonly int _leastWhole;
    private readonly bool _isGrouped;

    private NumberFormat(Run run, string locale, Value options)
    {
        _locale = NumberLocale.Find(locale) ?? throw run.RangeError(
            $"LinkFlow does not know how numbers are written in '{(locale.Length > LongestTag ? locale[..LongestTag] + "…" : locale)}'. It knows {string.Join(", ", NumberLocale.Known)}.");
        if (options.AsObject is { } o)
            foreach (var (name, _) in o)
                if (!Known.Contains(name)) throw run.RangeError($"There is no option '{name}' here. There are {string.Join(", ", Known)}.{Text.DidYouMean.Suggestion(name, Known)}");
        _style = options["style"].IsUndefined ? "decimal" : Coercion.ToString(run, options["style"]);
        if (_style is not ("decimal" or "percent" or "currency")) throw run.RangeError($"The style must be 'decimal', 'percent' or 'currency', not '{_style}'.");
        _currency = options["currency"].IsUndefined ? "" : Coercion.ToString(run, options["currency"]).ToUpperInvariant();
        if (_style == "currency" && !(_currency.Length == 3 && _currency.All(char.IsAsciiLetter))) throw run.TypeError($"The style 'currency' needs a currency of three letters, e.g. {{ style: 'currency', currency: 'EUR' }}.");
        _symbol = options["currencyDisplay"].AsString == "code" ? _currency : _locale.Symbol(_currency);
        var usual = _style == "currency" ? DecimalsOf(_currency) : 0;
        var (least, most) = (Digits(run, options, "minimumFractionDigits"), Digits(run, options, "maximumFractionDigits"));
        _leastDecimals = least ?? Math.Min(usual, most ?? usual);
        _mostDecimals = most ?? Math.Max(_style == "decimal" ? 3 : usual, _leastDecimals);
        if (_mostDecimals < _leastDecimals) throw run.RangeError($"maximumFractionDigits is {_mostDecimals}, less than minimumFractionDigits, {_leastDecimals}.");
        _leastWhole = Math.Max(1, Digits(run, options, "minimumIntegerDigits") ?? 1);
        _isGrouped = options["useGrouping"].IsUndefined || Coercion.ToBoolean(options["useGrouping"]);
    }

    /// <exception cref="ExpressionException">An option is unknown or out of its range.</exception>
    public static Value Format(Run run, double value, Value locale, Value options)
    {
        var tag = locale.AsArray is { Count: > 0 } list ? list[0] : locale;
        if (!options.IsUndefined && !options.IsObject) throw run.TypeError($"The options must be an object, e.g. {{ maximumFractionDigits: 2 }}, not {Properties.Describe(options)}.");
        return run.Made(new NumberFormat(run, tag.IsNullOrUndefined || tag.IsArray ? "en" : Coercion.ToString(run, tag), options).Write(value));
    }

    private string Write(double value)
    {
        var digits = double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? "∞" : Rounded(Math.Abs(value));
        var isNegative = double.IsNegative(value) && !double.IsNaN(value);
        if (_style == "currency") return WithCurrency(digits, isNegative);
        var pattern = _style == "percent" ? _locale.Percent : "#";
        return (isNegative ? _locale.Minus : "") + pattern.Replace("#", digits, StringComparison.Ordinal);
    }

    private string WithCurrency(string digits, bool isNegative)
    {
        var pattern = isNegative ? _locale.NegativeMoney : _locale.Money;
        var (before, after) = pattern.IndexOf('¤', StringComparison.Ordinal) is var sign && sign < pattern.IndexOf('#', StringComparison.Ordinal)
            ? (char.IsLetter(_symbol[^1]) && pattern[sign + 1] == '#' ? _symbol + "\u00A0" : _symbol, "")
            : ("", _symbol);
        return pattern.Replace("-", _locale.Minus, StringComparison.Ordinal).Replace("¤", before + after, StringComparison.Ordinal).Replace("#", digits, StringComparison.Ordinal);
    }

    /// <summary>With the decimals wanted, halves away from zero, counted on the number as it is written, not on its double.</summary>
    private string Rounded(double value)
    {
        var (significant, exponent) = DecimalText.Shortest(value);
        var scale = exponent - significant.Length + 1 + _mostDecimals + (_style == "percent" ? 2 : 0);
        var number = BigInteger.Parse(significant, CultureInfo.InvariantCulture);
        if (scale >= 0) number *= BigInteger.Pow(10, scale);
        else
        {
            var unit = BigInteger.Pow(10, Math.Min(-scale, 400));
            number = (2 * number + unit) / (2 * unit);
        }

        var all = number.ToString(CultureInfo.InvariantCulture).PadLeft(_mostDecimals + 1, '0');
        var decimals = all[^_mostDecimals..].TrimEnd('0').PadRight(_leastDecimals, '0');
        var whole = Grouped(all[..^_mostDecimals].PadLeft(_leastWhole, '0'));
        return decimals.Length == 0 ? whole : whole + (_style == "currency" ? _locale.MoneyDecimal : _locale.Decimal) + decimals;
    }

    private string Grouped(string whole)
    {
        if (!_isGrouped || whole.Length < 3 + _locale.MinimumGrouping) return whole;
        var result = new StringBuilder(whole);
        var group = _style == "currency" ? _locale.MoneyGroup : _locale.Group;
        for (var at = whole.Length - 3; at > 0; at -= _locale.SecondaryGroup) result.Insert(at, group);
        return result.ToString();
    }

    private static int? Digits(Run run, Value options, string name)
    {
        if (options[name].IsUndefined) return null;
        var digits = Coercion.ToNumber(run, options[name]);
        return digits is >= 0 and <= MostDigits ? (int)digits : throw run.RangeError($"{name} must be 0 to {MostDigits}, not {JavaScriptNumber.ToString(digits)}.");
    }

    /// <summary>ISO 4217.</summary>
    private static int DecimalsOf(string currency) => currency switch
    {
        "BIF" or "CLP" or "DJF" or "GNF" or "ISK" or "JPY" or "KMF" or "KRW" or "PYG" or "RWF" or "UGX" or "VND" or "VUV" or "XAF" or "XOF" or "XPF" => 0,
        "BHD" or "IQD" or "JOD" or "KWD" or "LYD" or "OMR" or "TND" => 3,
        _ => 2,
    };
}
