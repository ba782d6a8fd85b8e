using System.Globalization;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.JmesPath;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Arrays;
using LinkFlow.Engine.Expressions.Library.Numbers;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Expressions.Library.Strings;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>Functions that are called on nothing: <c>parseInt</c>, <c>$if</c>, <c>encodeURIComponent</c>.</summary>
internal static class PlainFunctions
{
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
            (run, _, args) => UriText.Encode(run, Coercion.ToString(run, args.At(0)), entire: false) },
        { "encodeURI(text: string): string", "For a whole URL: as encodeURIComponent, but the marks that divide a URL stay.", "encodeURI('https://example.com/a b?c=d')",
            (run, _, args) => UriText.Encode(run, Coercion.ToString(run, args.At(0)), entire: true) },
        { "decodeURIComponent(text: string): string", "The opposite of encodeURIComponent. An error when a %XX is malformed.", "decodeURIComponent('a%20b%26c')",
            (run, _, args) => UriText.Decode(run, Coercion.ToString(run, args.At(0)), entire: false) },
        { "decodeURI(text: string): string", "The opposite of encodeURI. An error when a %XX is malformed.", "decodeURI('a%20b%26c')",
            (run, _, args) => UriText.Decode(run, Coercion.ToString(run, args.At(0)), entire: true) },
        { "$if(condition: any, then: any, else?: any): any", "One of two values, by whether the condition is true; false when it is not and there is no second. Only the one that is given is evaluated.", "$if($json.total > 50, 'large', 'small')", If },
        { "$ifEmpty(value: any, otherwise: any): any", "The value, unless it is undefined, null, or an empty string, array or object.", "$ifEmpty($json.nickname, $json.name)",
            (_, _, args) => Emptiness.IsEmpty(args.At(0)) ? args.At(1) : args.At(0) },
        { "$min(...values: number): number", "The least of the numbers; Infinity without any.", "$min(3, 9, 4)",
            MathFunctions.Min },
        { "$max(...values: number): number", "The greatest of the numbers; −Infinity without any.", "$max(3, 9, 4)",
            MathFunctions.Max },
        { "$average(...values: number): number", "The mean of the numbers; 0 without any, an error when one is no number.", "$average(3, 9, 6)",
            (run, _, args) => ArrayTransformations.Average(ArrayTransformations.Numbers(run, new ArrayValue(args.ToArray()), "$average")) },
        { "$not(value: any): boolean", "False for what counts as true, true for what counts as false: the same as !.", "$not($json.tags.isEmpty())",
            (_, _, args) => !Coercion.ToBoolean(args.At(0)) },
        { "$fromJson(text: string): any", "The value that JSON text stands for, as JSON.parse gives it.", "$fromJson('{\"a\":1}').a",
            (run, _, args) => JsonFunctions.Parse(run, args.At(0)) },
        JmesQuery.Functions[0],
        JmesQuery.Functions[1],
    };

    /// <summary>As a value, e.g. for map; the compiler makes a condition of a call, so that only one side is evaluated.</summary>
    private static Value If(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length < 2) throw run.TypeError("$if needs a condition and what to give when it is true: $if($json.total > 50, 'large', 'small').");
        return Coercion.ToBoolean(arguments[0]) ? arguments[1] : arguments.Length > 2 ? arguments[2] : Value.False;
    }

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
}
