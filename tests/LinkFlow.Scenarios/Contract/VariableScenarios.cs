using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract;

/// <summary>What executions see of variables, over HTTP.</summary>
public sealed class VariableScenarios
{
    private const string Read = """{"id":"read","type":"set_variable","parameters":{"fields":{"seen":"{{ $vars.REGION }}"}}}""";

    [Fact]
    public async Task An_execution_sees_the_values_of_its_start_to_its_end()
    {
        using var server = new TestServer();
        var variable = await CreateAsync(server, """{"name":"REGION","value":"old"}""");
        var id = await StartAsync(server, await server.ActivateAsync(Waiting("{}")));
        await server.UntilAsync(id, "waiting");

        await server.SendAsync("PUT", variable, """{"name":"REGION","value":"new"}""");
        await server.SendAsync("POST", $"/api/v1/executions/{id}/signals/go", "{}");

        Assert.Equal("old", Seen(await server.UntilAsync(id, "success", "error")));
    }

    [Fact]
    public async Task A_deleted_variable_lives_on_in_executions_that_began_before()
    {
        using var server = new TestServer();
        var variable = await CreateAsync(server, """{"name":"REGION","value":"old"}""");
        var id = await StartAsync(server, await server.ActivateAsync(Waiting("{}")));
        await server.UntilAsync(id, "waiting");

        await server.SendAsync("DELETE", variable);
        await server.SendAsync("POST", $"/api/v1/executions/{id}/signals/go", "{}");

        Assert.Equal("old", Seen(await server.UntilAsync(id, "success", "error")));
    }

    [Fact]
    public async Task With_live_variables_it_sees_those_of_now()
    {
        using var server = new TestServer();
        var variable = await CreateAsync(server, """{"name":"REGION","value":"old"}""");
        var id = await StartAsync(server, await server.ActivateAsync(Waiting("""{"liveVariables":true}""")));
        await server.UntilAsync(id, "waiting");

        await server.SendAsync("PUT", variable, """{"name":"REGION","value":"new"}""");
        await server.SendAsync("POST", $"/api/v1/executions/{id}/signals/go", "{}");

        Assert.Equal("new", Seen(await server.UntilAsync(id, "success", "error")));
    }

    [Fact]
    public async Task A_retry_sees_the_values_of_its_own_start()
    {
        using var server = new TestServer();
        var variable = await CreateAsync(server, """{"name":"REGION","value":"old"}""");
        var id = await StartAsync(server, await server.ActivateAsync(Plain("{}")));
        await server.UntilAsync(id, "success");

        await server.SendAsync("PUT", variable, """{"name":"REGION","value":"new"}""");
        var (_, retried, _) = await server.SendAsync("POST", $"/api/v1/executions/{id}/retry", """{"from":"start"}""");

        Assert.Equal("new", Seen(await server.UntilAsync(retried["executionId"].AsString!, "success", "error")));
    }

    [Fact]
    public async Task A_sub_workflow_sees_its_own_variables_before_the_tenants()
    {
        using var server = new TestServer();
        await CreateAsync(server, """{"name":"REGION","value":"tenant"}""");
        var child = await server.ActivateAsync(Plain("{}"));
        await CreateAsync(server, $$"""{"name":"REGION","value":"child","workflowId":"{{child}}"}""");
        var parent = await server.ActivateAsync($$"""
            {"name":"Parent","nodes":[{"id":"start","type":"start"},{"id":"call","type":"execute_workflow","parameters":{"workflowId":"{{child}}" } }],"connections":[{"source":"start","target":"call"}]}
            """);

        Assert.Equal("child", Seen(await server.UntilAsync(await StartAsync(server, parent), "success", "error")));
    }

    [Fact]
    public async Task An_express_workflow_sees_them_too()
    {
        using var server = new TestServer();
        await CreateAsync(server, """{"name":"REGION","type":"json","value":{"name":"eu","n":1.50}}""");
        var workflow = await server.ActivateAsync(Plain("""{"mode":"express"}"""));

        var (_, execution, _) = await server.SendAsync("POST", $"/api/v1/workflows/{workflow}/execute", """{"mode":"api","wait":true}""");

        Assert.Equal("""{"name":"eu","n":1.50}""", JsonText.Write(execution["output"].AsArray![0]["json"]["seen"]));
    }

    [Fact]
    public async Task The_environments_value_goes_before_the_default_and_env_shows_what_a_setting_names()
    {
        Environment.SetEnvironmentVariable("VARIABLE_SCENARIOS", "shown");
        using var server = new TestServer { Settings = new Dictionary<string, string> { ["LinkFlow:Environment"] = "staging", ["LinkFlow:Expressions:Environment"] = "VARIABLE_SCENARIOS" } };
        await CreateAsync(server, """{"name":"REGION","value":"default","environments":{"staging":"in staging","production":"in production"}}""");
        var workflow = await server.ActivateAsync(Plain("{}").Replace("$vars.REGION", "$vars.REGION + ', ' + $env.VARIABLE_SCENARIOS + ', ' + $env.PATH", StringComparison.Ordinal));

        Assert.Equal("in staging, shown, undefined", Seen(await server.UntilAsync(await StartAsync(server, workflow), "success", "error")));
    }

    [Fact]
    public async Task A_secret_one_is_no_variable_of_expressions()
    {
        using var server = new TestServer();
        await CreateAsync(server, """{"name":"REGION","value":"hunter22","secret":true}""");
        var workflow = await server.ActivateAsync(Plain("{}").Replace("$vars.REGION", "String($vars.REGION) + Object.keys($vars).length", StringComparison.Ordinal));

        Assert.Equal("undefined0", Seen(await server.UntilAsync(await StartAsync(server, workflow), "success", "error")));
    }

    private static async Task<string> CreateAsync(TestServer server, string variable)
    {
        var (status, created, _) = await server.SendAsync("POST", "/api/v1/variables", variable);
        return status == 201 ? $"/api/v1/variables/{created["id"].AsString}" : throw new InvalidOperationException(created.ToString());
    }

    private static async Task<string> StartAsync(TestServer server, string workflow)
    {
        var (status, started, _) = await server.SendAsync("POST", $"/api/v1/workflows/{workflow}/execute", """{"mode":"api"}""");
        return status == 202 ? started["executionId"].AsString! : throw new InvalidOperationException(started.ToString());
    }

    internal static string? Seen(Value execution) => execution["output"].AsArray is { Count: > 0 } output ? output[0]["json"]["seen"].AsString : execution["error"].ToString();

    private static string Plain(string settings) =>
        $$"""{"name":"Plain","settings":{{settings}},"nodes":[{"id":"start","type":"start"},{{Read}}],"connections":[{"source":"start","target":"read"}]}""";

    internal static string Waiting(string settings) => $$"""
        {"name":"Waiting","settings":{{settings}},"nodes":[{"id":"start","type":"start"},{"id":"wait","type":"wait","parameters":{"for":"signal","name":"go"} }, {{Read}}],
         "connections":[{"source":"start","target":"wait"},{"source":"wait","target":"read"}]}
        """;
}
