using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Text;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>A regular expression made ready: shared by all uses of the same literal.</summary>
internal sealed class CompiledPattern
{
    private const int MaxLength = 5_000;

    private readonly string _translated;
    private readonly bool _isLinear;

    /// <summary>It says how often something may come, {2,5}: a short pattern can then mean a large machine.</summary>
    private readonly bool _counts;

    private readonly Regex _unlimited;

    /// <summary>Made when needed, for the time limit that was asked for last; nearly always it is the same.</summary>
    private Regex? _limited;

    private CompiledPattern(string source, string flags, string translated, IReadOnlyDictionary<string, int> names)
    {
        Source = source;
        Flags = flags;
        GroupNames = names;
        _translated = translated;
        _counts = HasCounts(source);
        _unlimited = Build(Regex.InfiniteMatchTimeout);
        _isLinear = _unlimited.Options.HasFlag(RegexOptions.NonBacktracking);
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
        if (flags.Any(f => !"dgimsuvy".Contains(f, StringComparison.Ordinal)) || flags.Distinct().Count() != flags.Length || (flags.Contains('u', StringComparison.Ordinal) && flags.Contains('v', StringComparison.Ordinal)))
            throw new ExpressionException(ExpressionErrorCodes.Syntax, $"The flags '{flags}' of a regular expression are not valid: each of d, g, i, m, s, u or v, and y can stand once.", position);
        if (pattern.Length > MaxLength) throw new ExpressionException(ExpressionErrorCodes.Limit, $"A regular expression has {pattern.Length} characters; at most {MaxLength} are allowed.", position);
        try
        {
            var (translated, names) = PatternTranslator.Translate(pattern, flags);
            return new CompiledPattern(pattern, string.Concat(flags.Order()), translated, names);
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
        var regex = IsBriefOn(text) ? _unlimited : Limited(run.Limits.MaxRegexTime);
        try
        {
            var match = PatternSearch.First(regex, text, start);
            run.Steps((match is not null ? match.Index + match.Length - start : text.Length - start) / 16);
            return match is not null && !(IsSticky && match.Index != start) ? match : null;
        }
        catch (RegexMatchTimeoutException)
        {
            throw run.Limit($"the regular expression /{Source}/ took more than {run.Limits.MaxRegexTime.TotalMilliseconds:N0} ms");
        }
    }

    /// <summary>So little work for the linear engine that a clock could only stop it because the machine is busy.</summary>
    private bool IsBriefOn(string text) => _isLinear && !_counts && (double)text.Length * Source.Length <= 200_000;

    private static bool HasCounts(string source)
    {
        for (var at = source.IndexOf('{', StringComparison.Ordinal); at >= 0; at = source.IndexOf('{', at + 1))
            if (at < 2 || source[at - 2] != '\\' || source[at - 1] is not ('p' or 'P' or 'u')) return true;
        return false;
    }

    private Regex Limited(TimeSpan limit)
    {
        var regex = _limited;
        if (regex is null || regex.MatchTimeout != limit) _limited = regex = Build(limit);
        return regex;
    }

    /// <summary>Linear time where the pattern allows it, else with backtracking and a time limit.</summary>
    private Regex Build(TimeSpan limit)
    {
        var options = RegexOptions.CultureInvariant | (Flags.Contains('i', StringComparison.Ordinal) ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            return new Regex(_translated, options | RegexOptions.NonBacktracking, limit);
        }
        catch (NotSupportedException)
        {
            return new Regex(_translated, options, limit);
        }
    }

    private static string Reason(ArgumentException e)
    {
        var message = e is RegexParseException parse ? parse.Error.ToString() : e.Message;
        return message.TrimEnd('.') + ".";
    }
}
