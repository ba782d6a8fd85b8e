using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Plans.Rules;

public sealed class NodeExpressionsTests
{
    private const string Graph1 = "start > first > c > last; side";

    [Theory]
    [InlineData("{{ $('first').item.json.x }}")]
    [InlineData("Hello {{ $('First node').first().json.x }} and {{ $node[\"start\"].json }}")]
    [InlineData("{{ $json.x }}")]
    [InlineData("no expression")]
    public void References_to_nodes_before_are_right(string text)
    {
        var validation = Validate(text);

        Assert.Empty(validation.Errors);
        Assert.Equal(["UNREACHABLE_NODE"], validation.Warnings.Select(w => w.Code));
    }

    [Theory]
    [InlineData("{{ $('frist').item.json.x }}", "and no node has that id or name. Did you mean 'first'?")]
    [InlineData("{{ $('First nod').item.json.x }}", "and no node has that id or name. Did you mean 'First node'?")]
    public void A_reference_to_an_unknown_node_is_an_error(string text, string message)
    {
        var error = Assert.Single(Validate(text).Errors);

        Assert.Equal(("UNKNOWN_NODE_REFERENCE", "c", "/nodes/2/parameters/body/0/x"), (error.Code, error.NodeId, error.Pointer));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("last")]
    [InlineData("side")]
    [InlineData("c")]
    public void A_reference_to_a_node_that_cannot_have_run_is_a_warning(string other)
    {
        var validation = Validate($"{{{{ $('{other}').first().json.x }}}}");

        Assert.Empty(validation.Errors);
        Assert.Equal("/nodes/2/parameters/body/0/x", Assert.Single(validation.Warnings, w => w.Code == "REFERENCE_WITHOUT_PATH").Pointer);
    }

    [Fact]
    public void A_node_in_a_loop_sees_the_round_before()
    {
        var definition = Graph.Of("start > loop; loop.loop > a > b > loop").With("a", new ObjectValue { { "x", "{{ $('b').first().json.x }}" } });

        Assert.Empty(DefinitionValidation.Of(definition, TestNodes.Registry, new DefinitionLimits()).Warnings);
    }

    [Theory]
    [InlineData("a", null)]
    [InlineData("start", null)]
    [InlineData("b", "REFERENCE_WITHOUT_PATH")]
    public void A_compensation_sees_what_it_undoes_and_what_that_sees(string other, string? code)
    {
        var definition = Graph.Of("start > a > b; undo")
            .With("a", n => n with { CompensateWith = "undo" }).With("undo", new ObjectValue { { "x", $"{{{{ $('{other}').first().json.x }}}}" } });

        Assert.Equal(code, DefinitionValidation.Of(definition, TestNodes.Registry, new DefinitionLimits()).Warnings.SingleOrDefault()?.Code);
    }

    [Fact]
    public void Every_expression_that_does_not_compile_is_told()
    {
        var definition = Graph.Of("start > a").With("a", new ObjectValue { { "x", "{{ 1 + }}" }, { "y", new ObjectValue { { "z", "{{ ) }}" } } } });
        var errors = DefinitionValidation.Of(definition, TestNodes.Registry, new DefinitionLimits()).Errors;

        Assert.Equal([("INVALID_EXPRESSION", "/nodes/1/parameters/x"), ("INVALID_EXPRESSION", "/nodes/1/parameters/y/z")], errors.Select(e => (e.Code, e.Pointer)));
        Assert.StartsWith("Node 'a', y.z", errors[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_is_not_made_of_an_expression_that_does_not_compile()
    {
        var definition = Graph.Of("start > a").With("a", new ObjectValue { { "x", "{{ 1 + }}" } });

        Assert.StartsWith("An expression of node 'a' does not compile: ", Assert.Throws<ArgumentException>(() => definition.Plan()).Message, StringComparison.Ordinal);
    }

    private static DefinitionValidation Validate(string text) =>
        DefinitionValidation.Of(
            Graph.Of(Graph1).With("first", n => n with { Name = "First node" })
                .With("c", new ObjectValue { { "body", new ArrayValue([new ObjectValue { { "x", text } }]) } }),
            TestNodes.Registry, new DefinitionLimits());
}
