using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Http;

public sealed class IdempotencyTests
{
    private const string Key = "Idempotency-Key: k1";

    [Fact]
    public async Task The_same_key_and_body_get_the_first_answer_again()
    {
        await using var platform = await TestPlatform.StartAsync();

        var first = await platform.PostAsync("/api/v1/workflows", Examples.Minimal, Key);
        var again = await platform.PostAsync("/api/v1/workflows", Examples.Minimal, Key);

        Assert.Equal((201, first.Text, first.Header("Location"), first.Header("ETag")), (again.Status, again.Text, again.Header("Location"), again.Header("ETag")));
        Assert.Single((await platform.GetAsync("/api/v1/workflows")).Body["items"].AsArray!);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_409()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.PostAsync("/api/v1/workflows", Examples.Minimal, Key);

        Assert.Equal(409, (await platform.PostAsync("/api/v1/workflows", Examples.Minimal + " ", Key)).Status);
    }

    [Fact]
    public async Task A_key_belongs_to_its_path_and_its_principal()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();
        var other = await platform.KeyAsync("*");
        await platform.PostAsync("/api/v1/workflows", Examples.Minimal, Key);

        Assert.Equal(200, (await platform.PostAsync($"/api/v1/workflows/{id}/duplicate", null, Key)).Status);
        Assert.Equal(201, (await platform.SendAsync("POST", "/api/v1/workflows", Examples.Minimal + " ", other, Key)).Status);
    }

    [Fact]
    public async Task A_key_is_forgotten_after_24_hours()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.PostAsync("/api/v1/workflows", Examples.Minimal, Key);
        platform.Clock.Advance(TimeSpan.FromHours(24.1));

        await platform.PostAsync("/api/v1/workflows", Examples.Minimal, Key);

        Assert.Equal(2, (await platform.GetAsync("/api/v1/workflows")).Body["items"].AsArray!.Count);
    }

    [Fact]
    public async Task While_the_first_is_running_a_repeat_is_409_with_Retry_After()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();
        var goOn = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        platform.Runtime.OnStart = async start =>
        {
            reached.SetResult();
            await goOn.Task;
            return new StartOutcome(StartOutcomeKind.Accepted, start.ExecutionId, default, default);
        };
        var first = platform.PostAsync($"/api/v1/workflows/{id}/execute", "{}", Key);
        await reached.Task;

        var repeat = await platform.PostAsync($"/api/v1/workflows/{id}/execute", "{}", Key);
        goOn.SetResult();

        Assert.Equal((409, "1"), (repeat.Status, repeat.Header("Retry-After")));
        Assert.Equal(202, (await first).Status);
    }

    [Fact]
    public async Task A_start_is_remembered_in_its_own_transaction()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();
        platform.Runtime.OnStart = _ => throw new InvalidOperationException("the process dies here, behind the commit");

        await platform.PostAsync($"/api/v1/workflows/{id}/execute", "{}", Key);
        var again = await platform.PostAsync($"/api/v1/workflows/{id}/execute", "{}", Key);

        Assert.Equal((202, platform.Runtime.Starts.Single().ExecutionId), (again.Status, again.Body["executionId"].AsString));
    }

    [Fact]
    public async Task A_failure_from_before_the_commit_is_not_remembered()
    {
        await using var platform = await TestPlatform.StartAsync();
        platform.Store.Fault = new StoreUnavailableException("full", TimeSpan.FromSeconds(1));
        await platform.PostAsync("/api/v1/workflows", Examples.Minimal, Key);
        platform.Store.Fault = null;

        Assert.Equal(201, (await platform.PostAsync("/api/v1/workflows", Examples.Minimal, Key)).Status);
    }

    [Fact]
    public async Task A_remembered_secret_can_be_read_by_nobody_but_its_caller()
    {
        await using var platform = await TestPlatform.StartAsync();

        var first = await platform.PostAsync("/api/v1/api-keys", """{"name":"ci"}""", Key);
        var again = await platform.PostAsync("/api/v1/api-keys", """{"name":"ci"}""", Key);

        Assert.Equal(first.Body["key"].AsString, again.Body["key"].AsString);
        Assert.DoesNotContain(first.Body["key"].AsString!, platform.Store.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finished_wait_is_remembered_with_its_result()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync();
        platform.Runtime.OnStart = start => Task.FromResult(new StartOutcome(
            StartOutcomeKind.Finished, start.ExecutionId, default, JsonText.Parse("""{"status":"success","output":[{"json":{"n":1}}]}""")));

        var first = await platform.PostAsync($"/api/v1/workflows/{id}/execute", """{"wait":true}""", Key);
        var again = await platform.PostAsync($"/api/v1/workflows/{id}/execute", """{"wait":true}""", Key);

        Assert.Equal((200, first.Text), (again.Status, again.Text));
        Assert.Single(platform.Runtime.Starts);
    }

    [Fact]
    public async Task A_key_of_more_than_255_characters_is_400()
    {
        await using var platform = await TestPlatform.StartAsync();

        Assert.Equal(400, (await platform.PostAsync("/api/v1/workflows", Examples.Minimal, "Idempotency-Key: " + new string('k', 256))).Status);
    }
}
