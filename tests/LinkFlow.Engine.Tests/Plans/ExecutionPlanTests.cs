using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Plans;

public sealed class ExecutionPlanTests
{
    private const string Nested = "start > outer:loop; outer.loop > a > inner:loop; inner.loop > b > inner; inner.done > c > outer; outer.done > end";

    [Fact]
    public void Nodes_not_reachable_from_the_start_node_take_no_part()
    {
        var plan = Graph.Of("start > a; webhook > a; webhook > b").Plan();

        Assert.Equal(["start", "a"], plan.Nodes.Where(n => n.TakesPart).Select(n => n.Id));
        Assert.Equal(["start"], Sources(plan, "a"));
    }

    [Fact]
    public void Connections_keep_the_order_they_have_in_the_definition()
    {
        var plan = Graph.Of("start > b, a, c; a > end; b > end; c > end").Plan();

        Assert.Equal(["a", "b", "c"], Sources(plan, "end"));
        Assert.Equal(["b", "a", "c"], plan.StartNode.Outgoing.Select(c => plan.Nodes[c.Target].Id));
    }

    [Fact]
    public void Outputs_and_inputs_are_resolved_to_places()
    {
        var plan = Graph.Of("start > check; check.false > merge; check.true > merge").Plan();

        Assert.Equal([(1, 0), (0, 1)], plan.Find("merge")!.Incoming.Select(c => (c.SourceOutput, c.TargetInput)));
        Assert.Equal("input1 input2", string.Join(' ', plan.Find("merge")!.Inputs));
    }

    [Fact]
    public void A_back_edge_is_not_among_the_incoming_connections()
    {
        var plan = Graph.Of("start > loop; loop.loop > a > loop; loop.done > end").Plan();
        var loop = plan.Find("loop")!;

        Assert.Equal(["start"], Sources(plan, "loop"));
        Assert.Equal("a", plan.Nodes[Assert.Single(loop.BackEdges).Source].Id);
        Assert.True(Assert.Single(plan.Find("a")!.Outgoing).IsBackEdge);
    }

    [Fact]
    public void Loops_around_a_node_are_listed_outermost_first()
    {
        var plan = Graph.Of(Nested).Plan();

        Assert.Equal(["outer", "inner"], Ids(plan, plan.Find("b")!.Loops));
        Assert.Equal(["outer"], Ids(plan, plan.Find("inner")!.Loops));
        Assert.Empty(plan.Find("end")!.Loops);
    }

    [Fact]
    public void A_region_holds_nested_loops_but_not_their_bodies()
    {
        var plan = Graph.Of(Nested).Plan();

        Assert.Equal(["a", "inner", "c"], Ids(plan, plan.Find("outer")!.Region));
        Assert.Equal(["b"], Ids(plan, plan.Find("inner")!.Region));
    }

    [Theory]
    [InlineData("start > a", "a")]
    [InlineData("start > a > b; a > c", "b c")]
    [InlineData("start > loop; loop.loop > a > loop", "loop")]
    [InlineData("start > loop; loop.loop > a > loop; loop.done > end", "end")]
    [InlineData("start > loop; loop.loop > a > loop; a > log; loop.done > end", "end log")]
    public void A_sink_has_no_connection_from_it_and_a_loop_none_from_done(string graph, string sinks) =>
        Assert.Equal(sinks.Split(' '), Graph.Of(graph).Plan().Nodes.Where(n => n.IsSink).Select(n => n.Id).Order());

    [Theory]
    [InlineData("a", "log", true, true)]
    [InlineData("end", "a", false, false)]
    [InlineData("b", "end", false, true)]
    [InlineData("outer", "b", true, true)]
    [InlineData("inner", "end", false, true)]
    [InlineData("c", "a", false, true)]
    [InlineData("b", "b", false, true)]
    [InlineData("start", "start", false, false)]
    public void Paths_are_known_with_and_without_back_edges(string from, string to, bool forward, bool any)
    {
        var plan = Graph.Of(Nested + "; a > log").Plan();
        var (f, t) = (plan.Find(from)!.Index, plan.Find(to)!.Index);

        Assert.Equal((forward, any), (plan.HasForwardPath(f, t), plan.HasPath(f, t)));
    }

