using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Nodes;

/// <summary>What a node sees of its run, and how its parameters are evaluated.</summary>
public class NodeContextTests
{
    [Fact]
    public async Task Random_numbers_repeat_with_the_attempt_and_differ_by_item_and_call()
    {
        Assert.Equal(await DrawAsync(0), await DrawAsync(0));
        Assert.Equal(6, (await DrawAsync(0)).Concat(await DrawAsync(1)).Distinct().Count());
        Assert.All(await DrawAsync(0), number => Assert.InRange(number, 0, 0.9999999999999999));
    }

    [Fact]
    public async Task A_known_seed_gives_known_numbers() =>
        Assert.Equal(0.43461955113398776, (await DrawAsync(0))[0]);

    [Fact]
    public async Task A_known_place_gives_a_known_key() =>
        Assert.Equal("534ac12b287125a2e4b0e6abe77e68ca36ac80c011a79238a5342f830c6d6098", (await KeysAsync(s => s))[0]);

    [Fact]
    public async Task An_idempotency_key_is_the_same_over_attempts_and_differs_otherwise()
    {
        var first = await KeysAsync(s => s);
        var second = await KeysAsync(s => s with { Attempt = 2, Now = 9 });
        var otherRun = await KeysAsync(s => s with { Run = 1 });

        Assert.Equal(first, second);
        Assert.Equal(6, first.Concat(otherRun).Distinct().Count());
        Assert.All(first, key => Assert.Matches("^[0-9a-f]{64}$", key));
    }

    [Fact]
    public async Task Ports_of_the_host_are_lent()
    {
        string? lent = null;
        await new RunnerTest { Body = (c, _) => { lent = c.Service<string>(); return new(new NodeResult()); } }.RunAsync();

        Assert.Equal("lent", lent);
        Assert.Contains("Random", Assert.IsType<NodeFailed>(await new RunnerTest { Body = (c, _) => { c.Service<Random>(); return new(new NodeResult()); } }.RunAsync()).Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_sees_its_run()
    {
        var seen = "";
        await new RunnerTest
        {
            Step = s => s with { Run = 4, Attempt = 2 },
            Body = (c, _) => { seen = $"{c.ExecutionId} {c.WorkflowId} {c.Run} {c.Attempt} {c.Now} {c.Descriptor.Type} {string.Join(',', c.Outputs)}"; return new(new NodeResult()); },
        }.RunAsync();

        Assert.Equal("execution workflow 4 2 5000 it main", seen);
    }

    [Theory]
    [InlineData("{{ $json.n + 1 }}", "2")]
    [InlineData("{{ $itemIndex }}/{{ $runIndex }}", "\"1/0\"")]
    [InlineData("{{ $input.all().length }}", "3")]
    [InlineData("{{ $prevNode.name }}", "\"start\"")]
    [InlineData("plain", "\"plain\"")]
    public async Task A_parameter_is_evaluated_for_an_item(string parameter, string value) =>
        Assert.Equal(value, JsonText.Write(await EvaluateAsync(parameter)));

    [Fact]
    public async Task Nested_parameters_are_evaluated_too()
    {
        var parameter = new ObjectValue { { "a", new ArrayValue(["{{ $json.n }}", 5]) } };

        Assert.Equal("""{"a":[1,5]}""", JsonText.Write(await EvaluateAsync(parameter)));
    }

    [Theory]
    [InlineData("{{ $json.customer.name }}", "Cannot read 'name' of undefined in 'it' → p at ", ": $json.customer.name")]
    [InlineData("{{ $json.zz }}", "The value is undefined in 'it' → p at ", ": $json.zz")]
    public async Task An_error_says_node_parameter_position_and_expression(string parameter, string start, string end)
    {
        var error = await Assert.ThrowsAsync<NodeException>(() => EvaluateAsync(parameter));

        Assert.Equal("EXPRESSION_ERROR", error.Error.Code);
        Assert.StartsWith(start, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(end, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_names_the_nested_parameter()
    {
        var parameter = new ObjectValue { { "a", new ArrayValue(["ok", "{{ $json.zz }}"]) } };

        Assert.Contains("'it' → p.a.1 at", (await Assert.ThrowsAsync<NodeException>(() => EvaluateAsync(parameter))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_node_before_is_that_of_the_item()
    {
        var seen = new List<string>();
        await new RunnerTest
        {
            Graph = "start > a:step > it:it; start > check; check.true > it; check.false > it",
            Step = s => s with { Inputs = [new StepInput("main", [], [new InputSource("a", "main", 3, 1), new InputSource("check", "true", 0, 1), new InputSource("check", "false", 0, 1)])] },
            Body = (c, _) =>
            {
                seen.AddRange(c.Pending.Select(i => c.ScopeFor(i).Previous!.ToString()));
                return new(new NodeResult());
            },
        }.RunAsync();

        Assert.Equal([$"{new PreviousNode("a", 0, 3)}", $"{new PreviousNode("check", 0, 0)}", $"{new PreviousNode("check", 1, 0)}"], seen);
    }

    [Fact]
    public async Task A_start_node_has_none_before_it()
    {
        PreviousNode? previous = new("x", 0, 0);
        await new RunnerTest { Step = s => s with { Inputs = [] }, Body = (c, _) => { previous = c.ScopeFor(0).Previous; return new(new NodeResult()); } }.RunAsync();

        Assert.Null(previous);
    }

    [Fact]
    public async Task Lenient_paths_let_undefined_pass() =>
        Assert.True((await EvaluateAsync("{{ $json.a.b.c }}", lenient: true)).IsUndefined);

    private static async Task<double[]> DrawAsync(int item)
    {
        double[] drawn = [];
        await new RunnerTest { Body = (c, _) => { drawn = [c.NextRandom(item), c.NextRandom(item), c.NextRandom(item)]; return new(new NodeResult()); } }.RunAsync();
        return drawn;
    }

    private static async Task<string[]> KeysAsync(Func<RunNode, RunNode> step)
    {
        string[] keys = [];
        await new RunnerTest { Step = step, Body = (c, _) => { keys = [c.IdempotencyKey(0, 0), c.IdempotencyKey(0, 1), c.IdempotencyKey(1, 0)]; return new(new NodeResult()); } }.RunAsync();
        return keys;
    }

    private static async Task<Value> EvaluateAsync(Value parameter, bool lenient = false)
    {
        Value value = default;
        NodeException? thrown = null;
        var test = new RunnerTest
        {
            Node = n => n with { Parameters = new ObjectValue { { "p", parameter } } }, Workflow = w => w.With(s => s with { LenientPaths = lenient }),
            Body = (c, _) =>
            {
                try { value = c.Parameter(1, "p"); }
                catch (NodeException e) { thrown = e; }
                return new(new NodeResult());
            },
        };
        await test.RunAsync();
        return thrown is null ? value : throw thrown;
    }
}
