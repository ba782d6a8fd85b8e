using System.Globalization;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract;

/// <summary><c>$('x').item</c> in whole workflows of the built-in nodes, over the real store.</summary>
public sealed class ItemLinkScenarios(TestServer server) : IClassFixture<TestServer>
{
    private const string See = """{"id":"see","type":"set_variable","parameters":{"fields":{"seen":"{{ $('origin').item.json.k }}"}}}""";
    private const string Origin = """{"id":"start","type":"start"},{"id":"origin","type":"set_variable","parameters":{"fields":{"k":"{{ $json.k }}"}}}""";

    [Theory]
    [InlineData("""{"id":"a","type":"split","parameters":{"field":"list"}}""", "origin>a a>see", "1 1 2 2")]
    [InlineData("""{"id":"a","type":"no_op"},{"id":"b","type":"no_op"}""", "origin>a origin>b a>see b>see", "1 2 1 2")]
    [InlineData("""{"id":"a","type":"no_op"},{"id":"m","type":"merge","parameters":{"mode":"append"}}""", "origin>a a>m.input1 origin>m.input2 m>see", "1 2 1 2")]
    [InlineData("""{"id":"a","type":"no_op"},{"id":"m","type":"merge","parameters":{"mode":"position"}}""", "origin>a a>m.input1 origin>m.input2 m>see", "1 2")]
    [InlineData("""{"id":"a","type":"no_op"},{"id":"m","type":"merge","parameters":{"mode":"key","keys":[{"left":"k","right":"k"}]}}""", "origin>a a>m.input1 origin>m.input2 m>see", "1 2")]
    [InlineData("""{"id":"a","type":"no_op"},{"id":"m","type":"merge","parameters":{"mode":"allPairs"}}""", "origin>a start>m.input1 a>m.input2 m>see", "1 2 1 2")]
    [InlineData("""{"id":"a","type":"no_op"},{"id":"m","type":"merge","parameters":{"mode":"chooseBranch","useInput":"input2"}}""", "start>m.input1 a>m.input2 origin>a m>see", "1 2")]
    [InlineData("""{"id":"a","type":"condition","parameters":{"conditions":[{"left":"{{ $json.k }}","operator":"equals","right":2}]}}""", "origin>a a.true>see a.false>see", "2 1")]
    [InlineData("""{"id":"a","type":"no_op","disabled":true},{"id":"b","type":"no_op","disabled":true}""", "origin>a a>b b>see", "1 2")]
    [InlineData("""{"id":"a","type":"stop_and_error","onError":"errorOutput","parameters":{"message":"no"}}""", "origin>a a.error>see", "1 2")]
    [InlineData("""{"id":"l","type":"loop","parameters":{"batchSize":1}},{"id":"b","type":"no_op"}""", "origin>l l.loop>b b>l l.done>see", "1 2")]
    [InlineData("""{"id":"l","type":"loop","parameters":{"batchSize":1}},{"id":"s","type":"split","parameters":{"field":"list"}},{"id":"i","type":"loop","parameters":{"batchSize":1}},{"id":"b","type":"no_op"}""", "origin>l l.loop>s s>i i.loop>b b>i i.done>l l.done>see", "1 1 2 2")]
    [InlineData("""{"id":"w","type":"wait","parameters":{"for":"duration","seconds":0}}""", "origin>w w>see", "1 2")]
    public async Task An_item_finds_its_origin(string nodes, string connections, string seen)
    {
        var execution = await RunAsync(Workflow(nodes, connections), """{"input":[{"k":1,"list":[1,2]},{"k":2,"list":[3,4]}],"wait":true}""");

        Assert.True(execution["status"].AsString == "success", execution.ToString());
        Assert.Equal(seen, Seen(execution));
    }

    [Fact]
    public async Task From_behind_twelve_hundred_rounds_each_item_finds_its_own()
    {
        var workflow = Workflow("""{"id":"l","type":"loop","parameters":{"batchSize":1}},{"id":"b","type":"set_variable","parameters":{"include":"none","fields":{"twice":"{{ $json.k * 2 }}"}}}""", "origin>l l.loop>b b>l l.done>see")
            .Replace("{{ $('origin').item.json.k }}", "{{ $('origin').item.json.k * 2 === $('b').item.json.twice ? $('b').item.json.twice : 'wrong' }}", StringComparison.Ordinal);
        var input = string.Join(',', Enumerable.Range(1, 1_200).Select(k => $$"""{"k":{{k}}}"""));

        var execution = await RunAsync(workflow, $$"""{"input":[{{input}}],"wait":true,"timeoutSeconds":120}""");

        Assert.Equal(string.Join(' ', Enumerable.Range(1, 1_200).Select(k => 2 * k)), Seen(execution));
    }

    [Fact]
    public async Task In_an_express_workflow_items_are_followed_in_memory()
    {
        var workflow = Workflow("""{"id":"l","type":"loop","parameters":{"batchSize":1}},{"id":"b","type":"no_op"}""", "origin>l l.loop>b b>l l.done>see")
            .Replace("\"connections\"", "\"settings\":{\"mode\":\"express\"},\"connections\"", StringComparison.Ordinal);

        Assert.Equal("1 2", Seen(await RunAsync(workflow, """{"input":[{"k":1},{"k":2}],"wait":true}""")));
    }

    [Fact]
    public async Task Data_that_went_to_a_blob_is_followed_too()
    {
        var input = string.Join(',', Enumerable.Range(1, 50).Select(k => $$"""{"k":{{k}},"text":"{{new string('x', 2_000)}}"}"""));
        var execution = await RunAsync(Workflow("""{"id":"a","type":"no_op"},{"id":"b","type":"no_op"}""", "origin>a a>b b>see"), $$"""{"input":[{{input}}],"wait":true}""");

        Assert.Equal(string.Join(' ', Enumerable.Range(1, 50)), Seen(execution));
    }

