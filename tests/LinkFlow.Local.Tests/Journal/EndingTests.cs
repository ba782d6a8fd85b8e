using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Tests.Journal;

public sealed class EndingTests : IAsyncLifetime
{
    private const string One = """{"start":{"type":"start"},"a":{"type":"call"}}""";

    private JournalWorld _world = null!;

    public async Task InitializeAsync() => _world = await JournalWorld.BeginAsync();
    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task The_error_workflow_starts_with_the_failure_and_starts_none_itself()
    {
        _world.Answer = (_, _) => throw new NodeException("BROKEN", "It is broken.");
        _world.Save("w", One, "start > a", s => s with { ErrorWorkflowId = "handler" });
        _world.Save("handler", """{"failed":{"type":"error"},"b":{"type":"call"}}""", "failed > b", s => s with { ErrorWorkflowId = "handler" });

        var execution = await _world.RunAsync("w");
        await _world.UntilAsync(() => HandlersAsync().Result is [{ IsFinished: true }]);

        var handler = Assert.Single(await HandlersAsync());
        Assert.Equal("error", handler.Mode);
        var input = (await _world.Runtime.History.LoadAsync(JournalWorld.Tenant, handler.Id, handler.Input))[0].Json;
        Assert.Equal((execution["id"].AsString, "BROKEN", "w"), (input["execution"]["id"].AsString, input["execution"]["error"]["code"].AsString, input["workflow"]["id"].AsString));
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("plain")]
    public async Task An_error_workflow_that_cannot_start_changes_nothing(string handler)
    {
        _world.Answer = (_, _) => throw new NodeException("BROKEN", "It is broken.");
        _world.Save("plain", """{"start":{"type":"start"}}""", "");
        _world.Save("w", One, "start > a", s => s with { ErrorWorkflowId = handler });

        Assert.Equal("error", (await _world.RunAsync("w"))["status"].AsString);
        Assert.Contains(_world.Log, l => l.StartsWith("3007", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(SaveData.All, false, true)]
    [InlineData(SaveData.Errors, false, false)]
    [InlineData(SaveData.Errors, true, true)]
    [InlineData(SaveData.None, true, false)]
    public async Task Data_is_kept_as_the_workflow_says_and_the_caller_gets_it_all_the_same(SaveData saveData, bool fails, bool kept)
    {
        _world.Answer = (call, _) => fails && call.Node == "b" ? throw new NodeException("BROKEN", "It is broken.") : Task.FromResult<Value>(call.Item);
        _world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"},"b":{"type":"call"}}""", "start > a > b", s => s with { SaveData = saveData });

        var shown = await _world.RunAsync("w", """{"secret":"s3cret"}""");

        var execution = await _world.FindAsync(shown["id"].AsString!);
        Assert.Equal("s3cret", shown["input"].AsArray![0]["json"]["secret"].AsString);
        Assert.Equal(kept, execution.HasData);
        Assert.Equal(kept ? 1 : 0, await _world.NumberAsync("SELECT count(*) > 0 FROM segments WHERE instr(payload, 's3cret') > 0"));
        Assert.Contains(await _world.EventsAsync(execution.Id), e => e is NodeCompleted { Node: "a" });
        if (!kept) await Assert.ThrowsAsync<DataMissingException>(() => _world.Runtime.History.LoadAsync(JournalWorld.Tenant, execution.Id, execution.Input).AsTask());
    }

    [Fact]
    public async Task A_failure_is_compensated_in_reverse_order()
    {
        _world.Answer = (call, _) => call.Node == "c" ? throw new NodeException("BROKEN", "It is broken.") : Task.FromResult<Value>(call.Item);
        _world.Save(
            "w",
            """{"start":{"type":"start"},"a":{"type":"call","compensateWith":"ua"},"b":{"type":"call","compensateWith":"ub"},"c":{"type":"call"},"ua":{"type":"call"},"ub":{"type":"call"}}""",
            "start > a > b > c");

        Assert.Equal("error", (await _world.RunAsync("w"))["status"].AsString);
        Assert.Equal(["a", "b", "c", "ub", "ua"], _world.Calls.Select(c => c.Node));
    }

    [Fact]
    public async Task No_more_executions_run_at_once_than_the_workflow_allows()
    {
        var (running, most) = (0, 0);
        _world.Answer = async (call, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Delay(10, CancellationToken.None);
            Interlocked.Decrement(ref running);
            return call.Item;
        };
        _world.Save("w", One, "start > a", s => s with { MaxConcurrentExecutions = 2 });

        var ends = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => _world.RunAsync("w")));

        Assert.All(ends, e => Assert.Equal("success", e["status"].AsString));
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task Queued_executions_get_their_turn_after_a_restart_and_can_be_cancelled_before_it()
    {
        _world.Save("w", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}}}""", "start > w", s => s with { MaxConcurrentExecutions = 1 });
        var ids = new List<string>();
        for (var i = 0; i < 3; i++) ids.Add((await _world.StartAsync("w")).ExecutionId);
        await _world.UntilAsync(ids[0], ExecutionStatus.Waiting);
        Assert.Equal(ExecutionStatus.Queued, (await _world.FindAsync(ids[1])).Status);

        await _world.RestartAsync();
        await _world.SendAsync(ids[1], new CancelCommand(Compensate: false));
        Assert.Equal(ExecutionStatus.Cancelled, (await _world.UntilEndedAsync(ids[1])).Status);
        Assert.Equal(ExecutionStatus.Queued, (await _world.FindAsync(ids[2])).Status);
        await _world.SendAsync(ids[0], new SignalCommand("go", Item.Of(new ObjectValue())));

        await _world.UntilAsync(ids[2], ExecutionStatus.Waiting);
    }

    private async Task<IReadOnlyList<Platform.Executions.Execution>> HandlersAsync() =>
        (await _world.Runtime.History.ListAsync(new ExecutionSearch(JournalWorld.Tenant) { WorkflowId = "handler" })).Items;
}
