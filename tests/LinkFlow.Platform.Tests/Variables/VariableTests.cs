using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Tests.Variables;

public sealed class VariableTests
{
    private const string Path = "/api/v1/variables";

    [Fact]
    public async Task A_variable_is_created_read_saved_and_deleted()
    {
        await using var platform = await TestPlatform.StartAsync();
        var created = await platform.PostAsync(Path, """{"name":"REGION","value":"eu","environments":{"staging":"test"}}""");
        var at = created.Header("Location")!;

        var saved = await platform.SendAsync("PUT", at, created.Text.Replace("\"eu\"", "\"us\"", StringComparison.Ordinal), null, "If-Match: \"1\"");

        Assert.Equal((201, "\"1\"", 200, "\"2\""), (created.Status, created.Header("ETag"), saved.Status, saved.Header("ETag")));
        Assert.Equal(("tenant", "string", false, 1.0), (created.Body["scope"].AsString, created.Body["type"].AsString, created.Body["secret"].AsBoolean, created.Body["version"].AsNumber));
        Assert.Equal(("us", 2.0), (saved.Body["value"].AsString, saved.Body["version"].AsNumber));
        Assert.Equal(saved.Body, (await platform.GetAsync(at)).Body);
        Assert.Equal(204, (await platform.SendAsync("DELETE", at)).Status);
        Assert.Equal(404, (await platform.GetAsync(at)).Status);
    }

    [Theory]
    [InlineData("""{"value":"x"}""", "/name")]
    [InlineData("""{"name":"1st","value":"x"}""", "/name")]
    [InlineData("""{"name":"with-dash","value":"x"}""", "/name")]
    [InlineData("""{"name":"größe","value":"x"}""", "/name")]
    [InlineData("""{"name":"A"}""", "/value")]
    [InlineData("""{"name":"A","value":null,"type":"json"}""", "/value")]
    [InlineData("""{"name":"A","value":5}""", "/value")]
    [InlineData("""{"name":"A","value":"5","type":"number"}""", "/value")]
    [InlineData("""{"name":"A","value":"true","type":"boolean"}""", "/value")]
    [InlineData("""{"name":"A","value":"x","type":"text"}""", "/type")]
    [InlineData("""{"name":"A","value":"x","scope":"user"}""", "/scope")]
    [InlineData("""{"name":"A","value":"x","scope":"workflow"}""", "/workflowId")]
    [InlineData("""{"name":"A","value":"x","scope":"tenant","workflowId":"w"}""", "/workflowId")]
    [InlineData("""{"name":"A","value":"x","workflowId":"nowhere"}""", "/workflowId")]
    [InlineData("""{"name":"A","value":"x","environments":{"prod":5}}""", "/environments/prod")]
    [InlineData("""{"name":"A","value":"x","environments":{"a/b":5}}""", "/environments/a~1b")]
    [InlineData("""{"name":"A","value":"x","environments":{"":"y"}}""", "/environments")]
    [InlineData("""{"name":"A","value":"x","environments":["y"]}""", "/environments")]
    [InlineData("""{"name":"A","value":"x","secert":true}""", "/secert")]
    [InlineData("""{"name":"A","value":"x","secret":"yes"}""", "/secret")]
    public async Task What_cannot_be_meant_is_refused_by_its_pointer(string json, string pointer)
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.PostAsync(Path, json);

