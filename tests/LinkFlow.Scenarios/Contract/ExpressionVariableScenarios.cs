using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract;

/// <summary>What expressions are told of their workflow, execution and place, in whole executions.</summary>
public sealed class ExpressionVariableScenarios(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("{{ $workflow.name }}", "Shown")]
    [InlineData("{{ $workflow.active }}", "false")]
    [InlineData("{{ $execution.mode }}", "manual")]
    [InlineData("{{ JSON.stringify($execution.customData) }}", "{}")]
    [InlineData("{{ (() => { try { $execution.customData.x = 1; } catch { return 'read-only'; } })() }}", "read-only")]
    [InlineData("{{ $execution.resumeUrl.includes($execution.id) }}", "true")]
    [InlineData("{{ $prevNode.name + $prevNode.outputIndex + $prevNode.runIndex }}", "Check it10")]
    [InlineData("{{ $input.params.fields.shown.length > 5 }}", "true")]
    [InlineData("{{ $runIndex + $itemIndex }}", "0")]
    [InlineData("{{ $('Check it').params.conditions[0].right }}", "10")]
    public async Task A_manual_run_of_a_draft_sees_these(string expression, string shown)
    {
        var execution = (await server.SendAsync("POST", $"/api/v1/workflows/{await SaveAsync(expression)}/execute", """{"input":{"n":1},"wait":true}""")).Body;

        Assert.True(execution["output"].IsArray, execution.ToString());
        var value = execution["output"].AsArray![0]["json"]["shown"];
        Assert.Equal(shown, value.AsString ?? value.ToString());
    }

    [Fact]
    public async Task An_active_workflow_says_so_also_when_it_is_run_by_hand_and_to_its_end()
    {
        var id = await server.ActivateAsync(Workflow("{{ $workflow.active }}"));
        var byHand = (await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", """{"input":{"n":1},"wait":true}""")).Body;
        var byApi = (await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", """{"mode":"api","input":{"n":1},"wait":true}""")).Body;
        await server.SendAsync("POST", $"/api/v1/workflows/{id}/deactivate");
        var (_, retried, _) = await server.SendAsync("POST", $"/api/v1/executions/{byApi["id"].AsString}/retry", """{"from":"start"}""");
        var again = await server.UntilAsync(retried["executionId"].AsString!, "success");

        Assert.Equal(["true", "true", "false"], new[] { byHand, byApi, again }.Select(e => e["output"].AsArray![0]["json"]["shown"].ToString()));
    }

    [Fact]
    public async Task A_run_counts_the_rounds_and_the_node_before_is_the_loop()
    {
        var workflow = """
            {"name":"Rounds","nodes":[{"id":"start","type":"start"},{"id":"each","type":"loop","parameters":{"batchSize":1}},
              {"id":"it","type":"set_variable","parameters":{"fields":{"shown":"{{ $runIndex }} {{ $itemIndex }} {{ $prevNode.name }} {{ $prevNode.outputIndex }} {{ $prevNode.runIndex }}"}}}],
             "connections":[{"source":"start","target":"each"},{"source":"each","sourceOutput":"loop","target":"it"},{"source":"it","target":"each"}]}
            """;
        var id = (await server.SendAsync("POST", "/api/v1/workflows", workflow)).Body["id"].AsString!;
        var execution = (await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", """{"input":[{},{},{}],"wait":true}""")).Body;

        Assert.Equal(["0 0 each 0 0", "1 0 each 0 0", "2 0 each 0 0"], execution["output"].AsArray!.Select(i => i["json"]["shown"].AsString));
    }

    private async Task<string> SaveAsync(string expression) => (await server.SendAsync("POST", "/api/v1/workflows", Workflow(expression))).Body["id"].AsString!;

    private static string Workflow(string expression) => """
        {"name":"Shown","nodes":[{"id":"start","type":"start"},
          {"id":"check","name":"Check it","type":"condition","parameters":{"conditions":[{"left":"{{ $json.n }}","operator":"gt","right":10}]}},
          {"id":"it","type":"set_variable","parameters":{"fields":{"shown":"SHOWN"}}}],
         "connections":[{"source":"start","target":"check"},{"source":"check","sourceOutput":"false","target":"it"}]}
        """.Replace("\"SHOWN\"", JsonText.Write(expression), StringComparison.Ordinal);
}
