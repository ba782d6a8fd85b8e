using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Nodes;

/// <summary><c>$('x')</c>: which nodes must be looked up, what is shown, and how <c>.item</c> is followed back.</summary>
public class NodeViewTests
{
    private const string Chain = "start > a:step > b:step > it:it";

    [Theory]
    [InlineData("plain", "")]
    [InlineData("{{ $json.n }}", "")]
    [InlineData("{{ $('a').first() }}", "a")]
    [InlineData("{{ $('a').all()[0].json.x + $('zz').isExecuted }}", "a")]
    [InlineData("{{ $('a').item.json.x }}", "a")]
    [InlineData("{{ $($json.which).first() }}", "start a b")]
    [InlineData("{{ $(`a${$json.n}`).first() }}", "start a b")]
    [InlineData("{{ [$].map(f => f('a').first()) }}", "start a b")]
    [InlineData("{{ Object.keys($node) }}", "start a b")]
    public void Only_what_expressions_name_is_looked_up(string parameter, string nodes)
    {
        var plan = Test(parameter, Chain).Plan();

        Assert.Equal(nodes, string.Join(' ', NodeRunner.ReferencedNodes(plan, plan.Find("it")!).Select(i => plan.Nodes[i].Id)));
    }

    [Theory]
    [InlineData("{{ $('a').params.p }}{{ $('a').isExecuted }}{{ $('a').name }}", "")]
    [InlineData("{{ $('a').first().json.x }}", "a")]
    [InlineData("{{ $(`a`)['first']().json.x }}", "a")]
    [InlineData("{{ (() => { const {first} = $('a'); return 1; })() }}", "a b")]
    [InlineData("{{ (() => { const a = $('a'); return a.last().json.x; })() }}", "a b")]
    [InlineData("{{ $('a').item.json.x }}", "b a")]
    [InlineData("{{ $node['a'].json.x }}", "b a")]
    [InlineData("{{ $('b').item.json.y ?? 1 }}", "b")]
    [InlineData("{{ $('side').isExecuted }}", "")]
    [InlineData("{{ $(['a'][0]).first().json.x }}", "start a b")]
    public async Task Only_what_expressions_use_is_loaded(string parameter, string nodes)
    {
        var test = Test(parameter, "start > a:step > b:step > it:it; start > side:step", source: "b");
        await EvaluateAsync(test, ("start", 9, "[{}]", []), ("a", 10, """[{"json":{"x":1},"pairedItem":[{"input":0,"item":0}]}]""", ["start"]), ("b", 11, Paired, ["a"]));

        Assert.Equal(nodes, string.Join(' ', test.Loads.Select(p => p.Seq).Distinct().Select(seq => ((NodeCompleted)test.Events[seq]).Node)));
    }

    [Fact]
    public void A_compensation_may_refer_to_every_node()
    {
        var plan = Test("{{ $($json.a).item.json.x }}", "start > a:step; it:it").Plan();

        Assert.Equal([0, 1], NodeRunner.ReferencedNodes(plan, plan.Find("it")!));
    }

    [Theory]
    [InlineData("{{ $('a').first().json.x }}", "1")]
    [InlineData("{{ $('a').last().json.x }}", "3")]
    [InlineData("{{ $('a').all().length }}", "3")]
    [InlineData("{{ $('a').all(0, 0).length }}", "3")]
    [InlineData("{{ $('a').all(undefined, 1).length }}", "EXPRESSION_ERROR Of 'a' this node sees run 0 and no other; it cannot see run 1 in 'it' → p at 10: $('a').all(undefined, 1).length")]
    [InlineData("{{ $('a').isExecuted }}", "true")]
    [InlineData("{{ $('b').isExecuted }}", "false")]
    public async Task A_node_shows_its_items(string parameter, string value) =>
        Assert.Equal(value, await EvaluateAsync(Test(parameter, Chain), ("a", 10, """[{"x":1},{"x":2},{"x":3}]""", [])));

    [Fact]
    public async Task An_item_is_followed_over_any_number_of_nodes()
    {
        var test = Test("{{ $('a').item.json.x }}", Chain, source: "b");

        var value = await EvaluateAsync(test,
            ("a", 10, """[{"x":1},{"x":2},{"x":3}]""", ["start"]),
            ("b", 11, """[{"json":{},"pairedItem":[{"input":0,"item":2}]}]""", ["a"]));

        Assert.Equal("3", value);
    }

