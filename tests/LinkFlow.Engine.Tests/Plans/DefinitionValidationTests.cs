using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Plans;

public sealed class DefinitionValidationTests
{
    [Theory]
    [InlineData("start")]
    [InlineData("start > a > b; a > c; b > d; c > d")]
    [InlineData("start > check; check.true > a; check.false > merge; a > merge; merge > end")]
    [InlineData("start > loop; loop.loop > a > loop; loop.done > end")]
    [InlineData("start > loop; loop.loop > a, b; a > loop; b > loop; a > log; loop.done > end")]
    [InlineData("start > loop1; loop1.loop > loop2; loop2.loop > a > loop2; loop2.done > loop1; loop1.done > end")]
    [InlineData("start > loop1; loop1.loop > a > loop1; loop1.done > loop2; loop2.loop > b > loop2; loop2.done > end")]
    [InlineData("start > wait; wait.timeout > a; wait > b; webhook > a")]
    public void A_sound_graph_has_neither_errors_nor_warnings(string graph)
    {
        var validation = Validate(Graph.Of(graph));

        Assert.Empty(validation.Errors);
        Assert.Empty(validation.Warnings);
    }

    [Theory]
    [InlineData("a > b", "NO_TRIGGER", "/nodes", "The workflow has no trigger. Add one, e.g. a node of type start or webhook.")]
    [InlineData("start > a:stpe", "UNKNOWN_NODE_TYPE", "/nodes/1/type", "Node 'a' has the type 'stpe', which is not known. Did you mean 'step'?")]
    [InlineData("start > a.mian", "UNKNOWN_INPUT", "/connections/0/targetInput", "Node 'a' has no input 'mian'. It has main. Did you mean 'main'?")]
    [InlineData("start > check; check > a", "UNKNOWN_OUTPUT", "/connections/1/sourceOutput", "Node 'check' has no output 'main'. It has true, false.")]
    [InlineData("start > a; a.error > b", "UNKNOWN_OUTPUT", "/connections/1/sourceOutput", "Node 'a' has no output 'error'. It has one when its onError is errorOutput.")]
    [InlineData("start > merge.main", "UNKNOWN_INPUT", "/connections/0/targetInput", "Node 'merge' has no input 'main'. It has input1, input2.")]
    [InlineData("start > a > webhook", "TRIGGER_HAS_INPUT", "/connections/1/target", "The connection from 'a' to 'webhook' leads into a trigger; triggers start a workflow and have no inputs.")]
    [InlineData("start > a; start > a", "DUPLICATE_CONNECTION", "/connections/1", "The connection from 'start' to 'a' is there twice: it is also /connections/0. Remove one of them.")]
    [InlineData("start > a > a", "SELF_CONNECTION", "/connections/1", "Node 'a' is connected to itself. Only a loop node repeats what is behind it.")]
    [InlineData("start > loop; loop.loop > loop; loop.loop > b > loop", "SELF_CONNECTION", "/connections/1", "Loop 'loop' is connected to itself. Put at least one node between its output loop and its input.")]
    [InlineData("start > a > b > c > a", "CYCLE", "/connections/3", "These nodes form a cycle: a → b → c → a. Only a connection back to a loop node may close a cycle.")]
    [InlineData("start > loop; loop.loop > a > loop; loop.done > b > loop", "CYCLE", "/connections/4", "These nodes form a cycle: loop → b → loop. What a loop repeats starts at its output loop: connect 'b' to output loop of 'loop'.")]
    [InlineData("start > loop; loop.loop > a > b > loop; start > b", "LOOP_ENTERED", "/connections/4", "The connection from 'start' to 'b' leads into the body of loop 'loop', which is entered only by output loop of 'loop'. Connect it to 'loop' itself, or 'b' to done of 'loop'.")]
    [InlineData("start > loop; loop.loop > a; loop.done > a > loop", "LOOP_ENTERED", "/connections/2", "The connection from 'loop' (done) to 'a' leads into the body of loop 'loop', which is entered only by output loop of 'loop'. Connect it to 'loop' itself, or 'a' to done of 'loop'.")]
    [InlineData("start > loop; loop.loop > a > loop; a > end; loop.done > end", "LOOP_LEFT", "/connections/3", "The connection from 'a' to 'end' leaves the body of loop 'loop', which is left only by a connection back to the loop. Connect 'end' to done of 'loop', which has the results of all rounds.")]
    [InlineData("start > loop1; loop1.loop > loop2; loop2.loop > a > loop1; loop2.done > loop1; loop1.done > end; a > loop2", "LOOPS_OVERLAP", "/connections/3", "The connection from 'a' to 'loop1' leads out of the body of loop 'loop2' into loop 'loop1' around it. Connect it back to 'loop2', and done of 'loop2' to 'loop1'.")]
    [InlineData("start > loop1; loop1.loop > a > loop1; loop1.done > loop2; loop2.loop > b > loop2; b > a", "LOOP_ENTERED", "/connections/6", "The connection from 'b' to 'a' leads into the body of loop 'loop1', which is entered only by output loop of 'loop1'.")]
    [InlineData("start > loop1, loop2; loop1.loop > x; loop2.loop > b > loop2; b > x", "LOOPS_OVERLAP", "/connections/5", "The connection from 'b' to 'x' leads from the body of loop 'loop2' into the body of loop 'loop1'. The bodies of two loops must be nested or have no node in common.")]
    public void An_error_names_what_is_wrong_where_and_what_would_be_right(string graph, string code, string pointer, string message)
    {
        var error = Assert.Single(Validate(Graph.Of(graph)).Errors);

        Assert.Equal(code, error.Code);
        Assert.Equal(pointer, error.Pointer);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("start > a", "start", "merg", "UNKNOWN_NODE", "/connections/1/target", "Node 'start' is connected to 'merg', and no node has that id.")]
    [InlineData("start > merge", "start", "merg", "UNKNOWN_NODE", "/connections/1/target", "Node 'start' is connected to 'merg', and no node has that id. Did you mean 'merge'?")]
    [InlineData("start > a", "strat", "a", "UNKNOWN_NODE", "/connections/1/source", "A connection to 'a' comes from 'strat', and no node has that id. Did you mean 'start'?")]
    public void A_connection_with_an_unknown_end_is_told(string graph, string source, string target, string code, string pointer, string message)
    {
        var definition = Graph.Of(graph);
        definition = definition with { Connections = [.. definition.Connections, new Connection(source, target)] };

        Assert.Equal([(code, pointer, message)], Validate(definition).Errors.Select(e => (e.Code, e.Pointer, e.Message)));
    }

