using System.Buffers;
using System.Globalization;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Time;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>ECMAScript's conversions between kinds of values, and its notions of equality.</summary>
internal static class Coercion
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.eE+-");

    public static bool ToBoolean(Value value) => value.Kind switch
    {
        ValueKind.Undefined or ValueKind.Null => false,
        ValueKind.Boolean => value.AsBoolean,
        ValueKind.Number => value.AsNumber != 0 && !double.IsNaN(value.AsNumber),
        ValueKind.String => value.AsString!.Length > 0,
        _ => true,
    };

    public static double ToNumber(Run run, Value value) => value.Kind switch
    {
        ValueKind.Number => value.AsNumber,
        ValueKind.Undefined => double.NaN,
        ValueKind.Null => 0,
        ValueKind.Boolean => value.AsBoolean ? 1 : 0,
        ValueKind.String => ParseNumber(value.AsString!),
        _ => ToNumber(run, ToPrimitive(run, value, preferNumber: true)),
    };

    /// <summary>Truncated; not-a-number is zero; infinities stay.</summary>
    public static double ToInteger(Run run, Value value)
    {
        var number = ToNumber(run, value);
        return double.IsNaN(number) ? 0 : Math.Truncate(number);
    }

    public static int ToInt32(double number) => unchecked((int)ToUint32(number));

    public static uint ToUint32(double number)
    {
        if (number is >= 0 and <= uint.MaxValue) return (uint)number;
        if (!double.IsFinite(number)) return 0;
        var modulo = Math.Truncate(number) % 4294967296.0;
        return (uint)(modulo < 0 ? modulo + 4294967296.0 : modulo);
    }

    /// <summary>A position as in slice: negative ones count from the end; the result is 0 to the length.</summary>
    public static int ToRelative(Run run, Value value, int length, int missing)
    {
        if (value.IsUndefined) return missing;
        var at = ToInteger(run, value);
        return (int)(at < 0 ? Math.Max(0, length + at) : Math.Min(at, length));
    }

    public static string ToString(Run run, Value value) => value.Kind switch
    {
        ValueKind.String => value.AsString!,
        ValueKind.Number => JavaScriptNumber.ToString(value.AsNumber),
        ValueKind.Boolean => value.AsBoolean ? "true" : "false",
        ValueKind.Null => "null",
        ValueKind.Undefined => "undefined",
        ValueKind.Array => Join(run, value.AsArray!, ","),
        ValueKind.Object => "[object Object]",
        _ => ((LanguageObject)value.AsOther!).Print(run),
    };

    /// <summary>The elements' strings; undefined and null are empty.</summary>
    public static string Join(Run run, ArrayValue array, string separator)
    {
        run.Enter();
        run.Steps(array.Count);
        run.Make((double)separator.Length * Math.Max(0, array.Count - 1));
        var text = new StringBuilder();
        for (var i = 0; i < array.Count; i++)
        {
            if (i > 0) text.Append(separator);
            if (array[i].IsNullOrUndefined) continue;
            var part = ToString(run, array[i]);
            run.Make(part.Length);
            text.Append(part);
        }

        run.Leave();
        return text.ToString();
    }

    public static Value ToPrimitive(Run run, Value value, bool preferNumber) => value.Kind switch
    {
        ValueKind.Array or ValueKind.Object => ToString(run, value),
        ValueKind.Other => ((LanguageObject)value.AsOther!).ToPrimitive(run, preferNumber),
        _ => value,
    };

    public static string TypeOf(Value value) => value.Kind switch
    {
        ValueKind.Undefined => "undefined",
        ValueKind.Boolean => "boolean",
        ValueKind.Number => "number",
        ValueKind.String => "string",
        ValueKind.Other when value.AsOther is FunctionValue => "function",
        _ => "object",
    };

    /// <summary>What a value is called: typeof, but <c>null</c>, <c>array</c>, <c>date</c>, … for what they are.</summary>
    public static string TypeName(Value value) => value.Kind switch
    {
        ValueKind.Null => "null",
        ValueKind.Array => "array",
        ValueKind.Other => ((LanguageObject)value.AsOther!).TypeName,
        _ => TypeOf(value),
    };

    public static bool StrictEquals(Value left, Value right)
    {
        var kind = left.Kind;
        if (kind != right.Kind) return false;
        return kind switch
        {
            ValueKind.Number => left.AsNumber == right.AsNumber,
            ValueKind.Boolean => left.AsBoolean == right.AsBoolean,
            ValueKind.String => SameText(left.AsString!, right.AsString!),
            ValueKind.Array => ReferenceEquals(left.AsArray, right.AsArray),
            ValueKind.Object => ReferenceEquals(left.AsObject, right.AsObject),
            ValueKind.Other => ReferenceEquals(left.AsOther, right.AsOther),
            _ => true,
        };
    }

    private static bool SameText(string left, string right)
    {
        if (left.Length != right.Length || ReferenceEquals(left, right)) return left.Length == right.Length;
        Run.Look(left.Length);
        return string.Equals(left, right, StringComparison.Ordinal);
    }

    /// <summary>As includes, Set and Map compare: strictly, but NaN equals itself.</summary>
    public static bool SameValue(Value left, Value right) =>
        StrictEquals(left, right) || (left.IsNumber && right.IsNumber && double.IsNaN(left.AsNumber) && double.IsNaN(right.AsNumber));

    public static bool LooseEquals(Run run, Value left, Value right)
    {
        var (l, r) = (left.Kind, right.Kind);
        if (l == r) return StrictEquals(left, right);
        if (left.IsNullOrUndefined || right.IsNullOrUndefined) return left.IsNullOrUndefined && right.IsNullOrUndefined;
        var (leftIsObject, rightIsObject) = (l >= ValueKind.Array, r >= ValueKind.Array);
        if (leftIsObject && rightIsObject) return false;
        if (leftIsObject) return LooseEquals(run, ToPrimitive(run, left, preferNumber: left.AsOther is not DateValue), right);
        if (rightIsObject) return LooseEquals(run, left, ToPrimitive(run, right, preferNumber: right.AsOther is not DateValue));
        return ToNumber(run, left) == ToNumber(run, right);
    }

    public static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' or '\v' or '\f' or '\u00A0' or '\uFEFF' or '\u2028' or '\u2029' || (c > 127 && char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator);

    public static string Trim(string text, bool atStart = true, bool atEnd = true)
    {
        var (start, end) = (0, text.Length);
        while (atStart && start < end && IsSpace(text[start])) start++;
        while (atEnd && end > start && IsSpace(text[end - 1])) end--;
        return text[start..end];
    }

    /// <summary>A whole text as a number; NaN when it is none.</summary>
    public static double ParseNumber(string text)
    {
        Run.Look(text.Length);
        text = Trim(text);
        if (text.Length == 0) return 0;
        if (text.Length > 2 && text[0] == '0' && char.ToLowerInvariant(text[1]) is var prefix and ('x' or 'o' or 'b'))
            return ParseDigits(text.AsSpan(2), prefix switch { 'x' => 16, 'o' => 8, _ => 2 }, out var read) is var number && read == text.Length - 2 ? number : double.NaN;
        var unsigned = text.AsSpan(text[0] is '+' or '-' ? 1 : 0);
        if (unsigned.SequenceEqual("Infinity")) return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        return unsigned.ContainsAnyExcept(NumberCharacters) || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var result) ? double.NaN : result;
    }

    /// <summary>The digits at the start of a text, as far as they are of the radix.</summary>
    /// <param name="read">How many characters they are.</param>
    public static double ParseDigits(ReadOnlySpan<char> text, int radix, out int read)
    {
        double number = 0;
        for (read = 0; read < text.Length; read++)
        {
            var c = char.ToLowerInvariant(text[read]);
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? c - 'a' + 10 : 99;
            if (digit >= radix) break;
            number = number * radix + digit;
        }

        return number;
    }
}
