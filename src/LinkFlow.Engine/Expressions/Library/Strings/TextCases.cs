using System.Collections.Frozen;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library.Strings.Letters;

namespace LinkFlow.Engine.Expressions.Library.Strings;

/// <summary>Capital and small letters as titles, sentences and identifiers have them.</summary>
internal static class TextCases
{
    /// <summary>English words that stay small within a title.</summary>
    private static readonly FrozenSet<string> SmallWords = FrozenSet.ToFrozenSet(
        ["a", "an", "and", "as", "at", "because", "but", "by", "en", "for", "if", "in", "neither", "nor", "of", "on", "only", "or", "over", "per", "so", "some", "than", "that", "the", "to", "up", "upon", "v", "versus", "via", "vs", "when", "with", "without", "yet"]);

    public static MethodList All { get; } = new()
    {
        { "toTitleCase(): string", "With a capital at the start of each word; the other letters stay. Short English words such as 'of' stay small within the title.", "'the lord of the rings'.toTitleCase()",
            (run, self, _) => run.Made(Title(run, self.AsString!)) },
        { "toSentenceCase(): string", "With a capital at the start of each sentence and small letters otherwise.", "'HELLO. how ARE you?'.toSentenceCase()",
            (run, self, _) => run.Made(Sentence(run, self.AsString!)) },
        { "toSnakeCase(): string", "In small letters, with _ for blanks and hyphens and without other punctuation.", "'Order-Number (new)'.toSnakeCase()",
            (run, self, _) => run.Made(Snake(run, self.AsString!)) },
    };

    private static string Title(Run run, string text)
    {
        run.Steps(text.Length);
        var result = new StringBuilder(text.Length);
        var lastWord = text.AsSpan().TrimEnd().LastIndexOfAny(" \t\r\n") + 1;
        var isFirst = true;
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && char.IsWhiteSpace(text[end]) == char.IsWhiteSpace(text[at])) end++;
            var part = text[at..end];
            var isWord = !char.IsWhiteSpace(part[0]);
            var staysSmall = isWord && !isFirst && at < lastWord && SmallWords.Contains(part);
            result.Append(isWord && !staysSmall ? Capitalised(part) : part);
            isFirst &= !isWord;
            at = end;
        }

        return result.ToString();
    }

    /// <summary>Each run of letters with a capital at its start, but for words such as iPhone, #tag and example.com.</summary>
    private static string Capitalised(string word)
    {
        var result = new StringBuilder(word.Length);
        var starts = true;
        var isSpecial = IsSpecial(word);
        foreach (var rune in word.EnumerateRunes())
        {
            result.Append(starts && !isSpecial && Rune.IsLetter(rune) ? LetterCase.Upper(rune.ToString()) : rune.ToString());
            starts = !Rune.IsLetter(rune) && rune.Value is not ('\'' or '’');
        }

        return result.ToString();
    }

    private static bool IsSpecial(string word)
    {
        for (var i = 1; i < word.Length; i++)
            if ((char.IsLower(word[i - 1]) && char.IsUpper(word[i])) || (word[i - 1] is '.' or '#' && char.IsLetter(word[i]))) return true;
        return false;
    }

    private static string Sentence(Run run, string text)
    {
        run.Steps(text.Length);
        var result = new StringBuilder(text.Length);
        var starts = true;
        foreach (var rune in text.EnumerateRunes())
        {
            var letter = rune.ToString();
            result.Append(starts && Rune.IsLetter(rune) ? LetterCase.Upper(letter) : LetterCase.Lower(letter));
            starts = rune.Value is '.' or '!' or '?' || (starts && !Rune.IsLetter(rune));
        }

        return result.ToString();
    }

    private static string Snake(Run run, string text)
    {
        run.Steps(text.Length);
        var result = new StringBuilder(text.Length);
        foreach (var c in LetterCase.Lower(text))
        {
            if (c is ' ' or '-') result.Append('_');
            else if (c == '_' || !(char.IsAscii(c) ? char.IsPunctuation(c) || char.IsSymbol(c) : c is (>= '\u2000' and <= '\u206F') or (>= '\u2E00' and <= '\u2E7F'))) result.Append(c);
        }

        return result.ToString();
    }
}
