using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Tests.Journal;

public sealed class DataTests : IAsyncLifetime
{
    private JournalWorld _world = null!;

    private IExecutionHistory History => _world.Runtime.History;

    public async Task InitializeAsync() => _world = await JournalWorld.BeginAsync();
    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Theory]
    [InlineData(100, false)]
    [InlineData(40_000, true)]
    public async Task Payloads_above_the_threshold_go_to_the_blob_store_and_come_back(int size, bool byClaimCheck)
    {
        var text = new string('x', size);
        _world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"}}""", "start > a");

        var shown = await _world.RunAsync("w", $$"""{"text":"{{text}}"}""");

        var execution = await _world.FindAsync(shown["id"].AsString!);
        Assert.Equal(byClaimCheck, (await _world.EventsAsync(execution.Id)).OfType<NodeCompleted>().All(e => e.Outputs[0].Items.Blob is not null));
        Assert.Equal(byClaimCheck ? 1 : 0, await _world.NumberAsync("SELECT count(*) > 0 FROM blob_refs"));
        Assert.Equal(text, (await History.LoadAsync(JournalWorld.Tenant, execution.Id, execution.Output))[0].Json["text"].AsString);
    }

    [Fact]
    public async Task A_long_loop_is_snapshotted_committed_in_batches_and_gives_all_results_in_order()
    {
        _world.Save("w", """{"start":{"type":"start"},"l":{"type":"loop"},"s":{"type":"set_variable","parameters":{"fields":{"seen":true}}},"end":{"type":"no_op"}}""", "start > l; l.loop > s > l; l.done > end");

        var shown = await _world.RunAsync("w", $"[{string.Join(',', Enumerable.Range(0, 3_000).Select(i => $$"""{"n":{{i}}}"""))}]");

        Assert.Equal("success", shown["status"].AsString);
        Assert.Equal(Enumerable.Range(0, 3_000).Select(i => (double)i), shown["output"].AsArray!.Select(i => i["json"]["n"].AsNumber));
        Assert.True(await _world.NumberAsync("SELECT count(*) FROM segments") >= 3);
    }

    [Fact]
    public async Task An_execution_with_a_snapshot_is_read_back_from_it()
    {
        _world.Save(
            "w",
            """{"start":{"type":"start"},"l":{"type":"loop"},"s":{"type":"no_op"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}},"m":{"type":"merge","parameters":{"inputs":2}}}""",
            "start > l; l.loop > s > l; start > w > m.input1; l.done > m.input2");
        var id = (await _world.StartAsync("w", input: $"[{string.Join(',', Enumerable.Range(0, 1_500).Select(i => $$"""{"n":{{i}}}"""))}]")).ExecutionId;
        await _world.UntilAsync(id, ExecutionStatus.Waiting);
        Assert.Equal(1, await _world.NumberAsync("SELECT count(*) FROM snapshots"));

        await _world.RestartAsync();
        await _world.SendAsync(id, new SignalCommand("go", Item.Of(new ObjectValue { { "n", -1 } })));

        Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(id)).Status);
        Assert.Equal(Enumerable.Range(-1, 1_501).Select(i => (double)i), (await History.LoadAsync(JournalWorld.Tenant, id, (await _world.FindAsync(id)).Output)).Select(i => i.Json["n"].AsNumber));
    }

    [Fact]
    public async Task Histories_are_read_page_by_page_and_across_tenants_not_at_all()
    {
        _world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"}}""", "start > a");
        var id = (await _world.RunAsync("w"))["id"].AsString!;

        var all = await _world.EventsAsync(id);
        var page = await History.ReadAsync(JournalWorld.Tenant, id, 1, 2);

        Assert.Equal(Enumerable.Range(1, all.Count).Select(i => (long)i), all.Select(e => e.Seq));
        Assert.Equal([2L, 3L], page.Select(e => e.Seq));
        Assert.Empty(await History.ReadAsync("another", id, 0, 10));
        Assert.Null(await History.FindAsync("another", id));
    }

    [Fact]
    public async Task A_reader_of_live_events_is_woken_by_the_next_commit()
    {
        _world.Save("w", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}}}""", "start > w");
        var id = (await _world.StartAsync("w", AnswerWhen.Finished)).ExecutionId;
        var last = (await _world.EventsAsync(id))[^1].Seq;

        await History.WaitForEventsAsync(JournalWorld.Tenant, id, last - 1, TimeSpan.FromMinutes(5));
        await History.WaitForEventsAsync(JournalWorld.Tenant, id, last, TimeSpan.FromMilliseconds(20));
        var waiting = History.WaitForEventsAsync(JournalWorld.Tenant, id, last, TimeSpan.FromMinutes(5));
        Assert.False(waiting.IsCompleted);
        await _world.SendAsync(id, new SignalCommand("go", Item.Of(new ObjectValue())));

        await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True((await _world.EventsAsync(id)).Count > last);
    }

    [Fact]
    public async Task Only_finished_executions_are_deleted()
    {
        _world.Save("w", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}}}""", "start > w");
        var id = (await _world.StartAsync("w", AnswerWhen.Finished)).ExecutionId;

        Assert.False(await History.DeleteAsync(JournalWorld.Tenant, id));
        await _world.SendAsync(id, new CancelCommand(Compensate: false));
        await _world.UntilEndedAsync(id);

        Assert.True(await History.DeleteAsync(JournalWorld.Tenant, id));
        Assert.Null(await History.FindAsync(JournalWorld.Tenant, id));
    }

    [Fact]
    public async Task A_retry_keeps_the_copied_runs_and_calls_only_the_rest()
    {
        _world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"},"b":{"type":"call"}}""", "start > a > b");
        var id = (await _world.RunAsync("w", """{"n":1}"""))["id"].AsString!;
        var copied = (await _world.EventsAsync(id)).OfType<NodeCompleted>().Where(e => e.Node != "b").Select(e => e with { CopiedFrom = id, Id = null }).ToList();

        var again = await _world.StartAsync("w", AnswerWhen.Finished, """{"n":1}""", change: s => s with { Mode = "retry", RetryOf = id, Copied = copied });

        Assert.Equal(("success", id), (again.Execution["status"].AsString, again.Execution["retryOf"].AsString));
        Assert.Equal(["a", "b", "b"], _world.Calls.Select(c => c.Node));
    }

    [Fact]
    public async Task Expressions_see_earlier_nodes_and_the_execution()
    {
        _world.Save(
            "w",
            """{"start":{"type":"start"},"a":{"type":"call"},"s":{"type":"set_variable","parameters":{"fields":{"was":"{{ $('start').first().json.n }}","id":"{{ $execution.id }}","workflow":"{{ $workflow.name }}"}}}}""",
            "start > a > s");

        var shown = await _world.RunAsync("w", """{"n":5}""");

        var json = shown["output"].AsArray![0]["json"];
        Assert.Equal((5, shown["id"].AsString, "Workflow w"), (json["was"].AsNumber, json["id"].AsString, json["workflow"].AsString));
    }

    [Theory]
    [InlineData(SaveData.All, 1)]
    [InlineData(SaveData.None, 0)]
    public async Task An_express_execution_is_one_commit_at_its_end(SaveData saveData, int segmentsWithData)
    {
        long? before = null;
        _world.Answer = async (call, _) => { before = await _world.NumberAsync("SELECT count(*) FROM executions"); return call.Item; };
        _world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"},"b":{"type":"call"}}""", "start > a > b", s => s with { Mode = ExecutionMode.Express, SaveData = saveData });

        var shown = await _world.RunAsync("w", """{"secret":"s3cret"}""");

        Assert.Equal((0L, "success"), (before, shown["status"].AsString));
        Assert.Equal(1, await _world.NumberAsync("SELECT count(*) FROM segments"));
        Assert.Equal(segmentsWithData, await _world.NumberAsync("SELECT count(*) FROM segments WHERE instr(payload, 's3cret') > 0"));
    }

    [Fact]
    public async Task An_express_execution_retries_in_memory_and_can_be_cancelled()
    {
        _world.Answer = async (call, stop) =>
        {
            if (call.Attempt == 1) throw new Engine.Nodes.NodeException("BUSY", "Not now.");
            await Task.Delay(Timeout.Infinite, stop);
            return call.Item;
        };
        _world.Save("w", """{"start":{"type":"start"},"a":{"type":"call","retry":{"maxAttempts":2,"initialDelayMs":10}}}""", "start > a", s => s with { Mode = ExecutionMode.Express });
        var run = _world.RunAsync("w");
        await _world.UntilAsync(() => _world.Calls.Count == 2);

        Assert.Equal(CommandOutcome.Accepted, await _world.SendAsync(_world.Calls.First().ExecutionId, new CancelCommand(Compensate: false)));

        Assert.Equal("cancelled", (await run)["status"].AsString);
    }
}
