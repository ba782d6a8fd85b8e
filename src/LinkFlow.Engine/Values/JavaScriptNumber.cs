using System.Globalization;
using System.Text;

namespace LinkFlow.Engine.Values;

/// <summary>Prints doubles as ECMAScript's Number::toString does (ECMA-262 §6.1.6.1.20).</summary>
public static class JavaScriptNumber
{
    public static string ToString(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "Infinity" : "-Infinity";
        if (value == 0) return "0";
        if (value == Math.Floor(value) && Math.Abs(value) < 1e15) return ((long)value).ToString(CultureInfo.InvariantCulture);

        var roundTrip = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        if (!roundTrip.Contains('E', StringComparison.Ordinal)) return value < 0 ? "-" + roundTrip : roundTrip;
        var (digits, exponent) = Digits(roundTrip);

        var text = new StringBuilder();
        if (value < 0) text.Append('-');
        var k = digits.Length;
        if (k <= exponent && exponent <= 21) text.Append(digits).Append('0', exponent - k);
        else if (exponent is > 0 and <= 21) text.Append(digits, 0, exponent).Append('.').Append(digits, exponent, k - exponent);
        else if (exponent is > -6 and <= 0) text.Append("0.").Append('0', -exponent).Append(digits);
        else
        {
            var power = exponent - 1;
            text.Append(digits[0]);
            if (k > 1) text.Append('.').Append(digits, 1, k - 1);
            text.Append('e').Append(power < 0 ? '-' : '+').Append(Math.Abs(power));
        }

        return text.ToString();
    }

    /// <summary>The significant digits and n, so that the value is 0.digits × 10^n.</summary>
    private static (string Digits, int Exponent) Digits(string roundTrip)
    {
        var e = roundTrip.IndexOf('E', StringComparison.Ordinal);
        var power = e < 0 ? 0 : int.Parse(roundTrip.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? roundTrip : roundTrip[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa.Length : point;
        var digits = point < 0 ? mantissa : mantissa.Remove(point, 1);
        var leading = digits.Length - digits.TrimStart('0').Length;
        return (digits.Trim('0'), whole - leading + power);
    }
}
