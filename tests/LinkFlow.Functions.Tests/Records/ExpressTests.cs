using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Tests.Records;

public sealed class ExpressTests : IAsyncLifetime
{
    private const string Answering = """{"start":{"type":"start"},"a":{"type":"call"},"say":{"type":"respond","parameters":{"status":201,"body":{"said":"this"}}}}""";
    private static readonly DocumentType Key = new("idempotency-test");

    private RecordsWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await RecordsWorld.BeginAsync(movesClock: true);
        _world.Save("w", Answering, "start > a > say", s => s with { Mode = ExecutionMode.Express });
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(AnswerWhen.Responded, StartOutcomeKind.Responded)]
    [InlineData(AnswerWhen.Finished, StartOutcomeKind.Finished)]
    public async Task It_runs_within_the_request_and_is_stored_once(AnswerWhen when, StartOutcomeKind kind)
    {
        var start = _world.Start("w", when, """{"m":1}""");
        _world.Store.Count();

        var outcome = await _world.One.Runtime.StartAsync(start);

        Assert.Equal((kind, 1, 2), (outcome.Kind, _world.Store.Commits, _world.Store.Writes));
        Assert.Empty(_world.Client.Scheduled);
        Assert.Equal("success", await _world.StatusAsync(start.ExecutionId));
        Assert.IsType<ExecutionFinished>((await _world.One.History.ReadAsync(RecordsWorld.Tenant, start.ExecutionId, 0, 100))[^1]);
    }

    [Fact]
    public async Task It_is_not_durable_when_its_caller_does_not_wait()
    {
        var start = _world.Start("w");

        await _world.One.Runtime.StartAsync(start);
        await _world.DriveAsync();

        Assert.Equal("success", await _world.StatusAsync(start.ExecutionId));
    }

    [Fact]
    public async Task A_durable_parent_hears_of_its_express_child()
    {
        _world.Save("child", """{"in":{"type":"subworkflow"},"set":{"type":"set_variable","parameters":{"fields":{"n":2}}}}""", "in > set", s => s with { Mode = ExecutionMode.Express });
        _world.Save("parent", """{"start":{"type":"start"},"call":{"type":"execute_workflow","parameters":{"workflowId":"child"}}}""", "start > call");

        var id = await _world.RunAsync("parent", """{"m":1}""");

        Assert.Equal("[{\"m\":1,\"n\":2}]", await _world.OutputAsync(id));
        Assert.Equal(2, await _world.CountAsync(RecordTypes.Execution));
    }

    [Theory]
    [InlineData(ExecutionMode.Express, "success")]
    [InlineData(ExecutionMode.Durable, "error")]
    public async Task An_express_parent_waits_for_express_children_only(ExecutionMode child, string status)
    {
        _world.Save("child", """{"in":{"type":"subworkflow"},"set":{"type":"set_variable","parameters":{"fields":{"n":2}}}}""", "in > set", s => s with { Mode = child });
        _world.Save("parent", """{"start":{"type":"start"},"call":{"type":"execute_workflow","parameters":{"workflowId":"child"}}}""", "start > call", s => s with { Mode = ExecutionMode.Express });

        var outcome = await _world.One.Runtime.StartAsync(_world.Start("parent", AnswerWhen.Finished));

        Assert.Equal(status, outcome.Execution["status"].AsString);
    }

    [Fact]
    public async Task A_process_that_dies_anywhere_leaves_an_execution_with_its_key_or_neither()
    {
        for (var (at, died) = (0, true); died; at++)
        {
            foreach (var afterEffect in (bool[])[false, true])
            {
                var start = _world.Start("w", AnswerWhen.Responded);
                _world.Store.DieAt(at, afterEffect);
                await Record.ExceptionAsync(() => _world.One.Runtime.StartAsync(start with { With = new UnitOfWork(RecordsWorld.Tenant).Put(Key, start.ExecutionId, new ObjectValue(), expected: 0) }));
                died = _world.Store.Revive();

                _world.Moved.Move(TimeSpan.FromMinutes(1));
                await _world.Another().Sweep.RunAsync(RecordsWorld.Tenant);

                var hasKey = await _world.Store.GetAsync(RecordsWorld.Tenant, Key, start.ExecutionId) is not null;
                Assert.Equal(hasKey ? ExecutionStatus.Success : null, (await _world.One.History.FindAsync(RecordsWorld.Tenant, start.ExecutionId))?.Status);
            }
        }
    }

    [Fact]
    public async Task One_beyond_what_the_workflow_allows_is_refused_and_a_turn_is_given_back()
    {
        _world.Save("one", Answering, "start > a > say", s => s with { Mode = ExecutionMode.Express, MaxConcurrentExecutions = 1 });
        Assert.True(await _world.One.Turns.EnterAsync(RecordsWorld.Tenant, "one", "other", 1, default));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _world.One.Runtime.StartAsync(_world.Start("one", AnswerWhen.Finished)));
        await _world.One.Turns.LeaveAsync(RecordsWorld.Tenant, "one", "other", default);

        for (var i = 0; i < 2; i++) Assert.Equal(StartOutcomeKind.Finished, (await _world.One.Runtime.StartAsync(_world.Start("one", AnswerWhen.Finished))).Kind);
    }
}
