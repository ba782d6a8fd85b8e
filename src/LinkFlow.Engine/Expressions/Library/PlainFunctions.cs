using System.Globalization;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Numbers;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>Functions that are called on nothing: <c>parseInt</c>, <c>$if</c>, <c>encodeURIComponent</c>.</summary>
internal static class PlainFunctions
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
    private const string ReservedOfUris = ";/?:@&=+$,#";

    public static MethodList All { get; } = new()
    {
        { "parseInt(text: string, radix?: number): number", "The whole number at the start of the text, to a base of 2 to 36; NaN when there is none.", "parseInt('42px')",
            ParseInt },
        { "parseFloat(text: string): number", "The number at the start of the text; NaN when there is none.", "parseFloat('3.5 kg')",
            ParseFloat },
        { "isNaN(value: any): boolean", "Whether it is no number and cannot be converted to one.", "isNaN('abc')",
            (run, _, args) => double.IsNaN(Coercion.ToNumber(run, args.At(0))) },
        { "isFinite(value: any): boolean", "Whether it is, or can be converted to, a number other than NaN and the infinities.", "isFinite('12')",
            (run, _, args) => double.IsFinite(Coercion.ToNumber(run, args.At(0))) },
        { "encodeURIComponent(text: string): string", "For a part of a URL: all but letters, digits and -_.!~*'() as %XX.", "encodeURIComponent('a b&c')",
            (run, _, args) => Encode(run, args.At(0), Unreserved) },
        { "encodeURI(text: string): string", "For a whole URL: as encodeURIComponent, but the marks that divide a URL stay.", "encodeURI('https://example.com/a b?c=d')",
            (run, _, args) => Encode(run, args.At(0), Unreserved + ReservedOfUris) },
        { "decodeURIComponent(text: string): string", "The opposite of encodeURIComponent. An error when a %XX is malformed.", "decodeURIComponent('a%20b%26c')",
            (run, _, args) => Decode(run, args.At(0), "") },
        { "decodeURI(text: string): string", "The opposite of encodeURI. An error when a %XX is malformed.", "decodeURI('a%20b%26c')",
            (run, _, args) => Decode(run, args.At(0), ReservedOfUris) },
        { "$if(condition: any, then: any, else?: any): any", "One of two values; false when the condition is not true and there is no second. Both are evaluated.", "$if($json.total > 50, 'large', 'small')",
            (_, _, args) => Coercion.ToBoolean(args.At(0)) ? args.At(1) : args.At(2) },
        { "$ifEmpty(value: any, otherwise: any): any", "The value, unless it is undefined, null, or an empty string, array or object.", "$ifEmpty($json.nickname, $json.name)",
            (_, _, args) => IsEmpty(args.At(0)) ? args.At(1) : args.At(0) },
        { "$min(...values: number): number", "The least of the numbers; Infinity without any.", "$min(3, 9, 4)",
            MathFunctions.Min },
        { "$max(...values: number): number", "The greatest of the numbers; −Infinity without any.", "$max(3, 9, 4)",
            MathFunctions.Max },
        { "$fromJson(text: string): any", "The value that JSON text stands for, as JSON.parse gives it.", "$fromJson('{\"a\":1}').a",
            (run, _, args) => JsonFunctions.Parse(run, args.At(0)) },
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
