using System.Text;

namespace LinkFlow.Engine.Expressions.Library.Strings.Letters;

/// <summary>Korean syllables and the letters that they are made of, by the arithmetic of the Unicode standard (3.12).</summary>
internal static class Hangul
{
    private const char FirstSyllable = '\uAC00';
    private const char FirstLead = '\u1100';
    private const char FirstVowel = '\u1161';
    private const char BeforeFirstTail = '\u11A7';
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    public static bool IsSyllable(char c) => c is >= FirstSyllable and < (char)(FirstSyllable + Leads * Vowels * Tails);

    public static void Decompose(StringBuilder result, char syllable)
    {
        var index = syllable - FirstSyllable;
        result.Append((char)(FirstLead + index / (Vowels * Tails))).Append((char)(FirstVowel + index % (Vowels * Tails) / Tails));
        if (index % Tails != 0) result.Append((char)(BeforeFirstTail + index % Tails));
    }

    public static bool TryCompose(char first, char second, out char whole)
    {
        whole = first;
        if (first - FirstLead is >= 0 and < Leads && second - FirstVowel is >= 0 and < Vowels)
            whole = (char)(FirstSyllable + ((first - FirstLead) * Vowels + second - FirstVowel) * Tails);
        else if (IsSyllable(first) && (first - FirstSyllable) % Tails == 0 && second - BeforeFirstTail is > 0 and < Tails)
            whole = (char)(first + (second - BeforeFirstTail));
        return whole != first;
    }
}
