using System.Collections.Concurrent;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Reading;

/// <summary>
/// Reads dates by Luxon's format tokens. A format is cut up once and kept. Where a token could take more or less of the
/// text, each place is tried once at most, and each try is a step, so that no format can hang.
/// </summary>
internal sealed class FormatReader
{
    public const int LongestFormat = 300;
    public const int LongestText = 1000;

    /// <summary>Formats are mostly constants of workflows; beyond so many half of them are forgotten.</summary>
    private const int FormatsKept = 512;

    private static readonly ConcurrentDictionary<(string Format, string Locale), FormatReader> Kept = new();

    private readonly TokenPattern[] _tokens;

    private FormatReader(string format, Locale locale) =>
        _tokens = FormatTokens.Of(format).SelectMany(t => Expanded(t, locale)).Select(t => TokenPattern.Of(t, locale)).ToArray();

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
        return Kept.GetOrAdd((format, locale.Name), new FormatReader(format, locale));
    }

    private ReadDate? Match(Run run, string text)
    {
        var lengths = new int[_tokens.Length];
        if (!Fits(run, text, 0, 0, lengths, [])) return null;
        var found = new Dictionary<char, string>();
        var numbers = new Dictionary<char, double>();
        var at = 0;
        for (var i = 0; i < _tokens.Length; i++)
        {
            var part = text.Substring(at, lengths[i]);
            at += lengths[i];
            if (_tokens[i].Letter == '\0') continue;
            found[_tokens[i].Letter] = part;
            numbers[_tokens[i].Letter] = _tokens[i].Number(part);
        }

        if (found.Count == 0) return null;
        if (found.ContainsKey('a') && found.ContainsKey('H')) throw run.RangeError("The format cannot have 'a' beside 'H': an hour of 24 has no AM and PM. 'h' is the hour of 12.");
        return new ReadDate(Parts(numbers), Zone(found, numbers), numbers.TryGetValue('Z', out var offset) ? offset : null);
    }

    /// <summary>Whether the tokens from one on take the text from a place to its end.</summary>
    /// <param name="failed">Places where they do not, by token.</param>
    private bool Fits(Run run, string text, int token, int at, int[] lengths, HashSet<(int Token, int At)> failed)
    {
        if (token == _tokens.Length) return at == text.Length;
        if (failed.Contains((token, at))) return false;
        foreach (var length in _tokens[token].Lengths(text, at))
        {
            run.Step();
            lengths[token] = length;
            if (Fits(run, text, token + 1, at + length, lengths, failed)) return true;
        }

        failed.Add((token, at));
        return false;
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
