using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Reading;

/// <summary>Reads dates by Luxon's format tokens. A format becomes a pattern without backtracking once, and is kept.</summary>
internal sealed class FormatReader
{
    public const int LongestFormat = 300;
    public const int LongestText = 1000;

    /// <summary>Formats are mostly constants of workflows; beyond so many the oldest half is forgotten.</summary>
    private const int FormatsKept = 512;

    private static readonly ConcurrentDictionary<(string Format, string Locale), FormatReader> Kept = new();

    private readonly Regex _pattern;
    private readonly List<TokenPattern> _tokens;

    private FormatReader(string format, Locale locale)
    {
        _tokens = FormatTokens.Of(format).SelectMany(t => Expanded(t, locale)).Select(t => TokenPattern.Of(t, locale)).ToList();
        var pattern = new StringBuilder("^");
        for (var i = 0; i < _tokens.Count; i++) pattern.Append(CultureInfo.InvariantCulture, $"(?<t{i}>{_tokens[i].Pattern})");
        _pattern = new Regex(pattern.Append("\\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
    }

    /// <exception cref="ExpressionException">The text is not of that format, or no date.</exception>
    public static DateTimeValue Read(Run run, Value text, Value format, Value options)
    {
        var input = TimeArguments.ShortText(run, text, LongestText, "A date");
        var written = TimeArguments.ShortText(run, format, LongestFormat, "A format");
        var locale = TimeArguments.Locale(run, options, Locale.Default);
        run.Steps(input.Length + written.Length);
        return Of(run, written, locale).Match(run, input) is { } date
            ? date.ToDateTime(run, options)
            : throw run.RangeError($"{Properties.Describe(text)} is not a date of the format '{written}'.");
    }

    private static FormatReader Of(Run run, string format, Locale locale)
    {
        if (Kept.TryGetValue((format, locale.Name), out var kept)) return kept;
        run.Steps(1000);
        if (Kept.Count >= FormatsKept)
            foreach (var old in Kept.Keys.Take(FormatsKept / 2)) Kept.TryRemove(old, out _);
        return Kept.GetOrAdd((format, locale.Name), _ => new FormatReader(format, locale));
    }

    private ReadDate? Match(Run run, string text)
    {
        var match = _pattern.Match(text);
        if (!match.Success) return null;
        var found = new Dictionary<char, string>();
        var numbers = new Dictionary<char, double>();
        for (var i = 0; i < _tokens.Count; i++)
        {
            if (_tokens[i].Letter == '\0') continue;
            var part = match.Groups[i + 1].Value;
            found[_tokens[i].Letter] = part;
            numbers[_tokens[i].Letter] = _tokens[i].Number(part);
        }

        if (found.Count == 0) return null;
        if (found.ContainsKey('a') && found.ContainsKey('H')) throw run.RangeError("The format cannot have 'a' beside 'H': an hour of 24 has no AM and PM. 'h' is the hour of 12.");
        return new ReadDate(Parts(numbers), Zone(found, numbers), numbers.TryGetValue('Z', out var offset) ? offset : null);
    }

    private static ZoneValue? Zone(Dictionary<char, string> found, Dictionary<char, double> numbers) =>
        found.TryGetValue('z', out var name) ? ZoneValue.Of(name) : numbers.TryGetValue('Z', out var offset) ? ZoneValue.Fixed(offset) : null;

    private static DateParts Parts(Dictionary<char, double> numbers)
    {
        if (numbers.TryGetValue('q', out var quarter)) numbers['M'] = (quarter - 1) * 3 + 1;
        if (numbers.TryGetValue('h', out var hour) && numbers.TryGetValue('a', out var half))
            numbers['h'] = hour < 12 && half == 1 ? hour + 12 : hour == 12 && half == 0 ? 0 : hour;
        if (numbers.TryGetValue('G', out var era) && era == 0 && numbers.TryGetValue('y', out var year)) numbers['y'] = -year;
        if (numbers.TryGetValue('u', out var millis)) numbers['S'] = millis;
        (char Letter, string Part)[] parts = [('S', "millisecond"), ('s', "second"), ('m', "minute"), ('h', "hour"), ('H', "hour"), ('d', "day"), ('o', "ordinal"), ('L', "month"), ('M', "month"), ('y', "year"), ('E', "weekday"), ('c', "weekday"), ('W', "weekNumber"), ('k', "weekYear")];
        var date = new DateParts();
        foreach (var (letter, part) in parts)
            if (numbers.TryGetValue(letter, out var number)) date[part] = number;
        return date;
    }

    /// <summary>Short forms such as DD are read as the tokens that they stand for.</summary>
    private static IEnumerable<FormatToken> Expanded(FormatToken token, Locale locale) => token.IsLiteral || FormatTokens.Macro(token.Text) is not { } macro
        ? [token]
        : FormatTokens.Of(LocaleFormat.Pattern(locale, macro)).Select(t => (t.IsLiteral, t.Text) switch
        {
            (true, _) when string.IsNullOrWhiteSpace(t.Text) => new FormatToken(" ", false),
            (true, _) => t,
            (_, "y") => new FormatToken("yyyyy", false),
            (_, "z") => new FormatToken("ZZZ", false),
            _ => t,
        });
}