    [Theory]
    [InlineData("start; a", "UNREACHABLE_NODE", "/nodes/1", "Nothing is connected to node 'a', so it never runs.")]
    [InlineData("start; a > b", "UNREACHABLE_NODE", "/nodes/2", "No trigger leads to node 'b', so it never runs.")]
    [InlineData("start > loop; loop.done > a", "LOOP_WITHOUT_BODY", "/nodes/1", "Nothing is connected to output loop of 'loop', so its rounds do nothing.")]
    [InlineData("start > loop; loop.loop > a", "LOOP_WITHOUT_BACK_EDGE", "/nodes/1", "Nothing in the body of loop 'loop' is connected back to it, so its rounds have no results and done gets none.")]
    [InlineData("start > respond", "RESPOND_WITHOUT_WEBHOOK", "/nodes/1", "Node 'respond' answers a webhook, and no webhook has the responseMode respondNode. Its answer will only be the execution's output.")]
    public void What_is_odd_but_possible_is_a_warning(string graph, string code, string pointer, string message)
    {
        var validation = Validate(Graph.Of(graph));

        Assert.Empty(validation.Errors);
        Assert.Contains((code, pointer, message), validation.Warnings.Select(w => (w.Code, w.Pointer, w.Message)));
    }

    [Fact]
    public void Each_cycle_is_told_and_other_errors_with_them()
    {
        var validation = Validate(Graph.Of("start > a > b > a; start > c > d > e > c; x > f:foo; f > f"));

        Assert.Equal(["UNKNOWN_NODE_TYPE", "SELF_CONNECTION", "CYCLE", "CYCLE"], validation.Errors.Select(e => e.Code));
        Assert.Contains("c → d → e → c", validation.Errors[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_behind_a_cycle_are_not_mistaken_for_it()
    {
        var error = Assert.Single(Validate(Graph.Of("start > a > b > a; b > c > d")).Errors);

        Assert.Contains(": a → b → a.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_connections_that_leave_a_body_are_told()
    {
        var validation = Validate(Graph.Of("start > loop; loop.loop > a > loop; a > x > end; a > y > end; loop.done > end; start > log; a > log"));

        Assert.Equal(["/connections/3", "/connections/5", "/connections/9"], validation.Errors.Select(e => e.Pointer));
        Assert.All(validation.Errors, e => Assert.Equal("LOOP_LEFT", e.Code));
    }

    [Fact]
    public void Overlap_of_three_loops_is_told_once_per_connection()
    {
        var validation = Validate(Graph.Of("start > loop1; loop1.loop > loop2; loop2.loop > loop3; loop3.loop > a > loop1; loop3.done > loop2; loop2.done > loop1"));

        Assert.Equal(["/connections/4"], validation.Errors.Select(e => e.Pointer));
    }

    [Theory]
    [InlineData("start > loop1; loop1.loop > loop2; loop2.loop > a > loop2; loop2.done > b > loop1; a > b", "LOOP_LEFT", "/connections/6")]
    [InlineData("start > loop1; loop1.loop > loop2; loop2.loop > a > loop2; a > c > loop1; loop2.done > loop1", "LOOPS_OVERLAP", "/connections/5")]
    [InlineData("start > loop1; loop1.loop > loop2; loop2.loop > loop1", "LOOPS_OVERLAP", "/connections/2")]
    [InlineData("loop2.loop > a > loop1; loop1.loop > loop2; start > loop1", "LOOPS_OVERLAP", "/connections/1")]
    public void A_way_from_an_inner_body_to_the_loop_around_it_is_one_error(string graph, string code, string pointer) =>
        Assert.Equal([(code, pointer)], Validate(Graph.Of(graph)).Errors.Select(e => (e.Code, e.Pointer)));

    [Fact]
    public void A_node_behind_two_bodies_is_told_for_both()
    {
        var validation = Validate(Graph.Of("start > loop1, loop2; loop1.loop > a > loop1; a > x; loop2.loop > b > loop2; b > x"));

        Assert.Equal([("LOOP_LEFT", "/connections/4"), ("LOOP_LEFT", "/connections/7")], validation.Errors.Select(e => (e.Code, e.Pointer)));
    }

    [Fact]
    public void A_node_in_two_bodies_without_a_way_back_is_told()
    {
        var validation = Validate(Graph.Of("start > loop; loop.loop > a; loop.done > a"));

        Assert.Equal([("LOOP_ENTERED", "/connections/2")], validation.Errors.Select(e => (e.Code, e.Pointer)));
    }

    [Fact]
    public void An_error_output_may_be_connected_where_onError_says_so() =>
        Assert.Empty(Validate(Graph.Of("start > a; a.error > b").With("a", n => n with { OnError = OnError.ErrorOutput })).Errors);

    [Fact]
    public void Two_nodes_with_one_id_or_one_name_are_told()
    {
        var definition = Graph.Of("start > a > b > c").With("b", n => n with { Name = "a" }).With("c", n => n with { Id = "a", Name = "z" });

        Assert.Equal(["DUPLICATE_NODE_ID", "DUPLICATE_NODE_NAME", "UNKNOWN_NODE"], Validate(definition).Errors.Select(e => e.Code));
        Assert.Equal("Two nodes have the id 'a': /nodes/1 and /nodes/3. Give one of them another.", Validate(definition).Errors[0].Message);
    }

    [Fact]
    public void A_name_that_is_the_id_of_another_node_is_a_warning() =>
        Assert.Equal(["NAME_IS_AN_ID"], Validate(Graph.Of("start > a > b").With("a", n => n with { Name = "b" }).With("b", n => n with { Name = "c" })).Warnings.Select(w => w.Code));

    [Theory]
    [InlineData("", "is empty; 1 to 128 characters are needed.")]
    [InlineData("a\nb", "holds control characters.")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789", "has 130 characters; at most 128 are allowed.")]
    public void Names_have_bounds(string name, string fault)
    {
        var definition = Graph.Of("start > a").With("a", n => n with { Name = name });

        Assert.Equal([("INVALID_NODE_NAME", $"The name of node 'a' {fault}")], Validate(definition).Errors.Select(e => (e.Code, e.Message)));
    }

    [Fact]
    public void An_empty_id_is_told() =>
        Assert.Contains(Validate(new WorkflowDefinition { Nodes = [new NodeDefinition { Id = "", Name = "x", Type = "start" }] }).Errors, e => e.Code == "INVALID_NODE_ID");

    [Fact]
    public void A_version_that_its_type_never_had_is_told()
    {
        var error = Assert.Single(Validate(Graph.Of("start > a").With("a", n => n with { TypeVersion = 2 })).Errors);

        Assert.Equal(("UNKNOWN_TYPE_VERSION", "/nodes/1/typeVersion"), (error.Code, error.Pointer));
    }

    [Fact]
    public void Disabled_triggers_alone_cannot_start_a_workflow() =>
        Assert.Equal(["All triggers of the workflow are disabled. Enable one."], Validate(Graph.Of("start > a").With("start", n => n with { Disabled = true })).Errors.Select(e => e.Message));

    [Theory]
    [InlineData("undo", null)]
    [InlineData("udno", "UNKNOWN_COMPENSATION")]
    [InlineData("a", "INVALID_COMPENSATION")]
    [InlineData("start", "INVALID_COMPENSATION")]
    [InlineData("merge", "INVALID_COMPENSATION")]
    [InlineData("b", "COMPENSATION_HAS_CONNECTIONS")]
    public void A_compensation_is_another_ordinary_node_without_connections(string undo, string? code)
    {
        var definition = Graph.Of("start > a > b; undo; merge").With("a", n => n with { CompensateWith = undo });

        Assert.Equal(code, Validate(definition).Errors.SingleOrDefault()?.Code);
        Assert.Equal(undo != "undo", Validate(definition).Warnings.Any(w => w.NodeId == "undo"));
    }

    [Fact]
    public void Pinned_data_of_an_unknown_node_is_a_warning()
    {
        var definition = Graph.Of("start > fetch") with { PinData = new ObjectValue { { "ftech", new ArrayValue() }, { "fetch", new ArrayValue() } } };

        Assert.Equal([("UNKNOWN_PINNED_NODE", "/pinData/ftech")], Validate(definition).Warnings.Select(w => (w.Code, w.Pointer)));
    }

    [Theory]
    [InlineData("respondNode", "start; webhook > a", "RESPOND_NODE_MISSING")]
    [InlineData("respondNode", "webhook > a; start > respond", "RESPOND_NODE_MISSING")]
    [InlineData("respondNode", "webhook > a > respond", null)]
    [InlineData("lastNode", "webhook > a > respond", "RESPOND_WITHOUT_WEBHOOK")]
    public void A_webhook_and_the_node_that_answers_it_belong_together(string mode, string graph, string? code)
    {
        var definition = Graph.Of(graph).With("webhook", new ObjectValue { { "responseMode", mode } });

        Assert.Equal(code, Validate(definition).Warnings.SingleOrDefault()?.Code);
    }

    private static DefinitionValidation Validate(WorkflowDefinition definition, NodeRegistry? registry = null) =>
        DefinitionValidation.Of(definition, registry ?? TestNodes.Registry, new DefinitionLimits());
}
