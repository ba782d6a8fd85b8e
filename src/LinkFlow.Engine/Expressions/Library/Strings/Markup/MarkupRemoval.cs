using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;

namespace LinkFlow.Engine.Expressions.Library.Strings.Markup;

/// <summary>The text within HTML and Markdown.</summary>
internal static class MarkupRemoval
{
    public static MethodList All { get; } = new()
    {
        { "removeTags(): string", "Without the tags of HTML and XML; what is between them stays, and so do references such as &amp;. It does not make untrusted HTML harmless.", "'<b>bold</b> and <a href=\"#\">link</a>'.removeTags()",
            (run, self, _) => run.Made(WithoutTags(run, self.AsString!)) },
        { "removeMarkdown(): string", "Without the marks of Markdown, and without HTML tags: the text of headings, lists, links, emphasis and code.", "'# Offer\\n*Only* today: [look](https://example.com)'.removeMarkdown()",
            (run, self, _) => run.Made(Markdown.Remove(run, self.AsString!)) },
    };

    /// <summary>A tag begins with a letter, /, ! or ? right behind &lt;, so that "1 &lt; 2" stays; without an end it reaches to the text's.</summary>
    public static string WithoutTags(Run run, string text)
    {
        run.Steps(text.Length / 4);
        if (!text.Contains('<', StringComparison.Ordinal)) return text;
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var begins = text[at] == '<' && at + 1 < text.Length && (char.IsLetter(text[at + 1]) || text[at + 1] is '/' or '!' or '?');
            if (!begins)
            {
                result.Append(text[at]);
                continue;
            }

            var end = text.IndexOf('>', at);
            if (end < 0) break;
            at = end;
        }

        return result.ToString();
    }
}
