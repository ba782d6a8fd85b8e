using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Evaluation;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>A regular expression made ready: shared by all uses of the same literal.</summary>
internal sealed class CompiledPattern
{
    private const int MaxLength = 5_000;

    /// <summary>The longest time one search may take; a scope's own limit is at most this.</summary>
    private static readonly TimeSpan LongestSearch = TimeSpan.FromMilliseconds(100);

    private readonly Regex _regex;

    private CompiledPattern(string source, string flags, Regex regex, IReadOnlyDictionary<string, int> names)
    {
        Source = source;
        Flags = flags;
        _regex = regex;
        GroupNames = names;
    }

    public string Source { get; }
    public string Flags { get; }
    public bool IsGlobal => Flags.Contains('g', StringComparison.Ordinal);
    public bool IsSticky => Flags.Contains('y', StringComparison.Ordinal);

    /// <summary>Named groups and their numbers.</summary>
    public IReadOnlyDictionary<string, int> GroupNames { get; }

    /// <exception cref="ExpressionException">The pattern or its flags are not valid, or not supported.</exception>
    public static CompiledPattern Of(string pattern, string flags, int position)
    {
        if (flags.Any(f => !"dgimsuy".Contains(f, StringComparison.Ordinal)) || flags.Distinct().Count() != flags.Length)
            throw new ExpressionException(ExpressionErrorCodes.Syntax, $"The flags '{flags}' of a regular expression are not valid: each of d, g, i, m, s, u and y can stand once.", position);
        if (pattern.Length > MaxLength) throw new ExpressionException(ExpressionErrorCodes.Limit, $"A regular expression has {pattern.Length} characters; at most {MaxLength} are allowed.", position);
        try
        {
            var (translated, names) = PatternTranslator.Translate(pattern, flags);
            var options = RegexOptions.CultureInvariant | (flags.Contains('i', StringComparison.Ordinal) ? RegexOptions.IgnoreCase : RegexOptions.None);
            return new CompiledPattern(pattern, string.Concat(flags.Order()), Build(translated, options), names);
        }
        catch (ArgumentException e)
        {
            throw new ExpressionException(ExpressionErrorCodes.Syntax, $"The regular expression /{pattern}/ is not valid: {Reason(e)}", position);
        }
    }

    /// <summary>The first match at or behind a position; null when there is none.</summary>
    /// <exception cref="ExpressionException">It took too long.</exception>
    public Match? Match(Run run, string text, int start)
    {
        run.Steps(16);
        try
        {
            var match = _regex.Match(text, start);
            run.Steps((match.Success ? match.Index + match.Length - start : text.Length - start) / 16);
            return match.Success && !(IsSticky && match.Index != start) ? match : null;
        }
        catch (RegexMatchTimeoutException)
        {
            throw run.Limit($"the regular expression /{Source}/ took more than {LongestSearch.TotalMilliseconds:N0} ms");
        }
    }

    /// <summary>Linear time where the pattern allows it, else with backtracking and a time limit.</summary>
    private static Regex Build(string pattern, RegexOptions options)
    {
        try
        {
            return new Regex(pattern, options | RegexOptions.NonBacktracking, LongestSearch);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, options, LongestSearch);
        }
    }

    private static string Reason(ArgumentException e)
    {
        var message = e is RegexParseException parse ? parse.Error.ToString() : e.Message;
        return message.TrimEnd('.') + ".";
    }
}
