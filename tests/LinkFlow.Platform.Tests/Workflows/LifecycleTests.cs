namespace LinkFlow.Platform.Tests.Workflows;

public sealed class LifecycleTests
{
    /// <summary>Each state is reached by the commands before the colon; the command behind it is answered so.</summary>
    [Theory]
    [InlineData("", "activate", 200, "active")]
    [InlineData("", "deactivate", 200, "draft")]
    [InlineData("", "archive", 200, "archived")]
    [InlineData("", "unarchive", 409, "draft")]
    [InlineData("activate", "activate", 200, "active")]
    [InlineData("activate", "deactivate", 200, "inactive")]
    [InlineData("activate", "archive", 409, "active")]
    [InlineData("activate", "unarchive", 409, "active")]
    [InlineData("activate deactivate", "activate", 200, "active")]
    [InlineData("activate deactivate", "archive", 200, "archived")]
    [InlineData("archive", "activate", 409, "archived")]
    [InlineData("archive", "deactivate", 409, "archived")]
    [InlineData("archive", "archive", 200, "archived")]
    [InlineData("archive", "unarchive", 200, "inactive")]
    public async Task Statuses_change_by_these_commands_only(string before, string command, int status, string after)
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();
        foreach (var step in before.Split(' ', StringSplitOptions.RemoveEmptyEntries)) await platform.PostAsync($"/api/v1/workflows/{id}/{step}");

        Assert.Equal(status, (await platform.PostAsync($"/api/v1/workflows/{id}/{command}")).Status);

        Assert.Equal(after, (await platform.GetAsync($"/api/v1/workflows/{id}")).Body["status"].AsString);
    }

    [Theory]
    [InlineData("PUT", "")]
    [InlineData("PATCH", "")]
    [InlineData("POST", "/versions/1/restore")]
    [InlineData("POST", "/execute")]
    public async Task An_archived_workflow_changes_only_by_unarchive(string method, string path)
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();
        await platform.PostAsync($"/api/v1/workflows/{id}/archive");

        Assert.Equal((409, "CONFLICT"), await platform.SendAsync(method, $"/api/v1/workflows/{id}{path}", method == "POST" ? "{}" : Examples.Minimal) is var a ? (a.Status, a.Code) : default);
    }

    [Fact]
    public async Task An_active_workflow_cannot_be_deleted_and_a_deleted_one_is_gone()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.ActiveWorkflowAsync(Examples.Minimal);
        Assert.Equal(409, (await platform.SendAsync("DELETE", $"/api/v1/workflows/{id}")).Status);
        await platform.PostAsync($"/api/v1/workflows/{id}/deactivate");

        Assert.Equal(204, (await platform.SendAsync("DELETE", $"/api/v1/workflows/{id}")).Status);

        Assert.Equal(404, (await platform.GetAsync($"/api/v1/workflows/{id}")).Status);
        Assert.Equal(404, (await platform.GetAsync($"/api/v1/workflows/{id}/versions/1")).Status);
    }

    [Fact]
    public async Task Activation_takes_the_newest_version_or_the_one_asked_for()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();
        await platform.SendAsync("PATCH", $"/api/v1/workflows/{id}", """{"settings":{"maxParallelNodes":2}}""");

        Assert.Equal(2, (await platform.PostAsync($"/api/v1/workflows/{id}/activate")).Body["activeVersion"].AsNumber);
        Assert.Equal(1, (await platform.PostAsync($"/api/v1/workflows/{id}/activate", """{"version":1}""")).Body["activeVersion"].AsNumber);
        Assert.Equal(400, (await platform.PostAsync($"/api/v1/workflows/{id}/activate", """{"version":9}""")).Status);
    }

    [Fact]
    public async Task A_save_does_not_touch_what_is_active()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.ActiveWorkflowAsync(Examples.Webhook("a"));

        await platform.SendAsync("PATCH", $"/api/v1/workflows/{id}", """{"nodes":[],"connections":[]}""");

        var shown = (await platform.GetAsync($"/api/v1/workflows/{id}")).Body;
        Assert.Equal((2d, 1d, "active"), (shown["version"].AsNumber, shown["activeVersion"].AsNumber, shown["status"].AsString));
        await platform.SendAsync("POST", "/webhooks/a", "{}", "");
        Assert.Equal(1, platform.Runtime.Starts.Single().WorkflowVersion);
    }

    [Theory]
    [InlineData("""{"name":"n","nodes":[{"id":"a","type":"no_op"}]}""", "/nodes")]
    [InlineData("""{"name":"n","nodes":[{"id":"a","type":"sart"}]}""", "/nodes/0/type")]
    [InlineData("""{"name":"n","nodes":[{"id":"s","type":"start"}],"connections":[{"source":"s","target":"x"}]}""", "/connections/0/target")]
    [InlineData("""{"name":"n","nodes":[{"id":"s","type":"start","credentials":{"auth":"none"}}]}""", "/nodes/0/credentials/auth")]
    [InlineData("""{"name":"n","nodes":[{"id":"h","type":"webhook","parameters":{"path":"a b"}}]}""", "/nodes/0/parameters/path")]
    [InlineData("""{"name":"n","nodes":[{"id":"h","type":"webhook","parameters":{"path":"a"}},{"id":"i","type":"webhook","parameters":{"path":"a"}}]}""", "/nodes/1/parameters/path")]
    public async Task What_stands_against_activation_is_told_by_pointer(string workflow, string pointer)
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync(workflow);

        var answer = await platform.PostAsync($"/api/v1/workflows/{id}/activate");

        Assert.Equal((400, "VALIDATION_ERROR"), (answer.Status, answer.Code));
        Assert.True(answer.Details[pointer].IsArray, answer.Text);
    }
}
