using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Expressions.Compilation;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Expressions.Parsing;
using LinkFlow.Engine.Expressions.Time;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions.Conformance.Time;

/// <summary>Dates come to what Luxon says; generate.mjs made the table.</summary>
public sealed class TimeConformanceTests
{
    private const string Sample = "DateTime.fromISO('2024-03-05T14:07:09.042Z', {zone: 'utc'})";

    /// <summary>Where LinkFlow does otherwise on purpose, and why.</summary>
    private static readonly Dictionary<string, string> Otherwise = LoadOtherwise();

    private static readonly ArrayValue Table = Resource("time-conformance.json").AsArray!;

    [Fact]
    public void Dates_come_to_what_Luxon_says()
    {
        List<string> wrong = [];
        foreach (var row in Table)
        {
            var (expression, expected) = (row["expression"].AsString!, row["result"].AsString!);
            if (Otherwise.ContainsKey(expression)) continue;
            var actual = Result(expression, row["zone"].AsString!);
            if (actual != expected) wrong.Add($"{row["zone"].AsString}: {expression}\n  Luxon    {expected}\n  LinkFlow {actual}");
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {Table.Count} rows differ:\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public void What_is_done_otherwise_is_in_the_table_and_does_differ()
    {
        foreach (var (expression, why) in Otherwise)
        {
            var row = Assert.Single(Table, r => r["expression"].AsString == expression);
            Assert.True(Result(expression, row["zone"].AsString!) != row["result"].AsString, $"{expression} is as in Luxon after all ({why})");
        }
    }

    private static string Result(string expression, string zone)
    {
        var text = "{{ (d => (" + expression + "))(" + Sample + ")\n}}";
        var scope = new ExpressionScope { Now = Language.Now, TimeZone = zone, Limits = Language.Unhurried };
        try
        {
            var (root, _) = Compiler.Compile(Parser.Parse(text, Lexer.Read(text, 2)));
            var run = new Run(scope);
            return Show(run, root.Evaluate(new Frame(run, null, 0)));
        }
        catch (ExpressionException)
        {
            return "throws";
        }
    }

    /// <summary>As show() in generate.mjs.</summary>
    private static string Show(Run run, Value value) => value switch
    {
        { IsNumber: true } when value.AsNumber == 0 && double.IsNegative(value.AsNumber) => "-0",
        { IsString: true } => JsonPrinter.Print(run, value).AsString!,
        { AsArray: { } array } => "[" + string.Join(",", array.Select(v => Show(run, v))) + "]",
        { AsObject: { } o } => "{" + string.Join(",", o.Select(p => JsonPrinter.Print(run, p.Key).AsString + ":" + Show(run, p.Value))) + "}",
        { AsOther: DateTimeValue time } => $"{IsoFormat.Print(time)} {time.Zone.Name} {time.Locale.Name}",
        { AsOther: DurationValue duration } => $"duration {Show(run, duration.ToObject())}",
        { AsOther: IntervalValue interval } => $"interval {interval.ToJson(run).AsString}",
        { AsOther: DateValue date } => $"date {JavaScriptNumber.ToString(date.Millis)}",
        _ => Coercion.ToString(run, value),
    };

    private static Dictionary<string, string> LoadOtherwise() =>
        Resource("time-otherwise.json").AsObject!.SelectMany(why => why.Value.AsArray!.Select(e => (Expression: e.AsString!, Why: why.Key))).ToDictionary(p => p.Expression, p => p.Why);

    private static Value Resource(string name)
    {
        using var stream = typeof(TimeConformanceTests).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return JsonText.Parse(bytes.ToArray());
    }
}
