using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Strings.Letters;

/// <summary>
/// The order of words for readers, as localeCompare gives it: first by letters, then by accents, then by case
/// (small before capital); punctuation before digits before letters. An approximation of Unicode collation that
/// needs no tables; it is exact for Latin text.
/// </summary>
internal static class TextOrder
{
    /// <param name="options">numeric: whether numbers in the text count by their value; sensitivity: base, accent, case or variant.</param>
    public static int Compare(Run run, string a, string b, Value options = default)
    {
        run.Steps((a.Length + b.Length) / 4);
        run.Make(a.Length + b.Length);
        var (accents, cases) = Sensitivity(run, options["sensitivity"]);
        var numeric = Coercion.ToBoolean(options["numeric"]);
        var (x, y) = (Decompose(a), Decompose(b));
        var byLetter = ComparePrimary(x.Letters, y.Letters, numeric);
        if (byLetter != 0) return byLetter;
        var byAccent = accents ? Math.Sign(string.CompareOrdinal(x.Accents, y.Accents)) : 0;
        if (byAccent != 0 || !cases) return byAccent;
        return -Math.Sign(numeric ? string.CompareOrdinal(WithoutDigits(x.Letters), WithoutDigits(y.Letters)) : string.CompareOrdinal(x.Letters, y.Letters));
    }

    private static (bool Accents, bool Cases) Sensitivity(Run run, Value sensitivity) => (sensitivity.IsUndefined ? "variant" : Coercion.ToString(run, sensitivity)) switch
    {
        "base" => (false, false),
        "accent" => (true, false),
        "case" => (false, true),
        "variant" => (true, true),
        var other => throw run.RangeError($"The sensitivity must be 'base', 'accent', 'case' or 'variant', not '{other}'."),
    };

    private static (string Letters, string Accents) Decompose(string text)
    {
        if (Ascii.IsValid(text)) return (text, "");
        StringBuilder letters = new(), accents = new();
        foreach (var c in UnicodeComposition.Decompose(text))
        {
            if (UnicodeComposition.IsMark(c)) accents.Append((char)letters.Length).Append(c);
            else letters.Append(c);
        }

        return (letters.ToString(), accents.ToString());
    }

    private static int ComparePrimary(string a, string b, bool numeric)
    {
        var (i, j) = (0, 0);
        while (i < a.Length && j < b.Length)
        {
            if (numeric && char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                var one = Digits(a, ref i);
                var other = Digits(b, ref j);
                var byValue = one.Length != other.Length ? one.Length - other.Length : one.SequenceCompareTo(other);
                if (byValue != 0) return Math.Sign(byValue);
                continue;
            }

            var order = Weight(a[i++]).CompareTo(Weight(b[j++]));
            if (order != 0) return Math.Sign(order);
        }

        return Math.Sign(a.Length - i - (b.Length - j));
    }

    private static string WithoutDigits(string text) => string.Concat(text.Where(c => !char.IsAsciiDigit(c)));

    /// <summary>The digits from here on, without leading zeros.</summary>
    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return text.AsSpan(start, at - start).TrimStart('0');
    }

    /// <summary>The order that Unicode collation gives to ASCII's punctuation.</summary>
    private const string Punctuation = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

    private static (int Class, int Order) Weight(char c)
    {
        if (c < 128 && Punctuation.IndexOf(c, StringComparison.Ordinal) is >= 0 and var place) return (0, place);
        if (char.IsAsciiDigit(c)) return (2, c);
        return char.IsLetter(c) ? (3, char.ToLowerInvariant(c)) : (1, c);
    }
}
