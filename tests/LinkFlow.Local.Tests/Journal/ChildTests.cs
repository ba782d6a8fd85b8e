using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Tests.Journal;

public sealed class ChildTests : IAsyncLifetime
{
    private const string Child = """{"in":{"type":"subworkflow"},"c":{"type":"call"}}""";

    private JournalWorld _world = null!;

    public async Task InitializeAsync() => _world = await JournalWorld.BeginAsync();
    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task A_child_for_each_item_puts_its_output_in_the_items_place()
    {
        SaveParent("""{"workflowId":"child","each":"item","maxParallel":2}""");
        _world.Save("child", Child, "in > c");
        _world.Answer = (call, _) => Task.FromResult<Value>(new ObjectValue { { "n", call.Item["n"].AsNumber * 10 } });

        var execution = await _world.RunAsync("parent", """[{"n":1},{"n":2},{"n":3},{"n":4}]""");

        Assert.Equal([10, 20, 30, 40], execution["output"].AsArray!.Select(i => i["json"]["n"].AsNumber));
        Assert.Equal(5, await _world.NumberAsync("SELECT count(*) FROM executions"));
        Assert.All(await ChildrenAsync(), c => Assert.Equal(("subworkflow", execution["id"].AsString), (c.Mode, c.ParentExecutionId)));
    }

    [Fact]
    public async Task A_pure_child_that_ends_in_its_first_commit_is_heard_of()
    {
        SaveParent("""{"workflowId":"child"}""");
        _world.Save("child", """{"in":{"type":"subworkflow"},"s":{"type":"set_variable","parameters":{"fields":{"seen":1}}}}""", "in > s");

        var execution = await _world.RunAsync("parent", """{"n":1}""");

        Assert.Equal("""{"n":1,"seen":1}""", JsonText.Write(execution["output"].AsArray![0]["json"]));
    }

    [Fact]
    public async Task A_failed_child_fails_the_node_that_called_it()
    {
        SaveParent("""{"workflowId":"child"}""");
        _world.Save("child", Child, "in > c");
        _world.Answer = (_, _) => throw new NodeException("BROKEN", "It is broken.");

        var execution = await _world.RunAsync("parent");

        Assert.Equal(("error", "call"), (execution["status"].AsString, execution["error"]["nodeId"].AsString));
        Assert.Equal(ExecutionStatus.Error, Assert.Single(await ChildrenAsync()).Status);
    }

    [Fact]
    public async Task A_workflow_that_is_not_active_cannot_be_called()
    {
        SaveParent("""{"workflowId":"child"}""");
        _world.Save("child", Child, "in > c");
        _world.Deactivate("child");

        var execution = await _world.RunAsync("parent");

        Assert.Equal("error", execution["status"].AsString);
        Assert.Contains("not active", execution["error"]["message"].AsString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parent_that_does_not_wait_passes_its_items_on_at_once()
    {
        var release = new TaskCompletionSource();
        _world.Answer = async (call, _) => { await release.Task; return call.Item; };
        SaveParent("""{"workflowId":"child","wait":false}""");
        _world.Save("child", Child, "in > c");

        var execution = await _world.RunAsync("parent", """{"n":1}""");

        Assert.Equal("""{"n":1}""", JsonText.Write(execution["output"].AsArray![0]["json"]));
        var child = Assert.Single(await ChildrenAsync());
        Assert.False(child.IsFinished);
        release.SetResult();
        await _world.UntilEndedAsync(child.Id);
    }

    [Fact]
    public async Task A_parent_waits_for_its_child_through_a_restart_without_being_in_memory()
    {
        SaveParent("""{"workflowId":"child"}""");
        _world.Save("child", """{"in":{"type":"subworkflow"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}}}""", "in > w");
        var parent = (await _world.StartAsync("parent")).ExecutionId;
        await _world.UntilAsync(() => ChildrenAsync().Result is [{ Status: ExecutionStatus.Waiting }]);
        await _world.UntilAsync(parent, ExecutionStatus.Waiting);

        await _world.RestartAsync();
        await _world.SendAsync((await ChildrenAsync())[0].Id, new SignalCommand("go", Item.Of(JsonText.Parse("""{"late":1}"""))));

        Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(parent)).Status);
        Assert.Equal("""[{"late":1}]""", await _world.OutputAsync(parent));
    }

    [Fact]
    public async Task Cancelling_a_parent_cancels_its_children_first()
    {
        SaveParent("""{"workflowId":"child"}""");
        _world.Save("child", """{"in":{"type":"subworkflow"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}}}""", "in > w");
        var parent = (await _world.StartAsync("parent")).ExecutionId;
        await _world.UntilAsync(() => ChildrenAsync().Result is [{ Status: ExecutionStatus.Waiting }]);

        await _world.SendAsync(parent, new CancelCommand(Compensate: false));

        Assert.Equal(ExecutionStatus.Cancelled, (await _world.UntilEndedAsync(parent)).Status);
        Assert.Equal(ExecutionStatus.Cancelled, (await ChildrenAsync())[0].Status);
    }

    [Fact]
    public async Task Workflows_that_call_themselves_stop_at_the_deepest_level()
    {
        _world.Save("parent", """{"start":{"type":"start"},"call":{"type":"execute_workflow","parameters":{"workflowId":"parent"}}}""", "start > call");

        var execution = await _world.RunAsync("parent");

        Assert.Equal("error", execution["status"].AsString);
        Assert.Equal(26, await _world.NumberAsync("SELECT count(*) FROM executions"));
    }

    [Theory]
    [InlineData(ExecutionMode.Durable)]
    [InlineData(ExecutionMode.Express)]
    public async Task An_express_child_is_one_commit_of_its_own(ExecutionMode parent)
    {
        SaveParent("""{"workflowId":"child"}""", parent);
        _world.Save("child", Child, "in > c", s => s with { Mode = ExecutionMode.Express });
        _world.Answer = (_, _) => Task.FromResult(JsonText.Parse("""{"b":2}"""));

        var execution = await _world.RunAsync("parent");

        Assert.Equal("success", execution["status"].AsString);
        Assert.Equal("""{"b":2}""", JsonText.Write(execution["output"].AsArray![0]["json"]));
        Assert.Equal(1, await _world.NumberAsync($"SELECT count(*) FROM segments s JOIN executions e ON e.number = s.execution WHERE e.workflow_id = 'child'"));
    }

    [Fact]
    public async Task An_express_workflow_cannot_wait_for_a_durable_one()
    {
        SaveParent("""{"workflowId":"child"}""", ExecutionMode.Express);
        _world.Save("child", Child, "in > c");

        var execution = await _world.RunAsync("parent");

        Assert.Equal("error", execution["status"].AsString);
        Assert.Contains("durable", execution["error"]["message"].AsString, StringComparison.Ordinal);
    }

    private void SaveParent(string parameters, ExecutionMode mode = ExecutionMode.Durable) =>
        _world.Save("parent", $$$"""{"start":{"type":"start"},"call":{"type":"execute_workflow","parameters":{{{parameters}}}}}""", "start > call", s => s with { Mode = mode });

    private async Task<IReadOnlyList<Platform.Executions.Execution>> ChildrenAsync() =>
        (await _world.Runtime.History.ListAsync(new ExecutionSearch(JournalWorld.Tenant) { WorkflowId = "child" })).Items;
}
