using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;

namespace LinkFlow.Engine.Expressions.Library.Strings.Letters;

/// <summary>
/// The order of words for readers, as localeCompare gives it: first by letters, then by accents, then by case
/// (small before capital); punctuation before digits before letters. An approximation of Unicode collation that
/// needs no tables; it is exact for Latin text.
/// </summary>
internal static class TextOrder
{
    public static int Compare(Run run, string a, string b)
    {
        run.Steps((a.Length + b.Length) / 4);
        run.Make(a.Length + b.Length);
        var (x, y) = (Decompose(a), Decompose(b));
        var byLetter = ComparePrimary(x.Letters, y.Letters);
        if (byLetter != 0) return byLetter;
        var byAccent = Math.Sign(string.CompareOrdinal(x.Accents, y.Accents));
        return byAccent != 0 ? byAccent : -Math.Sign(string.CompareOrdinal(x.Letters, y.Letters));
    }

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

    private static int ComparePrimary(string a, string b)
    {
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            var order = Weight(a[i]).CompareTo(Weight(b[i]));
            if (order != 0) return Math.Sign(order);
        }

        return Math.Sign(a.Length - b.Length);
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
