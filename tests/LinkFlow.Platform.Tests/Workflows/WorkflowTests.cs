using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Tests.Workflows;

public sealed class WorkflowTests
{
    [Fact]
    public async Task A_new_workflow_is_a_draft_with_every_default_made_explicit()
    {
        await using var platform = await TestPlatform.StartAsync();

        var made = await platform.PostAsync("/api/v1/workflows", Examples.Minimal);

        Assert.Equal((201, "draft", 1d), (made.Status, made.Body["status"].AsString, made.Body["version"].AsNumber));
        Assert.Equal($"/api/v1/workflows/{made.Body["id"].AsString}", made.Header("Location"));
        Assert.Equal(1, made.Body["nodes"].AsArray![0]["typeVersion"].AsNumber);
        Assert.Equal("UTC", made.Body["settings"]["timezone"].AsString);
        Assert.True(made.Body["activeVersion"].IsNull);
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-7", made.Body["id"].AsString);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", made.Body["createdAt"].AsString);
    }

    [Theory]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"nodes":[]}""")]
    [InlineData("""{"name":"a\u0000b"}""")]
    [InlineData("""{"name":"   "}""")]
    public async Task A_workflow_without_a_proper_name_is_400(string body)
    {
        await using var platform = await TestPlatform.StartAsync();

        Assert.Equal(400, (await platform.PostAsync("/api/v1/workflows", body)).Status);
    }

    [Theory]
    [InlineData(128, 201)]
    [InlineData(129, 400)]
    public async Task A_name_has_at_most_128_characters(int length, int status)
    {
        await using var platform = await TestPlatform.StartAsync();

        Assert.Equal(status, (await platform.PostAsync("/api/v1/workflows", $$"""{"name":"{{new string('n', length)}}"}""")).Status);
    }

    [Fact]
    public async Task PUT_takes_what_GET_returned_and_makes_no_version_of_it()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();
        var got = await platform.GetAsync($"/api/v1/workflows/{id}");

        var put = await platform.SendAsync("PUT", $"/api/v1/workflows/{id}", got.Text);

        Assert.Equal((200, 1d), (put.Status, put.Body["version"].AsNumber));
    }

    [Theory]
    [InlineData("""{"name":"Renamed"}""", 1)]
    [InlineData("""{"tags":["a"],"metadata":{"x":1},"description":"d"}""", 1)]
    [InlineData("""{"nodes":[{"id":"begin","type":"start"}]}""", 2)]
    [InlineData("""{"settings":{"maxParallelNodes":3}}""", 2)]
    public async Task Only_a_save_of_the_definition_makes_a_version(string patch, int version)
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();

        var patched = await platform.SendAsync("PATCH", $"/api/v1/workflows/{id}", patch, null, "Content-Type: application/merge-patch+json");

        Assert.Equal((200, version), (patched.Status, (int)patched.Body["version"].AsNumber));
        Assert.Equal(version, (await platform.GetAsync($"/api/v1/workflows/{id}/versions")).Body["items"].AsArray!.Count);
    }

    [Fact]
    public async Task A_merge_patch_removes_with_null_and_merges_objects()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync("""{"name":"n","description":"d","metadata":{"a":1,"b":{"c":2,"d":3}}}""");

        var patched = await platform.SendAsync("PATCH", $"/api/v1/workflows/{id}", """{"description":null,"metadata":{"a":null,"b":{"c":9}}}""");

        Assert.Equal("", patched.Body["description"].AsString);
        Assert.Equal(JsonText.Parse("""{"b":{"c":9,"d":3}}"""), patched.Body["metadata"]);
    }

    [Theory]
    [InlineData("\"7\"", 412)]
    [InlineData("\"1\"", 200)]
    [InlineData("*", 200)]
    [InlineData("\"7\", \"1\"", 200)]
    [InlineData("W/\"1\"", 412)]
    public async Task If_Match_guards_a_change(string tag, int status)
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();

        Assert.Equal(status, (await platform.SendAsync("PATCH", $"/api/v1/workflows/{id}", "{}", null, $"If-Match: {tag}")).Status);
    }

    [Fact]
    public async Task A_workflow_that_is_known_already_is_304()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();
        var etag = (await platform.GetAsync($"/api/v1/workflows/{id}")).Header("ETag");

        Assert.Equal(304, (await platform.SendAsync("GET", $"/api/v1/workflows/{id}", null, null, $"If-None-Match: {etag}")).Status);
    }

    [Fact]
    public async Task Lists_are_filtered_by_status_tag_and_text()
    {
        await using var platform = await TestPlatform.StartAsync();
        var tagged = await platform.WorkflowAsync("""{"name":"Alpha","tags":["x"],"nodes":[{"id":"start","type":"start"}]}""");
        var active = await platform.ActiveWorkflowAsync(Examples.Minimal);

        Assert.Equal([tagged], await Ids(platform, "?tag=x"));
        Assert.Equal([tagged], await Ids(platform, "?q=ALPH"));
        Assert.Equal([active], await Ids(platform, "?status=active"));
        Assert.Empty(await Ids(platform, "?status=archived"));
    }

    [Fact]
    public async Task An_earlier_version_can_be_read_compared_and_restored()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();
        await platform.SendAsync("PATCH", $"/api/v1/workflows/{id}", """{"nodes":[{"id":"other","type":"start"}]}""");

        var diff = await platform.GetAsync($"/api/v1/workflows/{id}/versions/1...2");
        var restored = await platform.PostAsync($"/api/v1/workflows/{id}/versions/1/restore");

        Assert.Equal("other", diff.Body["nodes"]["added"].AsArray![0]["id"].AsString);
        Assert.Equal((200, 3d), (restored.Status, restored.Body["version"].AsNumber));
        Assert.Equal("start", (await platform.GetAsync($"/api/v1/workflows/{id}/versions/3")).Body["nodes"].AsArray![0]["id"].AsString);
        Assert.Equal(404, (await platform.GetAsync($"/api/v1/workflows/{id}/versions/9")).Status);
        Assert.Equal(404, (await platform.GetAsync($"/api/v1/workflows/{id}/versions/1...x")).Status);
    }

    [Fact]
    public async Task A_copy_is_a_draft_of_its_own()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.ActiveWorkflowAsync(Examples.Minimal);

        var copy = await platform.PostAsync($"/api/v1/workflows/{id}/duplicate");

        Assert.Equal((200, "draft", "Minimal (copy)"), (copy.Status, copy.Body["status"].AsString, copy.Body["name"].AsString));
        Assert.NotEqual(id, copy.Body["id"].AsString);
    }

    [Fact]
    public async Task A_diagram_is_mermaid_and_another_format_is_400_naming_it()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();

        Assert.StartsWith("flowchart", (await platform.GetAsync($"/api/v1/workflows/{id}/diagram")).Text, StringComparison.Ordinal);
        var svg = await platform.GetAsync($"/api/v1/workflows/{id}/diagram?format=svg");
        Assert.Equal(400, svg.Status);
        Assert.Contains("mermaid", svg.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drafts_are_saved_with_problems_that_validation_names()
    {
        await using var platform = await TestPlatform.StartAsync();
        const string broken = """{"name":"b","nodes":[{"id":"a","type":"nope"}],"connections":[{"source":"a","target":"gone"}]}""";
        var id = await platform.WorkflowAsync(broken);

        foreach (var answer in new[] { await platform.PostAsync("/api/v1/workflows/validate", broken), await platform.PostAsync($"/api/v1/workflows/{id}/validate") })
        {
            Assert.Equal((200, false), (answer.Status, answer.Body["valid"].AsBoolean));
            Assert.Contains(answer.Body["errors"].AsArray!, e => e["pointer"].AsString == "/connections/0/target");
            Assert.Contains(answer.Body["errors"].AsArray!, e => e["nodeId"].AsString == "a");
        }
    }

    [Fact]
    public async Task Too_many_nodes_are_refused_at_once()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Limits.WorkflowNodes = 2);
        const string three = """{"name":"b","nodes":[{"id":"a","type":"start"},{"id":"b","type":"no_op"},{"id":"c","type":"no_op"}]}""";

        Assert.Contains("at most 2", (await platform.PostAsync("/api/v1/workflows", three)).Text, StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<string>> Ids(TestPlatform platform, string query) =>
        (await platform.GetAsync("/api/v1/workflows" + query)).Body["items"].AsArray!.Select(i => i["id"].AsString!);
}
