using System.Text;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Expressions.Compilation;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Parsing;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions;

/// <summary>Broken dates, formats, options and queries end in a value or an error of the expression, never in another exception.</summary>
public sealed class TimeFuzzTests
{
    private static readonly string[] DatePieces = ["2024", "-", "03", "W", "05", "T", "14", ":", ".", "042", "Z", "+", "01", " ", "[Europe/Berlin]", "/", "P", "1", "D", "H", "GMT", "Mar", "Tue,", "99", "é", "٣", "𝟛", "\n", "000000000000000000000000000001", "[", "]"];
    private static readonly string[] FormatPieces = ["yyyy", "y", "yy", "MM", "M", "MMM", "LLLL", "d", "dd", "H", "hh", "a", "z", "ZZ", "ZZZ", "u", "kkkk", "W", "c", "EEE", "o", "q", "'", "''", " ", ".", "D", "ffff", "x", "X", "G", "😀", "İ", "ß"];
    private static readonly string[] QueryPieces = ["a", "b", ".", "[", "]", "*", "[*]", "[]", "[?", "{", "}", ":", ",", "|", "||", "&&", "!", "&", "@", "(", ")", "==", "<", "length(", "sort_by(", "map(", "max(", "to_string(", "`1`", "'x'", "\"q\"", "0", "-1", "::", "1:2", " ", "`", "'", "\"", "\\"];
    private static readonly string[] Values = ["0", "-1", "1e300", "NaN", "Infinity", "null", "undefined", "'x'", "'days'", "'de'", "{}", "[]", "{zone: 'Asia/Tokyo'}", "{days: 1e9}", "{unit: 'weeks'}", "{locale: 'fr'}", "['days', 'hours']", "$now", "Duration.fromObject({months: 1.5})", "Interval.after($now, {days: 3})", "new Date(NaN)", "x => x", "true", "$now.zone"];
    private static readonly string[] Targets = ["$now", "DateTime", "Duration", "Interval", "Duration.fromObject({hours: 36, days: -2})", "Interval.after($now, {days: 3})", "new Date(0)", "$now.zone", "DateTime.utc(9999, 12, 31)", "DateTime.utc(-9998, 1, 1)"];

    [Theory]
    [InlineData("DateTime.fromISO", 1)]
    [InlineData("DateTime.fromSQL", 2)]
    [InlineData("DateTime.fromRFC2822", 3)]
    [InlineData("DateTime.fromHTTP", 4)]
    [InlineData("Duration.fromISO", 5)]
    [InlineData("Interval.fromISO", 6)]
    [InlineData("new Date", 7)]
    [InlineData("(t => t.toDateTime())", 8)]
    public void Broken_dates_end_in_a_value_or_an_error(string reader, int seed) =>
        Fuzz(seed, 1500, 0, random => $"{reader}({JsonText.Write(Text(random, DatePieces))})");

    [Fact]
    public void Broken_formats_end_in_a_value_or_an_error() => Fuzz(21, 3000, 600, random =>
    {
        var format = JsonText.Write(Text(random, FormatPieces));
        return random.Next(3) == 0 ? $"$now.toFormat({format})" : $"DateTime.fromFormat($now.toFormat({format}) + {JsonText.Write(random.Next(2) == 0 ? "" : Text(random, DatePieces))}, {format})";
    });

    [Fact]
    public void Broken_queries_end_in_a_value_or_an_error() =>
        Fuzz(22, 6000, 200, random => $"$jmespath({{a: [1, {{b: 'x'}}], b: {{a: null}}}}, {JsonText.Write(Text(random, QueryPieces, most: 6))})");

    /// <summary>Every member of every kind of date, with arguments of every kind.</summary>
    [Fact]
    public void Members_end_in_a_value_or_an_error_whatever_they_are_given()
    {
        var names = Targets.ToDictionary(t => t, NamesOf);
        Fuzz(23, 12_000, 3000, random =>
        {
            var target = Targets[random.Next(Targets.Length)];
            var name = names[target][random.Next(names[target].Length)];
            var arguments = string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => Values[random.Next(Values.Length)]));
            return random.Next(8) == 0 ? $"{target}.{name}" : $"{target}.{name}({arguments})";
        });
    }

    private static string[] NamesOf(string target)
    {
        var scope = Language.Scope();
        var run = new Run(scope);
        var text = "{{ " + target + " }}";
        var (root, _) = Compiler.Compile(Parser.Parse(text, Lexer.Read(text, 2)));
        var value = (LanguageObject)root.Evaluate(new Frame(run, null, 0)).AsOther!;
        return [.. value.Methods.Names.Concat(value.Methods.Properties.Select(p => p.Name)).Order(StringComparer.Ordinal)];
    }

    private static string Text(Random random, string[] pieces, int most = 11)
    {
        var text = new StringBuilder();
        for (var i = random.Next(1, most + 1); i > 0; i--) text.Append(pieces[random.Next(pieces.Length)]);
        return text.ToString();
    }

    /// <param name="leastValues">So many must come out as values, or the pieces would test nothing.</param>
    private static void Fuzz(int seed, int count, int leastValues, Func<Random, string> next)
    {
        var random = new Random(seed);
        var scope = Language.Scope() with { TimeZone = "Europe/Berlin", Limits = new ExpressionLimits { MaxSteps = 50_000, MaxBytes = 500_000, MaxTime = TimeSpan.FromHours(1) } };
        var values = 0;
        for (var i = 0; i < count; i++)
        {
            var expression = next(random);
            try
            {
                JsonText.Write(Template.Compile("{{ " + expression + " }}").Evaluate(scope));
                values++;
            }
            catch (ExpressionException)
            {
                // The only way in which it may end, other than in a value.
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}, number {i}: {expression}\n{e}");
            }
        }

        Assert.InRange(values, leastValues, count);
    }
}
