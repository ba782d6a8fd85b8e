using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions.Conformance.JmesPath;

/// <summary>Queries find what another implementation of the specification finds; generate.mjs made the table.</summary>
public sealed class JmesPathConformanceTests
{
    /// <summary>Where the specification, or LinkFlow on purpose, does otherwise than that implementation: what comes out here.</summary>
    private static readonly Value Otherwise = Resource("jmespath-otherwise.json");

    private static readonly ArrayValue Table = Resource("jmespath-conformance.json").AsArray!;
    private static readonly ExpressionScope Scope = Language.Scope() with { Items = [Item.Of(Resource("jmespath-data.json"))] };

    [Fact]
    public void Queries_find_what_the_specification_says()
    {
        List<string> wrong = [];
        foreach (var row in Table)
        {
            var query = row["query"].AsString!;
            var expected = Otherwise[query] is { IsUndefined: false } other ? other["result"] : row["throws"].IsBoolean ? Value.Undefined : row["result"];
            var actual = Result(query);
            if (actual != expected) wrong.Add($"{query}\n  expected {expected}\n  found    {actual}");
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {Table.Count} rows differ:\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public void What_is_done_otherwise_is_in_the_table_and_has_a_reason()
    {
        foreach (var (query, other) in Otherwise.AsObject!)
        {
            Assert.Single(Table, r => r["query"].AsString == query);
            Assert.NotEmpty(other["why"].AsString!);
        }
    }

    /// <summary>Undefined for an error.</summary>
    private static Value Result(string query)
    {
        try
        {
            return Template.Compile("{{ $jmespath($json, " + JsonText.Write(query) + ") }}").Evaluate(Scope);
        }
        catch (ExpressionException)
        {
            return Value.Undefined;
        }
    }

    private static Value Resource(string name)
    {
        using var stream = typeof(JmesPathConformanceTests).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return JsonText.Parse(bytes.ToArray());
    }
}
