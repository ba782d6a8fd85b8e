using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Tests.Records;

public sealed class RunningTests : IAsyncLifetime
{
    private const string Plain = """{"start":{"type":"start"},"a":{"type":"call"},"set":{"type":"set_variable","parameters":{"fields":{"n":2}}}}""";
    private const string Answering = """{"start":{"type":"start"},"a":{"type":"call"},"say":{"type":"respond","parameters":{"status":201,"body":{"said":"this"}}}}""";

    private static readonly DocumentType Key = new("idempotency-test");

    private RecordsWorld _world = null!;

    public async Task InitializeAsync() => _world = await RecordsWorld.BeginAsync(movesClock: true);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task An_execution_runs_to_its_end_over_its_records()
    {
        _world.Save("w", Plain, "start > a > set");

        var id = await _world.RunAsync("w", """{"m":1}""");

        Assert.Equal("success", await _world.StatusAsync(id));
        Assert.Equal("[{\"m\":1,\"n\":2}]", await _world.OutputAsync(id));
    }

    [Theory]
    [InlineData(SaveData.All)]
    [InlineData(SaveData.None)]
    public async Task A_caller_gets_the_end_of_what_another_instance_runs(SaveData saveData)
    {
        _world.Save("w", Plain, "start > a > set", s => s with { SaveData = saveData });

        var outcome = await StartAndDriveElsewhereAsync(_world.Start("w", AnswerWhen.Finished, """{"m":1}"""));

        Assert.Equal(StartOutcomeKind.Finished, outcome.Kind);
        Assert.Equal((1, 2), (outcome.Execution["input"].AsArray![0]["json"]["m"].AsNumber, outcome.Execution["output"].AsArray![0]["json"]["n"].AsNumber));
    }

    [Theory]
    [InlineData(SaveData.All)]
    [InlineData(SaveData.None)]
    public async Task A_caller_gets_what_respond_says(SaveData saveData)
    {
        _world.Save("w", Answering, "start > a > say", s => s with { SaveData = saveData });

        var outcome = await StartAndDriveElsewhereAsync(_world.Start("w", AnswerWhen.Responded));

        Assert.Equal((StartOutcomeKind.Responded, 201, "this"), (outcome.Kind, (int)outcome.Response["status"].AsNumber, outcome.Response["body"]["said"].AsString));
    }

