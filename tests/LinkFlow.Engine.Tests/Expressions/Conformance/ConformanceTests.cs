using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Expressions.Compilation;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Expressions.Parsing;
using LinkFlow.Engine.Expressions.Time;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions.Conformance;

/// <summary>Expressions come to what Node.js says; generate.mjs made the table.</summary>
public sealed class ConformanceTests
{
    private static readonly Value Table = Load();

    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>();
        foreach (var row in Table["rows"].AsArray!) rows.Add(row["expression"].AsString!, row["result"].AsString!);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_expression_comes_to_what_Node_says(string expression, string expected) => Assert.Equal(expected, Result(expression));

    [Fact]
    public void The_table_is_of_several_hundred_rows() => Assert.True(Table["rows"].AsArray!.Count > 800);

    private static string Result(string expression)
    {
        var text = "{{ " + expression.Replace('⏎', '\n') + "\n}}";
        var scope = new ExpressionScope { Items = [Item.Of(Table["json"])], Now = Language.Now, Limits = Language.Unhurried };
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
    private static string Show(Run run, Value value) => value.Kind switch
    {
        ValueKind.Number when value.AsNumber == 0 && double.IsNegative(value.AsNumber) => "-0",
        ValueKind.String => JsonPrinter.Print(run, value).AsString!,
        ValueKind.Array => List(run, value.AsArray!),
        ValueKind.Object => "{" + string.Join(",", value.AsObject!.EnumerationOrder().Select(p => JsonPrinter.Print(run, p.Key).AsString + ":" + Show(run, p.Value))) + "}",
        ValueKind.Other => value.AsOther switch
        {
            FunctionValue => "function",
            DateValue date => $"date {JavaScriptNumber.ToString(date.Millis)}",
            RegexValue regex => $"regexp {regex.Print(run)}",
            CollectionValue collection => $"{collection.TypeName} {List(run, collection.Elements(run))}",
            ErrorValue error => $"error {error.Name}: {error.Get(run, "message").AsString}",
            MatchValue match => List(run, match.Elements(run)),
            var other => $"? {other}",
        },
        _ => Coercion.ToString(run, value),
    };

    private static string List(Run run, IEnumerable<Value> values) => "[" + string.Join(",", values.Select(v => Show(run, v))) + "]";

    private static Value Load()
    {
        using var stream = typeof(ConformanceTests).Assembly.GetManifestResourceStream("conformance.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return JsonText.Parse(bytes.ToArray());
    }
}