        Assert.Equal(400, answer.Status);
        Assert.Contains(pointer, answer.Details.AsObject!.Select(d => d.Key));
    }

    [Theory]
    [InlineData("string", "\"eu\"")]
    [InlineData("number", "1.50")]
    [InlineData("boolean", "false")]
    [InlineData("json", "{\"a\":[1,null]}")]
    public async Task Types_are_kept(string type, string value)
    {
        await using var platform = await TestPlatform.StartAsync();

        var created = await platform.PostAsync(Path, $$"""{"name":"A","type":"{{type}}","value":{{value}}}""");

        Assert.Equal(value, JsonText.Write(created.Body["value"]));
    }

    [Fact]
    public async Task A_name_is_free_once_per_scope()
    {
        await using var platform = await TestPlatform.StartAsync();
        var workflow = await platform.WorkflowAsync();
        var tenants = await platform.PostAsync(Path, """{"name":"A","value":"1"}""");

        Assert.Equal(201, (await platform.PostAsync(Path, $$"""{"name":"A","value":"2","workflowId":"{{workflow}}"}""")).Status);
        var again = await platform.PostAsync(Path, """{"name":"A","value":"3"}""");
        var other = await platform.PostAsync(Path, """{"name":"B","value":"4"}""");
        var renamed = await platform.SendAsync("PUT", other.Header("Location")!, """{"name":"A","value":"4"}""");

        Assert.Equal((409, 409), (again.Status, renamed.Status));
        Assert.Contains("'A'", again.Message);
        await platform.SendAsync("DELETE", tenants.Header("Location")!);
        Assert.Equal(200, (await platform.SendAsync("PUT", other.Header("Location")!, """{"name":"A","value":"4"}""")).Status);
    }

    [Fact]
    public async Task Of_many_who_ask_for_one_name_at_once_one_gets_it()
    {
        await using var platform = await TestPlatform.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => platform.PostAsync(Path, """{"name":"A","value":"x"}"""))));

        Assert.Equal(19, answers.Count(a => a.Status == 409));
        Assert.Single((await platform.GetAsync(Path)).Body["items"].AsArray!);
    }

    [Fact]
    public async Task A_secret_value_is_never_shown_and_kept_where_it_is_left_out()
    {
        await using var platform = await TestPlatform.StartAsync();
        var created = await platform.PostAsync(Path, """{"name":"KEY","value":"hunter22-default","secret":true,"environments":{"production":"hunter22-production"}}""");
        var at = created.Header("Location")!;

        var saved = await platform.SendAsync("PUT", at, created.Text.Replace("\"description\":\"\"", "\"description\":\"d\"", StringComparison.Ordinal));

        Assert.Equal((Value.Null, """["value","environments/production"]"""), (created.Body["value"], JsonText.Write(created.Body["secretSet"])));
        Assert.Equal((200, "d", 2.0), (saved.Status, saved.Body["description"].AsString, saved.Body["version"].AsNumber));
        Assert.DoesNotContain("hunter22", created.Text + saved.Text + (await platform.GetAsync(at)).Text + (await platform.GetAsync(at + "/versions/1")).Text + platform.Store.Dump());
        Assert.Equal(1, platform.Secrets.Count);
    }

    [Theory]
    [InlineData("""{"name":"KEY","secret":false,"value":"open"}""", "/secret")]
    [InlineData("""{"name":"KEY2","secret":true}""", "/value")]
    [InlineData("""{"name":"KEY","secret":true,"type":"json"}""", "/value")]
    [InlineData("""{"name":"KEY2","secret":true,"value":"new","environments":{"production":null}}""", "/environments/production")]
    [InlineData("""{"name":"KEY","secret":true,"environments":{"new":null}}""", "/environments/new")]
    public async Task What_a_secret_is_for_changes_only_with_its_value(string json, string pointer)
    {
        await using var platform = await TestPlatform.StartAsync();
        var created = await platform.PostAsync(Path, """{"name":"KEY","value":"hunter22","secret":true,"environments":{"production":"hunter33"}}""");

        var answer = await platform.SendAsync("PUT", created.Header("Location")!, json);

        Assert.Equal(400, answer.Status);
        Assert.Contains(pointer, answer.Details.AsObject!.Select(d => d.Key));
    }

    [Theory]
    [InlineData("""{"name":"A","value":"short","secret":true}""", "/value")]
    [InlineData("""{"name":"A","value":12345,"type":"number","secret":true}""", "/value")]
    [InlineData("""{"name":"A","value":"long enough","secret":true,"environments":{"x":"short"}}""", "/environments/x")]
    public async Task A_secret_too_short_to_be_masked_draws_a_warning(string json, string pointer)
    {
        await using var platform = await TestPlatform.StartAsync();

        var created = await platform.PostAsync(Path, json);

        Assert.Equal(("SHORT_SECRET", pointer), (created.Body["warnings"].AsArray![0]["code"].AsString, created.Body["warnings"].AsArray![0]["pointer"].AsString));
    }

    [Fact]
    public async Task A_bad_save_does_not_repeat_the_value_that_was_sent()
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.PostAsync(Path, """{"name":"A","value":["hunter22"],"secret":true,"environments":{"x":{"y":"hunter22"}}}""");

        Assert.Equal(400, answer.Status);
        Assert.DoesNotContain("hunter22", answer.Text);
    }

    [Fact]
    public async Task Versions_are_listed_read_and_restored()
    {
        await using var platform = await TestPlatform.StartAsync();
        var at = (await platform.PostAsync(Path, """{"name":"A","value":"one"}""")).Header("Location")!;
        await platform.SendAsync("PUT", at, """{"name":"B","value":2,"type":"number"}""");
        await platform.SendAsync("PUT", at, """{"name":"B","value":2,"type":"number"}""");

        var restored = await platform.PostAsync(at + "/versions/1/restore");

        Assert.Equal(("A", "one", 3.0), (restored.Body["name"].AsString, restored.Body["value"].AsString, restored.Body["version"].AsNumber));
        Assert.Equal([3.0, 2.0, 1.0], (await platform.GetAsync(at + "/versions")).Body["items"].AsArray!.Select(v => v["version"].AsNumber));
        Assert.Equal(2.0, (await platform.GetAsync(at + "/versions/2")).Body["value"].AsNumber);
        Assert.Equal(404, (await platform.GetAsync(at + "/versions/9")).Status);
        Assert.Equal(201, (await platform.PostAsync(Path, """{"name":"B","value":"free again"}""")).Status);
    }

    [Fact]
    public async Task The_oldest_versions_go_first()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Limits.VariableVersions = 2);
        var at = (await platform.PostAsync(Path, """{"name":"A","value":"1"}""")).Header("Location")!;
        foreach (var value in new[] { 2, 3 }) await platform.SendAsync("PUT", at, $$"""{"name":"A","value":"{{value}}"}""");

        Assert.Equal([3.0, 2.0], (await platform.GetAsync(at + "/versions")).Body["items"].AsArray!.Select(v => v["version"].AsNumber));
    }

    [Theory]
    [InlineData("""{"name":"C","value":"x"}""", 409, "LinkFlow:Limits:Variables")]
    [InlineData("""{"name":"C","value":"0123456789"}""", 400, "LinkFlow:Limits:VariableValueBytes")]
    public async Task Limits_are_named(string json, int status, string setting)
    {
        await using var platform = await TestPlatform.StartAsync(o => (o.Limits.Variables, o.Limits.VariableValueBytes) = (2, 8));
        await platform.PostAsync(Path, """{"name":"A","value":"x"}""");
        await platform.PostAsync(Path, """{"name":"B","value":"x"}""");

        var answer = await platform.PostAsync(Path, json);

        Assert.Equal(status, answer.Status);
        Assert.Contains(setting, answer.Message);
    }

    [Fact]
    public async Task All_values_together_are_bounded()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Limits.VariableBytes = 1024);
        var at = (await platform.PostAsync(Path, $$"""{"name":"A","value":"{{new string('x', 1000)}}"}""")).Header("Location")!;

        Assert.Equal(409, (await platform.PostAsync(Path, $$"""{"name":"B","value":"{{new string('x', 100)}}"}""")).Status);
        await platform.SendAsync("PUT", at, """{"name":"A","value":"x"}""");
        Assert.Equal(201, (await platform.PostAsync(Path, $$"""{"name":"B","value":"{{new string('x', 100)}}"}""")).Status);
    }

    [Fact]
    public async Task Lists_are_filtered_and_paged()
    {
        await using var platform = await TestPlatform.StartAsync();
        var workflow = await platform.WorkflowAsync();
        foreach (var name in new[] { "A", "B", "C" }) await platform.PostAsync(Path, $$"""{"name":"{{name}}","value":"x"}""");
        await platform.PostAsync(Path, $$"""{"name":"D","value":"x","workflowId":"{{workflow}}"}""");

        var first = await platform.GetAsync(Path + "?scope=tenant&limit=2");
        var second = await platform.GetAsync($"{Path}?scope=tenant&limit=2&cursor={first.Body["nextCursor"].AsString}");

        Assert.Equal(["C", "B", "A"], first.Body["items"].AsArray!.Concat(second.Body["items"].AsArray!).Select(v => v["name"].AsString!));
        Assert.Equal(["D"], (await platform.GetAsync($"{Path}?workflowId={workflow}")).Body["items"].AsArray!.Select(v => v["name"].AsString!));
        Assert.Equal(["B"], (await platform.GetAsync($"{Path}?name=B")).Body["items"].AsArray!.Select(v => v["name"].AsString!));
    }

    [Theory]
    [InlineData("POST", Path, "variable:read")]
    [InlineData("GET", Path, "variable:write")]
    [InlineData("DELETE", Path + "/x", "variable:write")]
    [InlineData("PUT", Path + "/x", "variable:delete")]
    public async Task Each_call_needs_its_permission(string method, string path, string scope)
    {
        await using var platform = await TestPlatform.StartAsync();

        Assert.Equal(403, (await platform.SendAsync(method, path, method is "GET" or "DELETE" ? null : "{}", await platform.KeyAsync(scope))).Status);
    }

    [Fact]
    public async Task A_repeated_create_gets_the_first_answer_and_a_stale_save_none()
    {
        await using var platform = await TestPlatform.StartAsync();
        var first = await platform.PostAsync(Path, """{"name":"A","value":"x"}""", "Idempotency-Key: k");

        var repeated = await platform.PostAsync(Path, """{"name":"A","value":"x"}""", "Idempotency-Key: k");
        var stale = await platform.SendAsync("PUT", first.Header("Location")!, """{"name":"A","value":"y"}""", null, "If-Match: \"7\"");
        var staleDelete = await platform.SendAsync("DELETE", first.Header("Location")!, null, null, "If-Match: \"7\"");

        Assert.Equal((201, first.Text), (repeated.Status, repeated.Text));
        Assert.Equal((412, 412), (stale.Status, staleDelete.Status));
    }

    [Fact]
    public async Task A_workflows_variables_go_with_it()
    {
        await using var platform = await TestPlatform.StartAsync();
        var workflow = await platform.WorkflowAsync();
        await platform.PostAsync(Path, $$"""{"name":"A","value":"x","workflowId":"{{workflow}}"}""");
        await platform.PostAsync(Path, $$"""{"name":"K","value":"hunter22","secret":true,"workflowId":"{{workflow}}"}""");

        await platform.SendAsync("DELETE", $"/api/v1/workflows/{workflow}");

        Assert.Empty((await platform.GetAsync(Path)).Body["items"].AsArray!);
        Assert.Equal(0, platform.Secrets.Count);
    }

    [Fact]
    public async Task A_refused_name_leaves_no_sealed_value_behind()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.PostAsync(Path, """{"name":"A","value":"hunter22","secret":true}""");

        await platform.PostAsync(Path, """{"name":"A","value":"hunter33","secret":true}""");

        Assert.Equal(1, platform.Secrets.Count);
    }

    [Theory]
    [InlineData("{{ $vars.REGOIN }}", "UNKNOWN_VARIABLE", "Did you mean 'REGION'?")]
    [InlineData("{{ $vars['REGION'] + $vars.KEY }}", "UNKNOWN_VARIABLE", "$secrets.KEY")]
    [InlineData("{{ $env.HOME }}", "UNKNOWN_ENVIRONMENT_VARIABLE", "LinkFlow:Expressions:Environment")]
    public async Task Validation_warns_of_variables_that_are_not_there(string text, string code, string told)
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.PostAsync(Path, """{"name":"REGION","value":"eu"}""");
        await platform.PostAsync(Path, """{"name":"KEY","value":"hunter22","secret":true}""");
        const string workflow = """{"name":"w","nodes":[{"id":"start","type":"start"},{"id":"set","type":"set_variable","parameters":{"values":{"a":"TEXT"}}}],"connections":[{"source":"start","target":"set"}]}""";

        var found = (await platform.PostAsync("/api/v1/workflows/validate", workflow.Replace("TEXT", text, StringComparison.Ordinal))).Body["warnings"].AsArray!;

        var warning = Assert.Single(found, w => w["code"].AsString == code);
        Assert.Contains(told, warning["message"].AsString);
        Assert.Equal("/nodes/1/parameters/values/a", warning["pointer"].AsString);
    }
}
