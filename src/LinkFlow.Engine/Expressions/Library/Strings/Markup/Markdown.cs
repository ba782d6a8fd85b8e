using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Strings;

namespace LinkFlow.Engine.Expressions.Library.Strings.Markup;

/// <summary>Takes the marks of Markdown out of a text. All patterns run in linear time.</summary>
internal static class Markdown
{
    /// <summary>What whole lines of Markdown lose, in this order.</summary>
    private static readonly (CompiledPattern Pattern, string Replacement)[] OfLines =
    [
        (Lines(@"^[ \t]*(?:```|~~~).*$\n?"), ""),
        (Lines(@"^[ \t]*(?:==+|--+|\*[ \t]*\*[ \t]*\*[ \t*]*|_[ \t]*_[ \t]*_[ \t_]*)[ \t]*$\n?"), ""),
        (Lines(@"^[ \t]*\[[^\]\n]+\]:[ \t]\S.*$\n?"), ""),
        (Lines(@"^[ \t]*>[> \t]*"), ""),
        (Lines(@"^([ \t]*)(?:[*+-]|\d+[.)])[ \t]+(?:\[[ xX]\][ \t]+)?"), "$1"),
        (Lines(@"^[ \t]*##?#?#?#?#?(?:[ \t]+|$)"), ""),
        (Lines(@"[ \t]+#+[ \t]*$"), ""),
    ];

    /// <summary>What words lose. Emphasis within emphasis is why its patterns come again.</summary>
    private static readonly (CompiledPattern Pattern, string Replacement)[] OfWords =
    [
        (Words(@"!\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\])"), ""),
        (Words(@"\[\^[^\]\n]+\]"), ""),
        (Words(@"\[([^\]\n]*)\](?:\([^)\n]*\)|\[[^\]\n]*\])"), "$1"),
        (Words(@"`+([^`\n]+)`+"), "$1"),
        (Words("~~"), ""),
        .. Emphasis, .. Emphasis,
    ];

    private static (CompiledPattern, string)[] Emphasis =>
    [
        (Words(@"\*\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*\*"), "$1"),
        (Words(@"\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*"), "$1"),
        (Words(@"\*([^\s*](?:[^*\n]*[^\s*])?)\*"), "$1"),
        (Lines(@"(^|[^\p{L}\p{N}_])__?_?([^\s_](?:[^_\n]*[^\s_])?)__?_?($|[^\p{L}\p{N}_])"), "$1$2$3"),
    ];

    private static readonly CompiledPattern ManyLines = Words(@"\n\n\n+");

    public static string Remove(Run run, string text)
    {
        foreach (var (pattern, replacement) in OfLines) text = StringPatternMethods.ReplaceAll(run, text, pattern, replacement);
        text = MarkupRemoval.WithoutTags(run, text);
        foreach (var (pattern, replacement) in OfWords) text = StringPatternMethods.ReplaceAll(run, text, pattern, replacement);
        return StringPatternMethods.ReplaceAll(run, text, ManyLines, "\n\n");
    }

    private static CompiledPattern Lines(string pattern) => CompiledPattern.Of(pattern, "gmu", -1);
    private static CompiledPattern Words(string pattern) => CompiledPattern.Of(pattern, "gu", -1);
}