    [Fact]
    public async Task Two_ways_to_the_same_item_are_no_contradiction() =>
        Assert.Equal("1", await EvaluateAsync(Test("{{ $('a').item.json.x }}", Chain, source: "b"),
            ("a", 10, """[{"x":1},{"x":2}]""", ["start"]),
            ("b", 11, """[{"json":{},"pairedItem":[{"input":0,"item":0},{"input":0,"item":0}]}]""", ["a"])));

    [Fact]
    public async Task An_item_that_came_from_several_is_ambiguous()
    {
        var message = await EvaluateAsync(Test("{{ $('a').item.json.x }}", Chain, source: "b"),
            ("a", 10, """[{"x":1},{"x":2}]""", ["start"]),
            ("b", 11, """[{"json":{},"pairedItem":[{"input":0,"item":0},{"input":0,"item":1}]}]""", ["a"]));

        Assert.Contains("ambiguous", message, StringComparison.Ordinal);
        Assert.Contains("first()", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"json":{}}]""")]
    [InlineData("""[{"json":{},"pairedItem":[{"input":5,"item":0}]}]""")]
    [InlineData("""[{"json":{},"pairedItem":[{"input":0,"item":9}]}]""")]
    public async Task Where_the_origin_cannot_be_derived_item_is_an_error_that_names_the_node(string items)
    {
        var message = await EvaluateAsync(Test("{{ $('a').item.json.x }}", Chain, source: "b"), ("a", 10, """[{"x":1}]""", ["start"]), ("b", 11, items, ["a"]));

        Assert.StartsWith("EXPRESSION_ERROR $('a').item cannot be derived: 'b' does not say", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_node_is_an_error() =>
        Assert.StartsWith("EXPRESSION_ERROR", await EvaluateAsync(Test("{{ $('zz').first() }}", Chain)), StringComparison.Ordinal);

    [Fact]
    public async Task Data_that_is_gone_fails_the_attempt()
    {
        var test = Test("{{ $('a').first() }}", Chain);
        test.Visible["a"] = new VisibleRun(new("a", 0), [[new DataPart(RunnerTest.GoneSeq, "main", 0, 1)]], []);

        Assert.StartsWith("DATA_MISSING", await EvaluateAsync(test), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_the_shells_business()
    {
        var test = Test("{{ $('a').first() }}", Chain);
        test.Visible["a"] = new VisibleRun(new("a", 0), [[new DataPart(99, "main", 0, 1)]], []);

        await Assert.ThrowsAsync<KeyNotFoundException>(() => test.RunAsync());
    }

    private const string Paired = """[{"json":{},"pairedItem":[{"input":0,"item":0}]}]""";

    /// <param name="source">The node before, whose only item is the input.</param>
    private static RunnerTest Test(string parameter, string graph, string source = "start") => new()
    {
        Graph = graph, Node = n => n with { Parameters = new ObjectValue { { "p", parameter } } },
        Step = s => s with { Inputs = [new StepInput("main", [new DataPart(source == "b" ? 11 : 10, "main", 0, 1)], [new InputSource(source, "main", 0, 1)])] },
        Items = """[{"n":0}]""",
        Body = (c, _) => new(new NodeResult { Response = c.Parameter(0, "p") }),
    };

    /// <summary>The parameter's value as JSON, or code and message of the failure.</summary>
    private static async Task<string> EvaluateAsync(RunnerTest test, params (string Node, long Seq, string Items, string[] Sources)[] runs)
    {
        foreach (var (node, seq, items, sources) in runs)
        {
            test.Stored[seq] = items;
            var count = JsonText.Parse(items).AsArray!.Count;
            test.Visible[node] = new VisibleRun(new(node, 0), [[new DataPart(seq, "main", 0, count)]], []);
            test.Events[seq] = new NodeCompleted
            {
                Seq = seq, Node = node, Run = 0, Attempt = 1, Outputs = [new OutputData("main", new Payload(count, 0, default))],
                Inputs = [.. sources.Select(s => new InputSources("main", [new InputSource(s, "main", 0, 3) { Seq = runs.FirstOrDefault(r => r.Node == s).Seq }]))],
            };
        }

        return await test.RunAsync() switch
        {
            NodeCompleted completed => JsonText.Write(JsonText.Parse(completed.Response!.Inline.Span).AsArray![0]),
            NodeFailed failed => $"{failed.Error.Code} {failed.Error.Message}",
            var other => other.ToString(),
        };
    }
}
