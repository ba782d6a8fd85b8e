using System.Diagnostics;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Functions.Orchestration;
using LinkFlow.Functions.Tests.Runtime;
using Xunit.Abstractions;

namespace LinkFlow.Functions.Tests.Orchestration;

/// <summary>What executions cost in activities and in bytes of history; the formulas are in docs/operations.md.</summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_chain_of_ten_takes_one_activity_for_the_start_and_one_for_each_external_node()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", Nodes(10, "call"), "start > " + string.Join(" > ", Enumerable.Range(0, 10).Select(i => $"n{i}")));

        var execution = await world.RunAsync("w");

        Assert.Equal(1 + 10, world.ActivitiesOf(execution.Id));
        Assert.InRange(Report(world, execution.Id, "chain of 10"), 1, 20_000);
    }

    [Fact]
    public async Task A_fan_out_of_ten_takes_one_more_for_what_no_external_node_leads_to()
    {
        await using var world = await DurableWorld.BeginAsync();
        var edges = string.Join("; ", Enumerable.Range(0, 10).Select(i => $"start > n{i} > m.input{i + 1}"));
        world.Save("w", Nodes(10, "call", ""","m":{"type":"merge","parameters":{"inputs":10}}"""), edges, s => s with { MaxParallelNodes = 10 });

        var execution = await world.RunAsync("w");

        Assert.Equal(ExecutionStatus.Success, execution.Status);
        Assert.Equal(1 + 10 + 1, world.ActivitiesOf(execution.Id));
        Assert.InRange(Report(world, execution.Id, "fan-out of 10"), 1, 25_000);
    }

    [Fact]
    public async Task A_loop_of_a_thousand_external_rounds_takes_one_for_each_and_goes_on_anew_now_and_then()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"l":{"type":"loop","parameters":{"batchSize":1}},"a":{"type":"call"}}""", "start > l; l.loop > a > l");

        var execution = await world.RunAsync("w", Items(1_000));

        Assert.Equal(ExecutionStatus.Success, execution.Status);
        Assert.Equal(1 + 1_000, world.ActivitiesOf(execution.Id));
        Assert.InRange(Report(world, execution.Id, "loop of 1,000, external") / 1_000, 1, 1_500);
        Assert.InRange(world.Hub.Find(execution.Id)!.Generation, 5, 12);
        Assert.Empty(world.Hub.Violations);
    }

    [Fact]
    public async Task A_loop_of_a_thousand_pure_rounds_takes_few()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"l":{"type":"loop","parameters":{"batchSize":1}},"a":{"type":"no_op"}}""", "start > l; l.loop > a > l");

        var execution = await world.RunAsync("w", Items(1_000));

        Assert.Equal(ExecutionStatus.Success, execution.Status);
        Assert.InRange(world.ActivitiesOf(execution.Id), 1, 4);
        Assert.InRange(Report(world, execution.Id, "loop of 1,000, pure"), 1, 100_000);
    }

    [Fact]
    public async Task What_flows_through_a_workflow_never_enters_its_history()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", Nodes(3, "call"), "start > n0 > n1; start > n2");

        var execution = await world.RunAsync("w", """{"secret":"mellon-4711"}""");

        Assert.Equal(ExecutionStatus.Success, execution.Status);
        Assert.DoesNotContain("mellon", string.Join('\n', world.Hub.Find(execution.Id)!.History), StringComparison.Ordinal);
    }

    /// <summary>Twenty thousand items that fail one by one in an attempt beside another: an event that no history takes whole.</summary>
    [Fact]
    public async Task What_is_too_large_for_a_history_is_handed_over_in_pieces()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Answer = (call, _) => call.Node == "bad" && call.Attempt == 1
            ? throw new NodeException($"E{Random.Shared.Next()}{Random.Shared.Next()}{Random.Shared.Next()}", "No.")
            : Task.FromResult(Engine.Values.Value.From(call.Item));
        world.Save("w", """{"start":{"type":"start"},"bad":{"type":"call","retry":{"maxAttempts":2,"initialDelayMs":10}},"b":{"type":"call"}}""", "start > bad; start > b");

        var execution = await world.RunAsync("w", Items(30_000));

        Assert.Equal(ExecutionStatus.Success, execution.Status);
        Assert.Empty(world.Hub.Violations);
        Assert.Contains(world.Hub.Find(execution.Id)!.History, e => e is ActivityScheduled { Name: Orchestrations.Load });
    }

    /// <summary>Ten thousand events in one generation are five times what the shell lets come together.</summary>
    [Fact]
    public async Task A_history_of_ten_thousand_events_is_folded_in_a_moment()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"l":{"type":"loop","parameters":{"batchSize":1}},"a":{"type":"no_op"}}""", "start > l; l.loop > a > l");
        var execution = await world.RunAsync("w", Items(10_000));
        var events = await world.EventsAsync(execution.Id);
        var text = StrippedEvents.Write(events);
        var workflow = await world.Host.Workflows.FindAsync(DurableWorld.Tenant, "w", 1, "start", false, default);

        var began = Stopwatch.GetTimestamp();
        var read = StrippedEvents.Read(text);
        var state = ExecutionState.Start(workflow!.Plan, (Engine.Executions.ExecutionStarted)read[0]);
        for (var i = 1; i < read.Count; i++) state.Apply(read[i]);

        output.WriteLine($"{read.Count:N0} events ({text.Length:N0} bytes, {PackedText.TryInline(text)?.Packed?.Length:N0} packed) read and folded in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:N0} ms");
        Assert.Equal(execution.NodesRun, state.NodesRun);
        Assert.True(state.IsFinished);
    }

    private static string Nodes(int count, string type, string more = "") =>
        $$"""{"start":{"type":"start"},{{string.Join(',', Enumerable.Range(0, count).Select(i => $$"""  "n{{i}}":{"type":"{{type}}"} """))}}{{more}}}""";

    private static string Items(int count) => $"[{string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"i":{{i}}}"""))}]";

    private long Report(DurableWorld world, string id, string what)
    {
        var instance = world.Hub.Find(id)!;
        output.WriteLine($"{what}: {instance.Activities:N0} activities, {instance.AllHistoryBytes:N0} bytes of history in {instance.Generation + 1} generations, {instance.Episodes:N0} episodes; {world.Store.Counted}");
        return instance.AllHistoryBytes;
    }
}