    [Fact]
    public async Task Items_of_a_sub_workflow_come_from_the_items_that_it_was_called_for()
    {
        var child = await server.ActivateAsync("""{"name":"Child","nodes":[{"id":"s","type":"subworkflow"},{"id":"x","type":"set_variable","parameters":{"include":"none","fields":{"child":true}}}],"connections":[{"source":"s","target":"x"}]}""");
        var workflow = Workflow($$$"""{"id":"c","type":"execute_workflow","parameters":{"workflowId":"{{{child}}}","each":"item"}}""", "origin>c c>see");

        Assert.Equal("1 2", Seen(await RunAsync(workflow, """{"input":[{"k":1},{"k":2}],"wait":true}""")));
    }

    [Fact]
    public async Task What_a_signal_brings_came_from_what_waited_for_it()
    {
        var id = await SaveAsync(Workflow("""{"id":"w","type":"wait","parameters":{"for":"signal","name":"go"}}""", "origin>w w>see"));
        var (_, started, _) = await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", """{"input":{"k":7}}""");
        await server.UntilAsync(started["executionId"].AsString!, "waiting");
        await server.SendAsync("POST", $"/api/v1/executions/{started["executionId"].AsString}/signals/go", """{"answer":1}""");

        Assert.Equal("7", Seen(await server.UntilAsync(started["executionId"].AsString!, "success", "error")));
    }

    [Fact]
    public async Task A_retry_follows_items_over_the_runs_that_it_copied()
    {
        var workflow = Workflow("""{"id":"l","type":"loop","parameters":{"batchSize":1}},{"id":"b","type":"no_op"},{"id":"w","type":"wait","parameters":{"for":"duration","seconds":0}}""", "origin>l l.loop>b b>l l.done>w w>see");
        var first = await RunAsync(workflow, """{"input":[{"k":1},{"k":2},{"k":3}],"wait":true}""");
        var (_, retried, _) = await server.SendAsync("POST", $"/api/v1/executions/{first["id"].AsString}/retry", """{"from":"see"}""");

        Assert.Equal("1 2 3", Seen(await server.UntilAsync(retried["executionId"].AsString!, "success", "error")));
    }

    [Fact]
    public async Task Pinned_items_are_followed_by_their_places()
    {
        var workflow = Workflow("""{"id":"a","type":"no_op"}""", "origin>a a>see").Replace("\"connections\"", "\"pinData\":{\"a\":[{\"p\":1},{\"p\":2}]},\"connections\"", StringComparison.Ordinal);

        Assert.Equal("1 2", Seen(await RunAsync(workflow, """{"input":[{"k":1},{"k":2}],"wait":true}""")));
    }

    [Fact]
    public async Task Where_several_items_became_one_the_error_names_the_node_and_the_way_out()
    {
        var execution = await RunAsync(
            Workflow("""{"id":"w","type":"wait","parameters":{"for":"signal","name":"go","onTimeout":"error"}}""", "origin>w w>see"),
            """{"input":[{"k":1},{"k":2}],"wait":false}""");
        await server.UntilAsync(execution["executionId"].AsString!, "waiting");
        await server.SendAsync("POST", $"/api/v1/executions/{execution["executionId"].AsString}/signals/go", "{}");
        var error = (await server.UntilAsync(execution["executionId"].AsString!, "success", "error"))["error"]["message"].AsString!;

        Assert.StartsWith("$('origin').item is ambiguous: 'w' made this item of several, which came from different items of 'origin'", error, StringComparison.Ordinal);
        Assert.Contains("$('origin').first()", error, StringComparison.Ordinal);
        Assert.Contains("in 'see' → fields.seen at", error, StringComparison.Ordinal);
    }

    private static string Seen(Value execution) =>
        string.Join(' ', execution["output"].AsArray?.Select(i => i["json"]["seen"].AsNumber.ToString(CultureInfo.InvariantCulture)) ?? [execution.ToString()]);

    /// <summary>The finished execution; one that rests on a wait is answered before.</summary>
    private async Task<Value> RunAsync(string workflow, string body)
    {
        var (_, answer, _) = await server.SendAsync("POST", $"/api/v1/workflows/{await SaveAsync(workflow)}/execute", body);
        return answer["executionId"].AsString is { } id && body.Contains("\"wait\":true", StringComparison.Ordinal) ? await server.UntilAsync(id, "success", "error") : answer;
    }

    private async Task<string> SaveAsync(string workflow)
    {
        var (status, saved, _) = await server.SendAsync("POST", "/api/v1/workflows", workflow);
        return status == 201 ? saved["id"].AsString! : throw new InvalidOperationException(saved.ToString());
    }

    /// <param name="connections">Like <c>origin>a a.true>m.input1</c>; start is connected to origin already.</param>
    private static string Workflow(string nodes, string connections)
    {
        var all = connections.Split(' ').Prepend("start>origin").Select(c => c.Split('>')).Select(c => (Source: c[0].Split('.'), Target: c[1].Split('.')));
        var drawn = all.Select(c => $$"""{"source":"{{c.Source[0]}}","sourceOutput":"{{(c.Source.Length > 1 ? c.Source[1] : "main")}}","target":"{{c.Target[0]}}","targetInput":"{{(c.Target.Length > 1 ? c.Target[1] : "main")}}"}""");
        return $$"""{"name":"Links","nodes":[{{Origin}},{{nodes}},{{See}}],"connections":[{{string.Join(',', drawn)}}]}""";
    }
}