    [Fact]
    public async Task A_caller_is_told_that_it_rests_and_a_signal_wakes_it()
    {
        _world.Save("w", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}}}""", "start > w");
        var start = _world.Start("w", AnswerWhen.Finished);

        var outcome = await StartAndDriveElsewhereAsync(start);
        var sent = await _world.One.Runtime.SendAsync(RecordsWorld.Tenant, start.ExecutionId, new SignalCommand("go", Item.Of(new ObjectValue { { "x", 7 } })));
        await _world.DriveAsync();

        Assert.Equal((StartOutcomeKind.Pending, CommandOutcome.Accepted), (outcome.Kind, sent));
        Assert.Equal("[{\"x\":7}]", await _world.OutputAsync(start.ExecutionId));
    }

    [Fact]
    public async Task Data_that_is_not_to_be_kept_is_gone_and_the_events_stay()
    {
        _world.Save("w", Plain, "start > a > set", s => s with { SaveData = SaveData.None });

        var id = await _world.RunAsync("w", """{"m":"s3cret"}""");

        var events = await _world.One.History.ReadAsync(RecordsWorld.Tenant, id, 0, 100);
        Assert.IsType<ExecutionFinished>(events[^1]);
        Assert.DoesNotContain(events, e => System.Text.Encoding.UTF8.GetString(Platform.Executions.Running.EventBytes.Of(e)).Contains("s3cret", StringComparison.Ordinal));
        Assert.False((await _world.FindAsync(id)).Execution.HasData);
    }

    [Fact]
    public async Task A_parent_hears_of_its_childrens_ends_through_its_inbox()
    {
        SaveFamily();

        var id = await _world.RunAsync("parent", """{"m":1}""");

        Assert.Equal("[{\"m\":1,\"n\":2}]", await _world.OutputAsync(id));
        Assert.Equal(0, await _world.CountAsync(RecordTypes.News));
    }

    [Theory]
    [InlineData("gone", "WORKFLOW_NOT_ACTIVE")]
    [InlineData("parent", "DEPTH_LIMIT")]
    public async Task A_child_that_cannot_start_fails_its_items(string child, string code)
    {
        _world.Save("parent", """{"start":{"type":"start"},"call":{"type":"execute_workflow","parameters":{"workflowId":"CHILD"}}}""".Replace("CHILD", child, StringComparison.Ordinal), "start > call");

        var id = await _world.RunAsync("parent");

        Assert.Equal(("error", code), (await _world.StatusAsync(id), (await _world.FindAsync(id)).Execution.Error!.Code));
    }

    [Fact]
    public async Task A_process_that_dies_anywhere_leaves_a_family_that_comes_to_its_end_all_the_same()
    {
        SaveFamily();
        await DieEverywhereAsync(
            id => _world.Start("parent", input: """{"m":1}""", id: id),
            async id =>
            {
                Assert.Equal("[{\"m\":1,\"n\":2}]", await _world.OutputAsync(id));
                var children = (await _world.One.History.ListAsync(new ExecutionSearch(RecordsWorld.Tenant) { WorkflowId = "child", Limit = 200 })).Items;
                var child = Assert.Single(children, c => c.ParentExecutionId == id);
                // One call, or the same one again: a recovery has the key of the attempt that it repeats.
                Assert.Single(_world.Calls.Where(c => c.StartsWith(child.Id, StringComparison.Ordinal)).Distinct());
            });
    }

    [Fact]
    public async Task A_process_that_dies_anywhere_starts_the_error_workflow_once()
    {
        _world.CallsFail = true;
        _world.Save("handler", """{"failed":{"type":"error"}}""", "");
        _world.Save("w", Plain, "start > a > set", s => s with { ErrorWorkflowId = "handler" });
        var started = 0;

        await DieEverywhereAsync(
            id => _world.Start("w", id: id),
            async id =>
            {
                Assert.Equal("error", await _world.StatusAsync(id));
                var handlers = (await _world.One.History.ListAsync(new ExecutionSearch(RecordsWorld.Tenant) { WorkflowId = "handler", Limit = 200 })).Items;
                Assert.Equal((++started, started), (handlers.Count, handlers.Count(h => h.Status == ExecutionStatus.Success)));
            });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("calls")]
    public async Task A_process_that_dies_anywhere_while_it_starts_has_accepted_all_of_it_or_nothing(string? partition)
    {
        var key = Key with { Partition = partition };
        _world.Save("w", Plain, "start > a > set");
        await DieEverywhereAsync(
            id => _world.Start("w", id: id) with { With = new UnitOfWork(RecordsWorld.Tenant).Put(key, $"{id}/key", new ObjectValue(), expected: 0) },
            async id => Assert.Equal("success", await _world.StatusAsync(id)),
            isAccepted: async id => await ((IDocumentStore)_world.Sqlite.Documents).GetAsync(RecordsWorld.Tenant, key, $"{id}/key") is not null);
        Assert.Equal(0, await _world.CountAsync(new DocumentType("execution-start")));
    }

    [Fact]
    public async Task A_start_whose_record_is_there_already_starts_nothing()
    {
        _world.Save("w", Plain, "start > a > set");
        Func<StartExecution> once = () => _world.Start("w") with { With = new UnitOfWork(RecordsWorld.Tenant).Put(Key, "same", new ObjectValue(), expected: 0) };

        await _world.One.Runtime.StartAsync(once());
        await Assert.ThrowsAsync<DocumentConflictException>(() => _world.One.Runtime.StartAsync(once()));

        Assert.Single(_world.Client.Scheduled);
        Assert.Equal(1, await _world.CountAsync(RecordTypes.Execution));
    }

    [Fact]
    public async Task What_the_runtime_could_not_be_told_it_is_told_by_the_sweep()
    {
        _world.Save("w", Plain, "start > a > set");
        _world.Client.IsDown = true;
        var start = _world.Start("w");
        Assert.Equal(StartOutcomeKind.Accepted, (await _world.One.Runtime.StartAsync(start)).Kind);
        _world.Client.IsDown = false;

        await SweepAsync();

        Assert.Equal("success", await _world.StatusAsync(start.ExecutionId));
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Failed)]
    [InlineData(OrchestrationRuntimeStatus.Terminated)]
    [InlineData(null)]
    public async Task An_unfinished_execution_whose_orchestration_is_gone_is_scheduled_again(OrchestrationRuntimeStatus? left)
    {
        var id = await RestingAsync();
        _world.Client.Instances.Clear();
        if (left is { } status) _world.Client.Instances[id] = status;

        Assert.Equal(1, await _world.One.Sweep.RestartAllAsync(RecordsWorld.Tenant));
        Assert.Equal(0, await _world.One.Sweep.RestartAllAsync(RecordsWorld.Tenant));
        Assert.Equal([id], _world.Client.Scheduled);
    }

    [Fact]
    public async Task A_sweep_finds_an_orchestration_that_was_lost_and_leaves_those_alone_that_wait()
    {
        var (lost, waits) = (await RestingAsync(), await RestingAsync());
        _world.Client.Instances.TryRemove(lost, out _);
        _world.Moved.Move(TimeSpan.FromMinutes(10));

        for (var i = 0; i < 4; i++) await _world.One.Sweep.RunAsync(RecordsWorld.Tenant);

        Assert.Equal([lost], _world.Client.Scheduled);
        Assert.DoesNotContain(waits, _world.Client.Scheduled);
    }

    [Fact]
    public async Task No_more_run_at_once_than_the_workflow_allows()
    {
        _world.Save("w", Plain, "start > a > set", s => s with { MaxConcurrentExecutions = 2 });
        var starts = Enumerable.Range(0, 5).Select(_ => _world.Start("w")).ToList();
        foreach (var start in starts) await _world.Another().Runtime.StartAsync(start);

        Assert.Equal(2, _world.Client.Scheduled.Count);
        await _world.DriveAsync();

        foreach (var start in starts) Assert.Equal("success", await _world.StatusAsync(start.ExecutionId));
    }

    [Fact]
    public async Task A_process_that_dies_anywhere_keeps_no_turn_for_ever()
    {
        _world.Save("w", Plain, "start > a > set", s => s with { MaxConcurrentExecutions = 1 });
        await DieEverywhereAsync(id => _world.Start("w", id: id), async id => Assert.Equal("success", await _world.StatusAsync(id)));

        Assert.Equal("success", await _world.StatusAsync(await _world.RunAsync("w")));
    }

    [Fact]
    public async Task A_queued_execution_need_not_wait_for_its_turn_to_be_cancelled()
    {
        _world.Save("w", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}}}""", "start > w", s => s with { MaxConcurrentExecutions = 1 });
        await _world.RunAsync("w");
        var queued = await _world.RunAsync("w");
        Assert.Equal("queued", await _world.StatusAsync(queued));

        await _world.One.Runtime.SendAsync(RecordsWorld.Tenant, queued, new CancelCommand(Compensate: false));
        await _world.DriveAsync();

        Assert.Equal("cancelled", await _world.StatusAsync(queued));
    }

    [Fact]
    public async Task A_parked_execution_shows_why_and_tells_its_parent()
    {
        SaveFamily();
        await _world.One.Runtime.StartAsync(_world.Start("parent"));
        Assert.True(_world.Client.Scheduled.TryDequeue(out var parent));
        await LineDriver.RunAsync(_world.One, parent);
        Assert.True(_world.Client.Scheduled.TryDequeue(out var child));

        await _world.One.Commits.ParkAsync(RecordsWorld.Tenant, child, new ExecutionError("It cannot be read.", "HISTORY_UNREADABLE", null, 0), new InvalidDataException());
        await _world.DriveAsync();

        Assert.Equal(("error", "HISTORY_UNREADABLE"), (await _world.StatusAsync(child), (await _world.FindAsync(parent)).Execution.Error!.Code));
    }

    private void SaveFamily()
    {
        _world.Save("child", """{"in":{"type":"subworkflow"},"a":{"type":"call"},"set":{"type":"set_variable","parameters":{"fields":{"n":2}}}}""", "in > a > set");
        _world.Save("parent", """{"start":{"type":"start"},"call":{"type":"execute_workflow","parameters":{"workflowId":"child"}}}""", "start > call");
    }

    private async Task<string> RestingAsync()
    {
        _world.Save("w", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}}}""", "start > w");
        return await _world.RunAsync("w");
    }

    private async Task<StartOutcome> StartAndDriveElsewhereAsync(StartExecution start)
    {
        var asked = _world.Another().Runtime.StartAsync(start);
        for (var end = Environment.TickCount64 + 20_000; _world.Client.Scheduled.IsEmpty && Environment.TickCount64 < end;) await Task.Delay(5);
        await _world.DriveAsync();
        return await asked;
    }

    /// <summary>Later, on another instance: the sweep, and what it sets off, as often as it takes.</summary>
    private async Task SweepAsync()
    {
        for (var i = 0; i < 6; i++)
        {
            _world.Moved.Move(TimeSpan.FromMinutes(10));
            await _world.Another().Sweep.RunAsync(RecordsWorld.Tenant);
            await _world.DriveAsync();
        }
    }

    /// <summary>Kills the process at each of its calls of the store, before and after the call had its effect, and checks what becomes of it then.</summary>
    private async Task DieEverywhereAsync(Func<string, StartExecution> start, Func<string, Task> check, Func<string, Task<bool>>? isAccepted = null)
    {
        for (var (at, died) = (0, true); died; at++)
        {
            foreach (var afterEffect in (bool[])[false, true])
            {
                var order = start(Platform.Ids.Next());
                _world.Store.DieAt(at, afterEffect);
                await Record.ExceptionAsync(async () =>
                {
                    await _world.One.Runtime.StartAsync(order);
                    await _world.DriveAsync();
                });
                died = _world.Store.Revive();

                // A dead process's orchestrations and calls are lost with it: the runtime of the test forgets what it was doing.
                _world.Client.Scheduled.Clear();
                _world.Client.Rung.Clear();
                foreach (var id in _world.Client.Instances.Keys) _world.Client.Instances[id] = OrchestrationRuntimeStatus.Failed;
                await SweepAsync();
                var record = await _world.One.Records.FindAsync(RecordsWorld.Tenant, order.ExecutionId);
                if (isAccepted is not null) Assert.Equal(await isAccepted(order.ExecutionId), record is not null);
                if (record is not null) await check(order.ExecutionId);
            }
        }
    }
}
