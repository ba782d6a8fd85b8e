using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Tests.Journal;

public sealed class StartTests : IAsyncLifetime
{
    private const string WebhookNodes = """
        {"hook":{"type":"webhook","parameters":{"path":"a","responseMode":"respondNode"}},
         "set":{"type":"set_variable","parameters":{"fields":{"seen":true}}},
         "answer":{"type":"respond","parameters":{"status":201}}}
        """;

    private JournalWorld _world = null!;

    public async Task InitializeAsync() => _world = await JournalWorld.BeginAsync();
    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task Webhook_set_respond_is_one_commit_with_the_row_in_its_final_state()
    {
        _world.Save("w", WebhookNodes, "hook > set > answer");
        var id = Ids.Next();

        var outcome = await _world.StartAsync("w", AnswerWhen.Responded, """{"a":1}""", id, start: "hook");

        Assert.Equal(StartOutcomeKind.Responded, outcome.Kind);
        Assert.Equal("""{"status":201,"headers":{},"as":"json","body":{"a":1,"seen":true}}""", JsonText.Write(outcome.Response));
        Assert.Equal(ExecutionStatus.Success, (await _world.FindAsync(id)).Status);
        Assert.Equal(1, await _world.NumberAsync("SELECT count(*) FROM segments"));
        Assert.Equal(5, (await _world.EventsAsync(id)).Count);
    }

    [Fact]
    public async Task A_caller_who_wants_to_know_of_acceptance_only_does_not_wait_for_the_first_node()
    {
        var release = new TaskCompletionSource();
        _world.Answer = async (call, _) => { await release.Task; return call.Item; };
        _world.Save("w", """{"start":{"type":"start"},"call":{"type":"call"}}""", "start > call");

        var outcome = await _world.StartAsync("w");

        Assert.Equal(StartOutcomeKind.Accepted, outcome.Kind);
        Assert.Equal(ExecutionStatus.Running, (await _world.UntilAsync(outcome.ExecutionId, e => e.Status == ExecutionStatus.Running)).Status);
        release.SetResult();
        Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(outcome.ExecutionId)).Status);
    }

    [Fact]
    public async Task A_caller_who_waits_for_the_end_gets_the_document_with_input_and_output()
    {
        _world.Save("w", """{"start":{"type":"start"},"call":{"type":"call"}}""", "start > call");
        _world.Answer = (_, _) => Task.FromResult(JsonText.Parse("""{"b":2}"""));

        var execution = await _world.RunAsync("w", """{"a":1}""");

        Assert.Equal("success", execution["status"].AsString);
        Assert.Equal("""[{"json":{"a":1}}]""", JsonText.Write(execution["input"]));
        Assert.Equal("""{"b":2}""", JsonText.Write(execution["output"].AsArray![0]["json"]));
        Assert.Equal(2, execution["usage"]["nodesRun"].AsNumber);
    }

    [Fact]
    public async Task One_commit_is_made_for_each_external_node()
    {
        _world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"},"mid":{"type":"no_op"},"b":{"type":"call"},"end":{"type":"no_op"}}""", "start > a > mid > b > end");

        await _world.RunAsync("w");

        Assert.Equal(3, await _world.NumberAsync("SELECT count(*) FROM segments"));
    }

    [Fact]
    public async Task An_execution_that_rests_on_a_wait_answers_pending_and_goes_on()
    {
        _world.Save("w", """{"start":{"type":"start"},"wait":{"type":"wait","parameters":{"for":"signal","name":"go"}}}""", "start > wait");

        var outcome = await _world.StartAsync("w", AnswerWhen.Finished);

        Assert.Equal(StartOutcomeKind.Pending, outcome.Kind);
        Assert.Equal(ExecutionStatus.Waiting, (await _world.FindAsync(outcome.ExecutionId)).Status);
    }

    [Fact]
    public async Task A_caller_whose_time_is_over_gets_pending()
    {
        var release = new TaskCompletionSource();
        _world.Answer = async (call, _) => { await release.Task; return call.Item; };
        _world.Save("w", """{"start":{"type":"start"},"call":{"type":"call"}}""", "start > call");

        var outcome = await _world.StartAsync("w", AnswerWhen.Finished, change: s => s with { AnswerWithin = TimeSpan.FromMilliseconds(50) });

        Assert.Equal(StartOutcomeKind.Pending, outcome.Kind);
        release.SetResult();
        await _world.UntilEndedAsync(outcome.ExecutionId);
    }

    [Fact]
    public async Task Documents_become_durable_with_the_start_and_their_conflict_starts_nothing()
    {
        var type = new DocumentType("dedup");
        _world.Save("w", WebhookNodes, "hook > set > answer");
        Task<StartOutcome> Start() => _world.StartAsync("w", AnswerWhen.Responded, start: "hook", change: s => s with
        {
            With = new UnitOfWork(JournalWorld.Tenant).Put(type, "k", new ObjectValue { { "executionId", s.ExecutionId } }, expected: 0),
        });

        var first = await Start();
        await Assert.ThrowsAsync<DocumentConflictException>(Start);

        Assert.Equal(first.ExecutionId, (await _world.Store.Documents.GetAsync(JournalWorld.Tenant, type, "k"))!.Body["executionId"].AsString);
        Assert.Equal(1, await _world.NumberAsync("SELECT count(*) FROM executions"));
    }

    [Fact]
    public async Task A_failed_execution_shows_the_first_error()
    {
        _world.Answer = (_, _) => throw new NodeException("BROKEN", "It is broken.");
        _world.Save("w", """{"start":{"type":"start"},"call":{"type":"call"}}""", "start > call");

        var execution = await _world.RunAsync("w");

        Assert.Equal("error", execution["status"].AsString);
        Assert.Equal("""{"message":"It is broken.","nodeId":"call","code":"BROKEN","attempt":1}""", JsonText.Write(execution["error"]));
    }

    [Fact]
    public async Task No_input_skips_all_nodes_and_succeeds_with_no_output()
    {
        _world.Save("w", """{"start":{"type":"start"},"call":{"type":"call"}}""", "start > call");

        var execution = await _world.RunAsync("w", "[]");

        Assert.Equal("success", execution["status"].AsString);
        Assert.Equal("[]", JsonText.Write(execution["output"]));
        Assert.Empty(_world.Calls);
    }

    [Fact]
    public async Task A_version_that_does_not_exist_is_refused()
    {
        _world.Save("w", """{"start":{"type":"start"}}""", "");

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => _world.StartAsync("w", change: s => s with { WorkflowVersion = 7 }));

        Assert.Contains("no version 7", refused.Message, StringComparison.Ordinal);
    }
}
