using System.Security.Cryptography;

namespace LinkFlow.Scenarios.Contract;

/// <summary>Webhooks against the whole server: the three response modes and what may go wrong in each.</summary>
public sealed class WebhookScenarios(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task The_example_that_the_start_prints_works_with_and_without_a_network()
    {
        var json = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "examples", "order-intake.json"));
        await server.ActivateAsync(json);

        var (large, answer, _) = await server.SendAsync("POST", "/webhooks/orders", """{"customer":"Ada","total":120}""");
        var (small, plain, _) = await server.SendAsync("POST", "/webhooks/orders", """{"customer":"Bob","total":20}""");

        Assert.Equal((201, "Ada", 12d), (large, answer["customer"].AsString, answer["discount"].AsNumber));
        Assert.Equal((201, "Bob", 0d), (small, plain["customer"].AsString, plain["discount"].AsNumber));
    }

    [Theory]
    [InlineData("immediately", """{"id":"n","type":"no_op"}""", 200, "executionId")]
    [InlineData("lastNode", """{"id":"n","type":"set_variable","parameters":{"fields":{"done":"{{ $json.body.x }}"},"include":"none"}}""", 200, "done")]
    [InlineData("respondNode", """{"id":"n","type":"respond","parameters":{"status":202,"body":{"given":"{{ $json.body.x }}"}}}""", 202, "given")]
    [InlineData("respondNode", """{"id":"n","type":"no_op"}""", 204, null)]
    [InlineData("lastNode", """{"id":"n","type":"stop_and_error","parameters":{"message":"m"}}""", 500, "executionId")]
    [InlineData("respondNode", """{"id":"n","type":"stop_and_error","parameters":{"message":"m"}}""", 500, "executionId")]
    [InlineData("lastNode", """{"id":"n","type":"wait","parameters":{"for":"signal","name":"go"}}""", 202, "executionId")]
    public async Task The_caller_is_answered_as_the_node_says(string mode, string node, int status, string? property)
    {
        var path = $"t{Guid.NewGuid():n}";
        await server.ActivateAsync($$$"""
            {"name":"{{{path}}}","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"{{{path}}}","responseMode":"{{{mode}}}"}},{{{node}}}],
             "connections":[{"source":"hook","target":"n"}]}
            """);

        var (answered, body, headers) = await server.SendAsync("POST", $"/webhooks/{path}", """{"x":7}""");

        Assert.Equal(status, answered);
        if (property is not null) Assert.False(body[property].IsUndefined, body.ToString());
        Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task An_express_workflow_answers_too()
    {
        await server.ActivateAsync("""
            {"name":"express","settings":{"mode":"express"},"nodes":[
              {"id":"hook","type":"webhook","parameters":{"path":"express/:id","method":"GET","responseMode":"lastNode"}},
              {"id":"n","type":"set_variable","parameters":{"fields":{"got":"{{ $json.params.id }}"},"include":"none"}}],
             "connections":[{"source":"hook","target":"n"}]}
            """);

        var (status, body, _) = await server.SendAsync("GET", "/webhooks/express/abc");

        Assert.Equal((200, "abc"), (status, body["got"].AsString));
    }

    [Theory]
    [InlineData("express")]
    [InlineData("durable")]
    public async Task Of_ten_calls_with_one_delivery_one_is_answered_by_the_workflow(string mode)
    {
        var (_, credential, _) = await server.SendAsync("POST", "/api/v1/credentials", """{"name":"c","type":"hmac","data":{"secret":"delivery-secret"}}""");
        var workflow = await server.ActivateAsync($$$"""
            {"name":"once","settings":{"mode":"{{{mode}}}"},"nodes":[
              {"id":"hook","type":"webhook","parameters":{"path":"once-{{{mode}}}","responseMode":"respondNode","auth":"hmac","scheme":"github"},"credentials":{"auth":"{{{credential["id"].AsString}}}"} },
              {"id":"answer","type":"respond","parameters":{"body":{"by":"workflow"} } }],
             "connections":[{"source":"hook","target":"answer"}]}
            """);
        var signature = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("delivery-secret"u8, "{}"u8));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => server.SendAsync("POST", $"/webhooks/once-{mode}", "{}", ("X-Hub-Signature-256", signature), ("X-GitHub-Delivery", "1"))));

        Assert.All(answers, a => Assert.Equal(200, a.Status));
        Assert.Single(answers, a => a.Body["by"].AsString == "workflow");
        var started = Assert.Single((await server.SendAsync("GET", $"/api/v1/executions?workflowId={workflow}")).Body["items"].AsArray!)["id"].AsString;
        Assert.Equal([started], answers.Select(a => a.Body["executionId"].AsString).OfType<string>().Distinct());
    }
}
