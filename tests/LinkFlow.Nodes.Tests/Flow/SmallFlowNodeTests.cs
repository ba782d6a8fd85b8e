using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Nodes.Tests.Flow;

public class SmallFlowNodeTests
{
    [Fact]
    public async Task No_op_hands_its_items_on()
    {
        var ran = await NodeTest.RunAsync("no_op", "{}", """[{"a":1},{"b":2}]""");

        Assert.Equal("""[{"a":1},{"b":2}]""", ran.Json());
        Assert.Equal("0:0 0:1", ran.Pairs());
    }

    [Theory]
    [InlineData("""{"message":"Order {{ $json.id }} is empty","code":"EMPTY"}""", "EMPTY", "Order 7 is empty")]
    [InlineData("""{"message":"No"}""", "STOP_AND_ERROR", "No")]
    public async Task Stop_and_error_fails_with_the_users_words(string parameters, string code, string message)
    {
        var ran = await NodeTest.RunAsync("stop_and_error", parameters, """[{"id":7}]""");

        Assert.Equal((code, message), (ran.Code, ran.Message));
    }

    [Fact]
    public async Task Stop_and_error_is_never_tried_again()
    {
        var test = new NodeTest { Type = "stop_and_error", Parameters = """{"message":"No","code":"MINE"}""", Retry = new RetryPolicy { MaxAttempts = 5 } };

        Assert.IsType<NodeFailed>((await test.RunAsync()).Event);
    }

    [Fact]
    public async Task Stop_and_error_can_send_its_items_to_the_error_output()
    {
        var ran = await new NodeTest { Type = "stop_and_error", Parameters = """{"message":"No"}""", OnError = OnError.ErrorOutput }.RunAsync();

        Assert.Equal("""[{"error":{"message":"No","code":"STOP_AND_ERROR","nodeId":"it"},"input":{}}]""", ran.Json("error"));
    }

    [Theory]
    [InlineData("{}", 1)]
    [InlineData("""{"batchSize":"{{ $json.n }}"}""", 2)]
    public async Task A_loop_is_entered_with_its_batch_size(string parameters, int batchSize)
    {
        var ran = await NodeTest.RunAsync("loop", parameters, """[{"n":2},{"n":3}]""");

        Assert.Equal(batchSize, Assert.IsType<LoopEntered>(ran.Event).BatchSize);
    }

    [Theory]
    [InlineData("""{"batchSize":0}""", "PARAMETER_INVALID")]
    [InlineData("""{"batchSize":1.5}""", "PARAMETER_INVALID")]
    [InlineData("""{"maxRounds":1}""", "LOOP_LIMIT")]
    public async Task A_loop_that_cannot_be_entered_fails_its_items(string parameters, string code)
    {
        var ran = await new NodeTest { Type = "loop", Parameters = parameters, Inputs = ["[{},{}]"], OnError = OnError.Continue }.RunAsync();

        Assert.Equal(code, ran.Code);
        Assert.Equal("0:0 0:1", ran.Pairs("done"));
    }

    [Fact]
    public async Task Once_asks_for_one_sub_workflow()
    {
        var ran = await NodeTest.RunAsync("execute_workflow", """{"workflowId":"w"}""", "[{},{}]");

        var asked = Assert.IsType<ChildrenRequested>(ran.Event);
        Assert.Equal((true, 10), (asked.Wait, asked.MaxParallel));
        Assert.Equal(new ChildExecution("child", "w", -1), Assert.Single(asked.Children));
    }

    [Fact]
    public async Task Each_item_can_have_its_own_sub_workflow()
    {
        var ran = await NodeTest.RunAsync("execute_workflow", """{"workflowId":"{{ $json.w }}","each":"item","wait":false,"maxParallel":2}""", """[{"w":"a"},{"w":"b"}]""");

        var asked = Assert.IsType<ChildrenRequested>(ran.Event);
        Assert.Equal((false, 2), (asked.Wait, asked.MaxParallel));
        Assert.Equal(["a:0", "b:1"], asked.Children.Select(c => $"{c.WorkflowId}:{c.Owner}"));
    }

    [Theory]
    [InlineData("""{"each":"item"}""")]
    [InlineData("""{"workflowId":5}""")]
    [InlineData("""{"workflowId":"w","wait":"yes"}""")]
    public async Task A_sub_workflow_needs_good_parameters(string parameters) =>
        Assert.Equal("PARAMETER_INVALID", (await NodeTest.RunAsync("execute_workflow", parameters)).Code);
}
