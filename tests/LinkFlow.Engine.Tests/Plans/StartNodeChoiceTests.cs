using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Tests.Plans;

public sealed class StartNodeChoiceTests
{
    private const string Two = "start > a > loop; webhook > a; loop.loop > b > loop; loop.done > end";

    [Theory]
    [InlineData(Two, "a", "webhook", "start", "a")]
    [InlineData(Two, null, "webhook", "start", "webhook")]
    [InlineData(Two, null, null, "start", "start")]
    [InlineData("webhook > a", null, null, "start", "webhook")]
    [InlineData("start > a", null, null, null, "start")]
    [InlineData("subworkflow > a; start > a", null, null, "subworkflow", "subworkflow")]
    [InlineData(Two, "loop", null, null, "loop")]
    public void What_was_asked_for_goes_before_what_fired_and_that_before_what_there_is(string graph, string? asked, string? fired, string? preferred, string chosen)
    {
        var choice = StartNodeChoice.Of(Graph.Of(graph), TestNodes.Registry, asked, fired, preferred);

        Assert.Equal((chosen, null), (choice.NodeId, choice.Error));
    }

    [Theory]
    [InlineData(Two, null, null, "START_NODE_AMBIGUOUS", "The workflow has 2 triggers. Choose one by startNodeId: 'start' (start), 'webhook' (webhook).")]
    [InlineData("start1, start2 > a", null, "start", "START_NODE_AMBIGUOUS", "The workflow has 2 triggers. Choose one by startNodeId: 'start1' (start), 'start2' (start).")]
    [InlineData("a > b", null, "start", "NO_TRIGGER", "The workflow has no trigger. Add one, e.g. a node of type start, or name a startNodeId.")]
    [InlineData(Two, "strat", null, "START_NODE_UNKNOWN", "The start node 'strat' is not in the workflow. Did you mean 'start'?")]
    [InlineData(Two, "b", null, "START_NODE_IN_LOOP", "The start node 'b' is in the body of loop 'loop'. Start at the loop.")]
    [InlineData("start > loop1; loop1.loop > loop2; loop2.loop > b > loop2; loop2.done > loop1", "b", null, "START_NODE_IN_LOOP", "The start node 'b' is in the body of loop 'loop1'. Start at the loop.")]
    public void Without_a_node_to_start_at_the_error_names_the_choice(string graph, string? asked, string? preferred, string code, string message)
    {
        var choice = StartNodeChoice.Of(Graph.Of(graph), TestNodes.Registry, asked, firedTrigger: null, preferred);

        Assert.Null(choice.NodeId);
        Assert.Equal((code, message, "/startNodeId"), (choice.Error!.Code, choice.Error.Message, choice.Error.Pointer));
    }

    [Theory]
    [InlineData("start", null, null, "START_TRIGGER_DISABLED")]
    [InlineData(null, "start", null, "START_TRIGGER_DISABLED")]
    [InlineData(null, null, "start", null)]
    public void A_disabled_trigger_cannot_start_an_execution(string? asked, string? fired, string? preferred, string? code)
    {
        var definition = Graph.Of(Two).With("start", n => n with { Disabled = true });

        Assert.Equal(code, StartNodeChoice.Of(definition, TestNodes.Registry, asked, fired, preferred).Error?.Code);
    }

    [Fact]
    public void Disabled_triggers_are_named_when_there_are_no_others()
    {
        var choice = StartNodeChoice.Of(Graph.Of("start > a").With("start", n => n with { Disabled = true }), TestNodes.Registry, null, null, "start");

        Assert.Equal("All triggers of the workflow are disabled: 'start' (start). Enable one.", choice.Error!.Message);
    }
}
