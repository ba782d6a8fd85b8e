using System.Diagnostics;
using System.Text.RegularExpressions;

namespace LinkFlow.Engine.Text;

/// <summary>Searches with regular expressions within their time limit.</summary>
public static class PatternSearch
{
    /// <summary>The first match at or behind a position; null when there is none.</summary>
    /// <exception cref="RegexMatchTimeoutException">It took longer than the expression's <see cref="Regex.MatchTimeout"/>.</exception>
    /// <remarks>
    /// The runtime's linear engine (<see cref="RegexOptions.NonBacktracking"/>), when its time is up, now and then
    /// answers that there is no match instead of throwing. So that answer counts only when it came in time.
    /// </remarks>
    public static Match? First(Regex regex, string text, int start = 0)
    {
        if (regex.MatchTimeout == Regex.InfiniteMatchTimeout || !regex.Options.HasFlag(RegexOptions.NonBacktracking)) return Found(regex.Match(text, start));
        var started = Stopwatch.GetTimestamp();
        var match = Found(regex.Match(text, start));
        if (match is null && Stopwatch.GetElapsedTime(started) >= regex.MatchTimeout / 2) throw new RegexMatchTimeoutException(text, regex.ToString(), regex.MatchTimeout);
        return match;
    }

    private static Match? Found(Match match) => match.Success ? match : null;
}
