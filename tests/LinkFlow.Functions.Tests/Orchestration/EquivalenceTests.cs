using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Tests.Runtime;
using LinkFlow.Platform.Executions;

namespace LinkFlow.Functions.Tests.Orchestration;

/// <summary>The Durable shell and the journal shell come to the same end, whatever the runtime does on the way.</summary>
public sealed class EquivalenceTests
{
    private const string Start = """ "start":{"type":"start"} """;
    private const string Five = """[{"n":1},{"n":2},{"n":3},{"n":4},{"n":5}]""";

    /// <summary>Name, nodes, connections, input.</summary>
    public static TheoryData<string, string, string, string> Workflows => new()
    {
        { "pure chain", """ "a":{"type":"set_variable","parameters":{"fields":{"x":1}}},"b":{"type":"no_op"} """, "start > a > b", "{}" },
        { "external chain", """ "a":{"type":"call"},"s":{"type":"set_variable","parameters":{"fields":{"x":"{{ $json.seen + 1 }}"}}},"b":{"type":"call"} """, "start > a > s > b", Five },
        { "nothing comes in", """ "a":{"type":"call"} """, "start > a", "[]" },
        { "fan-out and join", """ "a":{"type":"call"},"b":{"type":"call"},"c":{"type":"call"},"m":{"type":"merge","parameters":{"inputs":3}},"z":{"type":"call"} """, "start > a > m.input1; start > b > m.input2; start > c > m.input3; m > z", Five },
        { "fan-out that only ends", """ "a":{"type":"call"},"b":{"type":"call"},"c":{"type":"no_op"} """, "start > a; start > b; start > c", "{}" },
        { "condition", """ "i":{"type":"condition","parameters":{"expression":"{{ $json.n > 2 }}"}},"a":{"type":"call"},"b":{"type":"call"},"m":{"type":"merge"} """, "start > i; i.true > a > m.input1; i.false > b > m.input2", Five },
        { "a look back", """ "a":{"type":"call"},"b":{"type":"call"},"s":{"type":"set_variable","parameters":{"fields":{"was":"{{ $('a').item.json.seen }}"}}} """, "start > a > b > s", Five },
        { "failure stops", """ "a":{"type":"call"},"bad":{"type":"call"},"z":{"type":"call"} """, "start > a > bad > z", Five },
        { "failure in one of several", """ "a":{"type":"call"},"bad":{"type":"call"},"c":{"type":"call"} """, "start > a; start > bad; start > c", "{}" },
        { "failure continues", """ "bad":{"type":"call","onError":"continue"},"z":{"type":"call"} """, "start > bad > z", Five },
        { "error output", """ "bad":{"type":"call","onError":"errorOutput"},"y":{"type":"call"},"z":{"type":"no_op"} """, "start > bad; bad.main > y; bad.error > z", Five },
        { "retries that help", """ "flaky":{"type":"call","retry":{"maxAttempts":3,"initialDelayMs":10}},"z":{"type":"call"} """, "start > flaky > z", Five },
        { "retries in vain", """ "bad":{"type":"call","retry":{"maxAttempts":3,"initialDelayMs":10}} """, "start > bad", Five },
        { "retry beside others", """ "flaky":{"type":"call","retry":{"maxAttempts":3,"initialDelayMs":10}},"b":{"type":"call"},"m":{"type":"merge"} """, "start > flaky > m.input1; start > b > m.input2", Five },
        { "pure loop", """ "l":{"type":"loop","parameters":{"batchSize":1}},"s":{"type":"set_variable","parameters":{"fields":{"twice":"{{ $json.n * 2 }}"}}},"z":{"type":"no_op"} """, "start > l; l.loop > s > l; l.done > z", Five },
        { "external loop", """ "l":{"type":"loop","parameters":{"batchSize":2}},"a":{"type":"call"},"z":{"type":"call"} """, "start > l; l.loop > a > l; l.done > z", Five },
        { "loop with branches", """ "l":{"type":"loop","parameters":{"batchSize":1}},"i":{"type":"condition","parameters":{"expression":"{{ $json.n > 3 }}"}},"a":{"type":"call"},"b":{"type":"no_op"} """, "start > l; l.loop > i; i.true > a > l; i.false > b > l", Five },
        { "loop limit", """ "l":{"type":"loop","parameters":{"batchSize":1,"maxRounds":2},"onError":"continue"},"a":{"type":"call"} """, "start > l; l.loop > a > l", Five },
        { "nested loops", """ "l":{"type":"loop","parameters":{"batchSize":2}},"k":{"type":"loop","parameters":{"batchSize":1}},"a":{"type":"call"} """, "start > l; l.loop > k; k.loop > a > k; k.done > l", Five },
        { "parallel in a loop", """ "l":{"type":"loop","parameters":{"batchSize":1}},"a":{"type":"call"},"b":{"type":"call"},"m":{"type":"merge"} """, "start > l; l.loop > a > m.input1; l.loop > b > m.input2; m > l", Five },
        { "wait for a time", """ "w":{"type":"wait","parameters":{"for":"duration","seconds":0.05}},"z":{"type":"call"} """, "start > w > z", Five },
        { "wait beside a call", """ "w":{"type":"wait","parameters":{"for":"duration","seconds":0.05}},"a":{"type":"call"},"m":{"type":"merge"} """, "start > w > m.input1; start > a > m.input2", Five },
        { "wait that times out", """ "w":{"type":"wait","parameters":{"for":"signal","name":"go","timeoutSeconds":0.05,"onTimeout":"continue"}},"z":{"type":"call"} """, "start > w > z", Five },
        { "wait that fails", """ "w":{"type":"wait","parameters":{"for":"signal","name":"go","timeoutSeconds":0.05}} """, "start > w", Five },
        { "sub-workflow", """ "c":{"type":"execute_workflow","parameters":{"workflowId":"child"}},"z":{"type":"call"} """, "start > c > z", Five },
        { "sub-workflow per item", """ "c":{"type":"execute_workflow","parameters":{"workflowId":"child","each":"item","maxParallel":2}} """, "start > c", Five },
        { "sub-workflow that fails", """ "c":{"type":"execute_workflow","parameters":{"workflowId":"badchild"},"onError":"continue"},"z":{"type":"no_op"} """, "start > c > z", Five },
        { "sub-workflow that is not there", """ "c":{"type":"execute_workflow","parameters":{"workflowId":"nobody"}} """, "start > c", "{}" },
        { "sub-workflow not awaited", """ "c":{"type":"execute_workflow","parameters":{"workflowId":"child","wait":false}},"z":{"type":"call"} """, "start > c > z", Five },
        { "compensation", """ "a":{"type":"call","compensateWith":"ua"},"b":{"type":"call","compensateWith":"ub"},"bad":{"type":"call"},"ua":{"type":"call"},"ub":{"type":"no_op"} """, "start > a > b > bad", Five },
        { "compensation that fails", """ "a":{"type":"call","compensateWith":"badua"},"b":{"type":"call","compensateWith":"ub"},"bad":{"type":"call"},"badua":{"type":"call"},"ub":{"type":"call"} """, "start > a > b > bad", "{}" },
        { "disabled", """ "d":{"type":"call","disabled":true},"z":{"type":"call"} """, "start > d > z", Five },
        { "stop and error", """ "s":{"type":"stop_and_error","parameters":{"message":"no"}} """, "start > s", "{}" },
        { "a large item", """ "big":{"type":"call"},"s":{"type":"set_variable","parameters":{"fields":{"x":1}}},"z":{"type":"call"} """, "start > big > s > z", "{}" },
    };

    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task Both_shells_come_to_the_same_end(string name, string nodes, string edges, string input)
    {
        await using var world = await WorldAsync(nodes, edges, RuntimeFaults.None, seed: 1);
        await using var twin = await JournalTwin.BeginAsync(world.Workflows, Answer);

        var expected = await ShownAsync(await twin.RunAsync("w", input), twin.OutputAsync);
        var actual = await ShownAsync(await world.RunAsync("w", input), world.OutputAsync);

        Assert.True(expected == actual && world.Hub.Violations.Count == 0, $"{name}:\n{expected}\n{actual}\n{string.Join('\n', world.Hub.Violations)}");
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task They_do_so_under_everything_that_the_runtime_may_do(string name, string nodes, string edges, string input)
    {
        string? expected = null;
        for (var seed = 1; seed <= 12; seed++)
        {
            await using var world = await WorldAsync(nodes, edges, RuntimeFaults.All, seed);
            if (expected is null)
            {
                await using var twin = await JournalTwin.BeginAsync(world.Workflows, Answer);
                expected = await ShownAsync(await twin.RunAsync("w", input), twin.OutputAsync);
            }

            var actual = await ShownAsync(await world.RunAsync("w", input), world.OutputAsync);
            Assert.True(expected == actual && world.Hub.Violations.Count == 0, $"{name}, seed {seed}:\n{expected}\n{actual}\n{string.Join('\n', world.Hub.Violations)}");
        }
    }

    private static async Task<DurableWorld> WorldAsync(string nodes, string edges, RuntimeFaults faults, int seed)
    {
        var world = await DurableWorld.BeginAsync(faults, seed);
        world.Answer = Answer;
        world.Save("w", $"{{{Start},{nodes}}}", edges);
        world.Save("child", """{"start":{"type":"subworkflow"},"a":{"type":"call"}}""", "start > a");
        world.Save("badchild", """{"start":{"type":"subworkflow"},"bad":{"type":"call"}}""", "start > bad");
        return world;
    }

    /// <summary>Depends on what is asked only, not on when or how often.</summary>
    private static Task<Value> Answer(ScriptedCallMade call, CancellationToken stop)
    {
        if (call.Node.StartsWith("bad", StringComparison.Ordinal) && !(call.Item["n"] is { IsNumber: true } n && n.AsNumber % 2 == 0)) throw new NodeException("REFUSED", $"{call.Node} does not take it.");
        if (call.Node == "flaky" && call.Attempt < 3) throw new NodeException("BUSY", "Not now.");
        var answer = call.Item.Copy();
        answer.Set("seen", answer["seen"] is { IsNumber: true } seen ? seen.AsNumber + 1 : 1);
        if (call.Node == "big") answer.Set("text", new string('x', 100_000));
        answer.Set(call.Node, call.Attempt);
        return Task.FromResult(Value.From(answer));
    }

    private static async Task<string> ShownAsync(Execution execution, Func<Execution, Task<string>> output) =>
        $"{execution.Status} {execution.Error?.Code} {execution.Error?.Message} {execution.Error?.NodeId} {execution.Error?.Attempt} "
        + $"[{string.Join(';', execution.CompensationErrors.Select(e => $"{e.NodeId} {e.Message}"))}] {execution.NodesRun} {execution.PayloadBytes} {await output(execution)}";
}
