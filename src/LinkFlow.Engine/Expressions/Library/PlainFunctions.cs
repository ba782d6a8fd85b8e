using System.Globalization;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>Functions that are called on nothing: <c>parseInt</c>, <c>$if</c>, <c>encodeURIComponent</c>.</summary>
internal static class PlainFunctions
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
    private const string ReservedOfUris = ";/?:@&=+$,#";

    public static IReadOnlyDictionary<string, NativeMethod> All { get; } = new Dictionary<string, NativeMethod>
    {
        ["parseInt"] = ParseInt,
        ["parseFloat"] = ParseFloat,
        ["isNaN"] = (run, _, args) => double.IsNaN(Coercion.ToNumber(run, args.At(0))),
        ["isFinite"] = (run, _, args) => double.IsFinite(Coercion.ToNumber(run, args.At(0))),
        ["encodeURIComponent"] = (run, _, args) => Encode(run, args.At(0), Unreserved),
        ["encodeURI"] = (run, _, args) => Encode(run, args.At(0), Unreserved + ReservedOfUris),
        ["decodeURIComponent"] = (run, _, args) => Decode(run, args.At(0), ""),
        ["decodeURI"] = (run, _, args) => Decode(run, args.At(0), ReservedOfUris),
        ["$if"] = (_, _, args) => Coercion.ToBoolean(args.At(0)) ? args.At(1) : args.At(2),
        ["$ifEmpty"] = (_, _, args) => IsEmpty(args.At(0)) ? args.At(1) : args.At(0),
        ["$min"] = MathFunctions.Min,
        ["$max"] = MathFunctions.Max,
        ["$fromJson"] = (run, _, args) => JsonFunctions.Parse(run, args.At(0)),
    };

    /// <summary>Undefined, null, an empty string, array or object.</summary>
    public static bool IsEmpty(Value value) => value.Kind switch
    {
        ValueKind.Undefined or ValueKind.Null => true,
        ValueKind.String => value.AsString!.Length == 0,
        ValueKind.Array => value.AsArray!.Count == 0,
        ValueKind.Object => value.AsObject!.Count == 0,
        _ => false,
    };

    public static Value ParseInt(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var text = Coercion.Trim(Coercion.ToString(run, arguments.At(0))).AsSpan();
        var radix = Coercion.ToInt32(Coercion.ToNumber(run, arguments.At(1)));
        var sign = text.StartsWith("-") ? -1 : 1;
        if (text.StartsWith("-") || text.StartsWith("+")) text = text[1..];
        if (radix is 0 or 16 && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            text = text[2..];
            radix = 16;
        }

        if (radix == 0) radix = 10;
        if (radix is < 2 or > 36) return double.NaN;
        run.Steps(text.Length);
        var number = Coercion.ParseDigits(text, radix, out var read);
        if (read == 0) return double.NaN;
        if (radix == 10 && read > 15) number = double.Parse(text[..read], NumberStyles.None, CultureInfo.InvariantCulture);
        return sign * number;
    }

    public static Value ParseFloat(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var text = Coercion.Trim(Coercion.ToString(run, arguments.At(0)));
        run.Steps(text.Length);
        var at = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        if (string.CompareOrdinal(text, at, "Infinity", 0, 8) == 0) return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        var first = at;
        at = SkipDigits(text, at);
        var digits = at - first;
        if (at < text.Length && text[at] == '.')
        {
            var end = SkipDigits(text, at + 1);
            digits += end - at - 1;
            if (digits > 0) at = end;
        }

        if (digits == 0) return double.NaN;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var exponent = at + 1 < text.Length && text[at + 1] is '+' or '-' ? at + 2 : at + 1;
            var end = SkipDigits(text, exponent);
            if (end > exponent) at = end;
        }

        return double.Parse(text.AsSpan(0, at), NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private static int SkipDigits(string text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return at;
    }

    private static Value Encode(Run run, Value value, string unescaped)
    {
        var text = Coercion.ToString(run, value);
        run.Steps(text.Length);
        run.Make(text.Length);
        var result = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (unescaped.Contains(text[i], StringComparison.Ordinal))
            {
                result.Append(text[i]);
                continue;
            }

            if (!Rune.TryGetRuneAt(text, i, out var rune)) throw run.RangeError("This string holds half of a surrogate pair, which has no URI form.");
            i += rune.Utf16SequenceLength - 1;
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) result.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return run.Made(result.ToString());
    }

    private static Value Decode(Run run, Value value, string kept)
    {
        var text = Coercion.ToString(run, value);
        run.Steps(text.Length);
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i]);
                continue;
            }

            var start = i;
            var first = Byte(run, text, ref i);
            var length = first switch { < 0x80 => 1, >= 0xC2 and < 0xE0 => 2, >= 0xE0 and < 0xF0 => 3, >= 0xF0 and < 0xF5 => 4, _ => throw Malformed(run) };
            var bytes = new byte[length];
            bytes[0] = first;
            for (var k = 1; k < length; k++)
            {
                i++;
                bytes[k] = Byte(run, text, ref i);
            }

            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) != System.Buffers.OperationStatus.Done || used != length) throw Malformed(run);
            if (length == 1 && kept.Contains((char)first, StringComparison.Ordinal)) result.Append(text, start, 3);
            else result.Append(rune.ToString());
        }

        return run.Made(result.ToString());
    }

    private static byte Byte(Run run, string text, ref int at)
    {
        if (at + 2 >= text.Length || text[at] != '%' || !byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b)) throw Malformed(run);
        at += 2;
        return b;
    }

    private static ExpressionException Malformed(Run run) => run.RangeError("URI malformed.");
}
