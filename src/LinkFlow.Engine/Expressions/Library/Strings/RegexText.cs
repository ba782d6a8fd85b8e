using System.Globalization;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Strings;

/// <summary>Text made a pattern that matches just it: ECMAScript 2025's RegExp.escape.</summary>
internal static class RegexText
{
    private const string WithBackslash = "^$\\.*+?()[]{}|/";
    private const string AsCode = ",-=<>#&!%:;@~'`\"";

    /// <exception cref="ExpressionException">It is no string.</exception>
    public static string Escape(Run run, Value value)
    {
        var text = value.AsString ?? throw run.TypeError($"RegExp.escape needs a string, not {Properties.Describe(value)}.");
        run.Steps(text.Length);
        run.Make(text.Length * 2.0);
        var result = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var isLone = char.IsSurrogate(c) && !(char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) && !(char.IsLowSurrogate(c) && i > 0 && char.IsHighSurrogate(text[i - 1]));
            if (i == 0 && char.IsAsciiLetterOrDigit(c)) Code(result, c);
            else if (WithBackslash.Contains(c, StringComparison.Ordinal)) result.Append('\\').Append(c);
            else if (c is >= '\t' and <= '\r') result.Append('\\').Append("tnvfr"[c - '\t']);
            else if (AsCode.Contains(c, StringComparison.Ordinal) || isLone || char.IsWhiteSpace(c) || c == '\ufeff') Code(result, c);
            else result.Append(c);
        }

        return result.ToString();
    }

    private static void Code(StringBuilder result, char c) =>
        result.Append(c < 256 ? "\\x" : "\\u").Append(((int)c).ToString(c < 256 ? "x2" : "x4", CultureInfo.InvariantCulture));
}