    [Fact]
    public void The_order_puts_each_node_behind_all_that_lead_to_it()
    {
        var plan = Graph.Of("start > c > b > a; start > a; webhook > x").Plan();

        Assert.Equal(["start", "c", "b", "a"], Ids(plan, plan.Order));
    }

    [Fact]
    public void An_error_output_comes_last()
    {
        var plan = Graph.Of("start > check; check.true > a").With("check", n => n with { OnError = OnError.ErrorOutput }).Plan();

        Assert.Equal("true false error", string.Join(' ', plan.Find("check")!.Outputs));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pinned_data_counts_in_manual_runs_only(bool isManual)
    {
        var pinned = Graph.Of("start > a") with { PinData = new ObjectValue { { "a", new ArrayValue() } } };

        Assert.Equal(isManual, pinned.Plan(isManual: isManual).Find("a")!.IsPinned);
    }

    [Theory]
    [InlineData("GET", Effect.Pure)]
    [InlineData("POST", Effect.External)]
    [InlineData("{{ $json.method }}", Effect.External)]
    public void An_effect_that_hangs_on_an_expression_is_the_widest(string method, Effect effect)
    {
        var plan = Graph.Of("start > ask:fetch").With("ask", new ObjectValue { { "method", method } }).Plan(registry: WithFetch);

        Assert.Equal(effect, plan.Find("ask")!.Effect);
    }

    [Fact]
    public void Without_a_retry_of_its_own_a_node_has_that_of_its_type()
    {
        var own = new RetryPolicy { MaxAttempts = 7 };
        var plan = Graph.Of("start > a:fetch > b:fetch > c").With("b", n => n with { Retry = own }).Plan(registry: WithFetch);

        Assert.Equal([null, 2, 7, null], plan.Nodes.Select(n => n.Retry?.MaxAttempts));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("Is called start", "a")]
    [InlineData("twice", null)]
    [InlineData("nobody", null)]
    public void A_node_is_found_by_id_or_by_a_name_that_only_one_has(string name, string? id)
    {
        var plan = Graph.Of("start > a > b > c")
            .With("start", n => n with { Name = "a" }).With("a", n => n with { Name = "Is called start" })
            .With("b", n => n with { Name = "twice" }).With("c", n => n with { Name = "twice" }).Plan();

        Assert.Equal(id, plan.FindByIdOrName(name)?.Id);
    }

    [Theory]
    [InlineData("start > a", "b", "The start node 'b' is not in the workflow.")]
    [InlineData("start > loop; loop.loop > a > loop", "a", "The start node 'a' is in the body of loop 'loop'")]
    [InlineData("start > a:nothing", "start", "Node 'a' has the type 'nothing', which is not known.")]
    [InlineData("start > a.input3", "start", "Node 'a' has no input 'input3'.")]
    [InlineData("start > a > b > a", "start", "a → b → a")]
    [InlineData("start > loop; loop.loop > a > loop; start > a", "start", "leads into the body of loop 'loop'")]
    public void A_definition_with_errors_makes_no_plan(string graph, string start, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => Graph.Of(graph).Plan(start));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static NodeRegistry WithFetch { get; } = new([.. TestNodes.Registry.All, new Fetch()]);

    private static IEnumerable<string> Sources(ExecutionPlan plan, string node) => Ids(plan, plan.Find(node)!.Incoming.Select(c => c.Source));

    private static IEnumerable<string> Ids(ExecutionPlan plan, IEnumerable<int> nodes) => nodes.Select(n => plan.Nodes[n].Id);

    /// <summary>External unless its method is GET; tried twice.</summary>
    private sealed class Fetch : INode
    {
        public NodeDescriptor Descriptor { get; } = new()
        {
            Type = "fetch",
            Name = "Fetch",
            Group = "test",
            Description = "",
            ParametersSchema = new ObjectValue { { "type", "object" } },
            Effect = Effect.External,
            EffectOf = p => p["method"] == "GET" ? Effect.Pure : Effect.External,
            DefaultRetry = new RetryPolicy { MaxAttempts = 2 },
        };

        public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(new NodeResult());
    }
}
