using System.Globalization;
using System.Numerics;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Numbers;

/// <summary>Numbers as text with a given number of digits, exact as ECMAScript asks: the digits of the double itself, not of its shortest form.</summary>
internal static class DecimalText
{
    /// <summary>2^53: from here on not every whole number is a double.</summary>
    private const double MaxExact = 9007199254740992;

    public static string Fixed(double value, int digits)
    {
        if (!double.IsFinite(value) || Math.Abs(value) >= 1e21) return JavaScriptNumber.ToString(value);
        var text = Scaled(Math.Abs(value), digits).ToString(CultureInfo.InvariantCulture);
        if (digits > 0)
        {
            text = text.PadLeft(digits + 1, '0');
            text = text[..^digits] + "." + text[^digits..];
        }

        return value < 0 ? "-" + text : text;
    }

    public static string Precision(double value, int precision)
    {
        if (!double.IsFinite(value)) return JavaScriptNumber.ToString(value);
        var (digits, exponent) = Significant(Math.Abs(value), precision);
        var sign = value < 0 ? "-" : "";
        if (exponent < -6 || exponent >= precision) return sign + WithExponent(digits, exponent);
        if (exponent == precision - 1) return sign + digits;
        return sign + (exponent >= 0 ? digits[..(exponent + 1)] + "." + digits[(exponent + 1)..] : "0." + new string('0', -exponent - 1) + digits);
    }

    public static string Exponential(double value, int? digits)
    {
        if (!double.IsFinite(value)) return JavaScriptNumber.ToString(value);
        var sign = value < 0 ? "-" : "";
        if (digits is { } count)
        {
            var (text, exponent) = Significant(Math.Abs(value), count + 1);
            return sign + WithExponent(text, exponent);
        }

        var (shortest, place) = Shortest(Math.Abs(value));
        return value == 0 ? "0e+0" : sign + WithExponent(shortest, place);
    }

    /// <summary>The fewest digits that stand for a finite number not below zero, and the exponent of the first.</summary>
    public static (string Digits, int Exponent) Shortest(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (e >= 0) text = text[..e];
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = text.Replace(".", "", StringComparison.Ordinal);
        var first = digits.AsSpan().IndexOfAnyExcept('0');
        return first < 0 ? ("0", 0) : (digits[first..].TrimEnd('0'), exponent + (point < 0 ? digits.Length : point) - 1 - first);
    }

    /// <summary>With up to 20 digits, or 52 bits, behind the point.</summary>
    public static string InRadix(double value, int radix)
    {
        const string Symbols = "0123456789abcdefghijklmnopqrstuvwxyz";
        var sign = value < 0 ? "-" : "";
        value = Math.Abs(value);
        var text = new StringBuilder();
        var whole = Math.Floor(value);
        // Digits that no double can tell are zeros, as V8 writes them.
        for (; whole >= MaxExact * radix; whole /= radix) text.Insert(0, '0');
        do
        {
            var rest = whole % radix;
            text.Insert(0, Symbols[(int)rest]);
            whole = (whole - rest) / radix;
        }
        while (whole > 0);
        var fraction = value - Math.Floor(value);
        if (fraction == 0) return sign + text;
        text.Append('.');
        var delta = Math.Max(0.5 * (Math.BitIncrement(value) - value), double.Epsilon);
        do
        {
            fraction *= radix;
            delta *= radix;
            var digit = (int)fraction;
            text.Append(Symbols[digit]);
            fraction -= digit;
            if (fraction > 0.5 || (fraction == 0.5 && (digit & 1) == 1))
            {
                if (fraction + delta <= 1) continue;
                RoundUp(text, radix, Symbols);
                break;
            }
        }
        while (fraction >= delta);
        return sign + text;
    }

    private static void RoundUp(StringBuilder text, int radix, string symbols)
    {
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (text[i] == '.') continue;
            var digit = symbols.IndexOf(text[i], StringComparison.Ordinal) + 1;
            if (digit < radix)
            {
                text[i] = symbols[digit];
                while (text[^1] == '0' && text.ToString().Contains('.', StringComparison.Ordinal)) text.Length--;
                return;
            }

            text[i] = '0';
        }

        text.Insert(0, '1');
    }

    private static string WithExponent(string digits, int exponent) =>
        (digits.Length > 1 ? digits[..1] + "." + digits[1..] : digits) + (exponent < 0 ? "e-" : "e+") + Math.Abs(exponent).ToString(CultureInfo.InvariantCulture);

    /// <summary>The significant digits, and the power of ten of the first of them.</summary>
    private static (string Digits, int Exponent) Significant(double value, int count)
    {
        if (value == 0) return (new string('0', count), 0);
        var exponent = (int)Math.Floor(Math.Log10(value));
        var digits = Scaled(value, count - 1 - exponent);
        var limit = BigInteger.Pow(10, count);
        while (digits >= limit) digits = Scaled(value, count - 1 - ++exponent);
        while (digits < limit / 10) digits = Scaled(value, count - 1 - --exponent);
        return (digits.ToString(CultureInfo.InvariantCulture), exponent);
    }

    /// <summary>The value times a power of ten as a whole number, halves up, computed exactly.</summary>
    private static BigInteger Scaled(double value, int power)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52 & 0x7FF);
        var mantissa = new BigInteger(bits & 0xFFFFFFFFFFFFF | (exponent == 0 ? 0 : 1L << 52));
        exponent = Math.Max(exponent, 1) - 1075;
        var numerator = mantissa * (power > 0 ? BigInteger.Pow(10, power) : 1) * (exponent > 0 ? BigInteger.Pow(2, exponent) : 1);
        var denominator = (power < 0 ? BigInteger.Pow(10, -power) : 1) * (exponent < 0 ? BigInteger.Pow(2, -exponent) : 1);
        return (2 * numerator + denominator) / (2 * denominator);
    }
}
