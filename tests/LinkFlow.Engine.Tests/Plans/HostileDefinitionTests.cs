using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Plans;

/// <summary>Definitions made to be slow, huge or odd are judged like any other. The test run's own timeout is the bound on time.</summary>
public sealed class HostileDefinitionTests
{
    private static readonly DefinitionLimits Limits = new();

    [Fact]
    public void Ten_thousand_connections_between_five_hundred_nodes_are_planned()
    {
        var definition = Dense(500, 10_000, _ => "step");
        var plan = definition.Plan("n0");

        Assert.Empty(DefinitionValidation.Of(definition, TestNodes.Registry, Limits).Errors);
        Assert.Equal(10_000, plan.Nodes.Sum(n => n.Incoming.Length));
        Assert.True(plan.HasForwardPath(0, 499) && !plan.HasPath(499, 0));
    }

    [Fact]
    public void Loops_nested_a_hundred_deep_are_planned()
    {
        var depth = Enumerable.Range(1, 100);
        var text = "start > l1:loop; " + string.Join("; ", depth.Select(i => i < 100
            ? $"l{i}.loop > l{i + 1}:loop; l{i + 1}.done > l{i}"
            : $"l{i}.loop > body > l{i}"));
        var definition = Graph.Of(text);

        Assert.Empty(DefinitionValidation.Of(definition, TestNodes.Registry, Limits).Errors);
        Assert.Equal(depth.Select(i => $"l{i}"), definition.Plan().Find("body")!.Loops.Select(l => definition.Nodes[l].Id));
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("done")]
    [InlineData("both")]
    public void Loops_all_tangled_up_are_refused_with_a_bounded_number_of_errors(string outputs)
    {
        var definition = Dense(500, 10_000, i => i == 0 ? "start" : "loop");
        definition = definition with
        {
            Connections = [.. definition.Connections.Select((c, i) => c with
            {
                Source = i % 2 == 0 || c.Source == "n0" ? c.Source : c.Target,
                Target = i % 2 == 0 || c.Source == "n0" ? c.Target : c.Source,
                SourceOutput = c.Source == "n0" ? "main" : outputs == "both" ? (i % 3 == 0 ? "loop" : "done") : outputs == "done" ? "done" : "loop",
            })],
        };

        Assert.InRange(DefinitionValidation.Of(definition, TestNodes.Registry, Limits).Errors.Count, 1, 500);
    }

    [Fact]
    public void A_cycle_through_everything_is_named()
    {
        var ring = Graph.Of("start > " + string.Join(" > ", Enumerable.Range(0, 498).Select(i => $"s{i}")) + " > s0");
        var error = Assert.Single(DefinitionValidation.Of(ring, TestNodes.Registry, Limits).Errors);

        Assert.Contains("s0 → s1 → ", error.Message, StringComparison.Ordinal);
        Assert.Contains(" → s497 → s0.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_connections_to_nowhere_are_told_without_guessing_at_each()
    {
        var definition = Dense(500, 10_000, _ => "step");
        definition = definition with { Connections = [.. definition.Connections.Select((c, i) => c with { Target = new string('x', 90) + i })] };

        Assert.Equal(500, DefinitionValidation.Of(definition, TestNodes.Registry, Limits).Errors.Count);
    }

    [Fact]
    public void Too_many_nodes_are_told_with_the_bound()
    {
        var error = Assert.Single(DefinitionValidation.Of(Dense(612, 611, _ => "step"), TestNodes.Registry, Limits).Errors);

        Assert.Equal(("TOO_MANY_NODES", "/nodes", "The workflow has 612 nodes; at most 500 are allowed. Move a part into a sub-workflow."), (error.Code, error.Pointer, error.Message));
    }

    [Fact]
    public void Far_too_many_nodes_or_connections_are_told_and_nothing_else()
    {
        var definition = Dense(2_000, 30_000, _ => "unknown");

        Assert.Equal(["TOO_MANY_NODES", "TOO_MANY_CONNECTIONS"], DefinitionValidation.Of(definition, TestNodes.Registry, Limits).Errors.Select(e => e.Code));
    }

    [Fact]
    public void Deep_parameters_are_walked()
    {
        var deep = new string('[', 190) + "1" + new string(']', 190);
        var definition = Graph.Of("start > a").With("a", new ObjectValue { { "x", JsonText.Parse(deep) } });

        Assert.Empty(DefinitionValidation.Of(definition, TestNodes.Registry, Limits).Errors);
    }

    [Fact]
    public void A_body_full_of_wrong_fields_gives_a_bounded_number_of_errors()
    {
        var fields = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"field{i}\":1"));
        var errors = new List<FieldError>();
        WorkflowDefinitionJson.Read(JsonText.Parse($$"""{"nodes":[{"id":"a","type":"b",{{fields}}}],"connections":[{{string.Join(',', Enumerable.Repeat("7", 9_000))}}]}"""), errors);

        Assert.Equal(500, errors.Count);
    }

    [Fact]
    public void Random_JSON_is_read_without_anything_thrown()
    {
        var random = new Random(20261121);
        for (var i = 0; i < 5_000; i++)
        {
            var errors = new List<FieldError>();
            var definition = WorkflowDefinitionJson.Read(RandomValue(random, 0), errors);
            var again = WorkflowDefinitionJson.Read(WorkflowDefinitionJson.Write(definition), new List<FieldError>());
            Assert.True(DefinitionDiff.Between(definition, again).IsEmpty);
            Assert.InRange(DefinitionValidation.Of(definition, TestNodes.Registry, Limits).Errors.Count, 0, 500);
        }
    }

    private static Value RandomValue(Random random, int depth)
    {
        string[] names = ["nodes", "connections", "settings", "pinData", "id", "type", "name", "parameters", "retry", "source", "target", "sourceOutput", "compensateWith", "jitter", "timezone"];
        string[] words = ["a", "b", "start", "loop", "step", "merge", "main", "done", "", "\0", "continue", new('x', 200)];
        return random.Next(depth > 4 ? 5 : 9) switch
        {
            0 => Value.Null,
            1 => random.Next(2) == 0,
            2 => random.Next(-3, 1000) / (random.Next(2) + 1.0),
            3 or 4 => words[random.Next(words.Length)],
            5 or 6 => new ArrayValue(Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth + 1))),
            _ => Enumerable.Range(0, random.Next(8)).Aggregate(new ObjectValue(), (o, _) => o.Set(names[random.Next(names.Length)], RandomValue(random, depth + 1))),
        };
    }

    /// <summary>A graph whose connections all lead forwards: first to every node from the one before, then at random.</summary>
    private static WorkflowDefinition Dense(int nodes, int connections, Func<int, string> type)
    {
        var random = new Random(42);
        var edges = new HashSet<Connection>(Enumerable.Range(1, nodes - 1).Select(i => new Connection($"n{i - 1}", $"n{i}")));
        while (edges.Count < connections)
        {
            var target = random.Next(1, nodes);
            edges.Add(new Connection($"n{random.Next(target)}", $"n{target}"));
        }

        return new WorkflowDefinition
        {
            Nodes = [.. Enumerable.Range(0, nodes).Select(i => new NodeDefinition { Id = $"n{i}", Name = $"n{i}", Type = i == 0 ? "start" : type(i) })],
            Connections = [.. edges],
        };
    }
}
