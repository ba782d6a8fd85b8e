using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Definitions;

public sealed class DefinitionDiffTests
{
    private static readonly WorkflowDefinition Before = Graph.Of("start > a > b").With("a", new ObjectValue { { "url", "x" }, { "method", "GET" } });

    [Fact]
    public void Equal_definitions_have_no_difference() => Assert.True(DefinitionDiff.Between(Before, Before with { }).IsEmpty);

    [Fact]
    public void Added_and_removed_nodes_are_told_by_id()
    {
        var diff = DefinitionDiff.Between(Before, Graph.Of("start > c > b"));

        Assert.Equal(("c", "a"), (Assert.Single(diff.AddedNodes).Id, Assert.Single(diff.RemovedNodes).Id));
        Assert.Equal([new Connection("start", "c"), new Connection("c", "b")], diff.AddedConnections);
        Assert.Equal([new Connection("start", "a"), new Connection("a", "b")], diff.RemovedConnections);
    }

    [Fact]
    public void A_changed_node_is_told_field_by_field()
    {
        var after = Before.With("a", n => n with { Name = "A", Retry = new RetryPolicy(), Parameters = new ObjectValue { { "url", "y" }, { "body", 1 } } });
        var change = Assert.Single(DefinitionDiff.Between(Before, after).ChangedNodes);

        Assert.Equal("a", change.Id);
        Assert.Equal(["name", "retry", "parameters.url", "parameters.method", "parameters.body"], change.Fields.Select(f => f.Field));
        Assert.Equal(("x", "y"), (change.Fields[2].Before.AsString, change.Fields[2].After.AsString));
    }

    [Fact]
    public void Another_order_is_told()
    {
        var after = Before with { Nodes = [.. Before.Nodes.Reverse()], Connections = [.. Before.Connections.Reverse()] };
        var diff = DefinitionDiff.Between(Before, after);

        Assert.True(diff.NodesReordered && diff.ConnectionsReordered && !diff.IsEmpty);
        Assert.Empty(diff.ChangedNodes);
    }

    [Fact]
    public void Changed_settings_and_pinned_data_are_told()
    {
        var after = Before.With(s => s with { Timezone = "Europe/Vienna" }) with { PinData = new ObjectValue { { "a", new ArrayValue() } } };
        var diff = DefinitionDiff.Between(Before, after);

        Assert.Equal(("timezone", "a"), (Assert.Single(diff.Settings).Field, Assert.Single(diff.PinData).Field));
    }

    [Fact]
    public void Ids_that_are_there_twice_are_compared_in_order()
    {
        var twice = Before with { Nodes = [.. Before.Nodes, Before.Nodes[1] with { Name = "second" }] };
        var after = twice with { Nodes = [.. twice.Nodes.Take(3), twice.Nodes[3] with { Name = "third" }] };

        Assert.Equal("name", Assert.Single(Assert.Single(DefinitionDiff.Between(twice, after).ChangedNodes).Fields).Field);
    }

    [Fact]
    public void The_form_in_the_API_leaves_out_what_was_not_there()
    {
        var after = Before.With("b", new ObjectValue { { "x", 1 } }) with { Connections = [Before.Connections[0], new Connection("a", "b", "error")] };

        Assert.Equal(
            """{"nodes":{"added":[],"removed":[],"changed":[{"id":"b","fields":[{"field":"parameters.x","after":1}]}],"reordered":false},"connections":{"added":[{"source":"a","target":"b","sourceOutput":"error","targetInput":"main"}],"removed":[{"source":"a","target":"b","sourceOutput":"main","targetInput":"main"}],"reordered":false},"settings":[],"pinData":[]}""",
            JsonText.Write(DefinitionDiff.Between(Before, after).ToJson()));
    }
}
