using System.Diagnostics;
using System.Text.Json;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes;

namespace LinkFlow.Benchmarks;

/// <summary>
/// The decider alone: events folded and steps taken, with no node run and nothing written. Shows that the work per
/// event stays the same, however many rounds a loop makes and however many nodes a graph has.
/// </summary>
internal static class DeciderBenchmark
{
    private const int Repeats = 7;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly Payload OneItem = PayloadOf(1);

    public static void Run()
    {
        var registry = BuiltInNodes.All();
        foreach (var (name, plan) in (IEnumerable<(string, ExecutionPlan)>)
            [("loop of one pure node", LoopOf(registry, "no_op")), ("loop of one external node", LoopOf(registry, "http_request"))])
        {
            Print(name, "rounds", [1_000, 10_000, 100_000], rounds => Walk(plan, rounds));
        }

        Print("layers of ten nodes, each with two sources", "nodes", [50, 100, 500], nodes => Walk(Layers(registry, nodes), items: 1), times: size => 10_000 / size);
    }

    /// <param name="times">How often one measurement repeats the walk, so that small ones can be measured.</param>
    private static void Print(string name, string unit, int[] sizes, Func<int, (long Events, int MostBytes)> walk, Func<int, int>? times = null)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < WarmUp;) walk(sizes[0]);
        double? first = null;
        foreach (var size in sizes)
        {
            var count = times?.Invoke(size) ?? Math.Max(1, 20_000 / size);
            var nanoseconds = new List<double>();
            (long Events, int MostBytes) last = default;
            for (var repeat = 0; repeat < Repeats; repeat++)
            {
                var events = 0L;
                var watch = Stopwatch.StartNew();
                for (var i = 0; i < count; i++) events += (last = walk(size)).Events;
                nanoseconds.Add(watch.Elapsed.TotalNanoseconds / events);
            }

            var median = Medians.Of(nanoseconds);
            first ??= median;
            Console.WriteLine($"  {name,-44} {size,7} {unit}  {last.Events,8} events  {1e9 / median,10:0} events/s  {median,6:0} ns each, {median / first:0.00} of the first  state {last.MostBytes / 1024.0:0.0} KB");
        }
    }

    /// <summary>Carries an execution to its end; the start hands on its input, every other run puts out one item.</summary>
    private static (long Events, int MostBytes) Walk(ExecutionPlan plan, int items)
    {
        var state = ExecutionState.Start(plan, new ExecutionStarted
        {
            Seq = 1, At = 1, ExecutionId = "x", WorkflowId = "w", WorkflowVersion = 1, RulesVersion = ExecutionState.CurrentRulesVersion,
            Seed = new string('0', 32), Mode = "api", StartNode = plan.StartNode.Id, Input = PayloadOf(items),
        });
        var snapshot = 0;
        while (!state.IsFinished)
        {
            foreach (var step in state.TakeReadySteps()) CarryOut(state, step);
            if (snapshot == 0 && state.LastSeq > items) snapshot = SnapshotBytes(state);
        }

        return (state.LastSeq, snapshot);
    }

    private static void CarryOut(ExecutionState state, ExecutionStep step)
    {
        switch (step)
        {
            case RunNode run:
                var inputs = run.Inputs.Select(i => new InputSources(i.Input, i.Sources)).ToArray();
                var node = state.Plan.Find(run.Node)!;
                if (run.IsExternal) Apply(state, new NodeStarted { Node = run.Node, Run = run.Run, Attempt = run.Attempt, Inputs = [.. inputs] });
                if (node.IsLoop)
                {
                    Apply(state, new LoopEntered { Node = run.Node, Run = run.Run, Inputs = [.. inputs], BatchSize = 1 });
                    return;
                }

                Apply(state, new NodeCompleted
                {
                    Node = run.Node, Run = run.Run, Attempt = run.Attempt, Inputs = [.. inputs],
                    Outputs = [new OutputData(node.Outputs[0], node == state.Plan.StartNode ? state.Started.Input : OneItem)],
                });
                break;
            case StoreReferences store: Apply(state, store.Event); break;
            case FinishExecution finish: Apply(state, finish.Event); break;
            default: throw new InvalidOperationException($"The benchmark has no use for {step}.");
        }
    }

    private static void Apply(ExecutionState state, ExecutionEvent happened) => state.Apply(happened with { Seq = state.LastSeq + 1, At = state.LastSeq + 1 });

    private static int SnapshotBytes(ExecutionState state)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) state.WriteSnapshot(writer);
        return buffer.WrittenCount;
    }

    private static Payload PayloadOf(int items) => new(items, 2, "[]"u8.ToArray());

    private static ExecutionPlan LoopOf(NodeRegistry registry, string body) => ExecutionPlan.Build(
        new WorkflowDefinition
        {
            Nodes = [Node("start", "start"), Node("loop", "loop"), Node("body", body), Node("end", "no_op")],
            Connections = [new("start", "loop"), new("loop", "body", "loop"), new("body", "loop"), new("loop", "end", "done")],
        },
        registry, "start", isManual: false);

    private static ExecutionPlan Layers(NodeRegistry registry, int nodes)
    {
        const int width = 10;
        var definition = new List<NodeDefinition> { Node("start", "start") };
        var connections = new List<Connection>();
        for (var i = 0; i < nodes - 1; i++)
        {
            definition.Add(Node($"n{i}", "no_op"));
            if (i < width) connections.Add(new Connection("start", $"n{i}"));
            else
                foreach (var source in (int[])[i - width, i - width - (i % width) + ((i + 1) % width)]) connections.Add(new Connection($"n{source}", $"n{i}"));
        }

        return ExecutionPlan.Build(new WorkflowDefinition { Nodes = definition, Connections = connections }, registry, "start", isManual: false);
    }

    private static NodeDefinition Node(string id, string type) => new()
    {
        Id = id,
        Name = id,
        Type = type,
        Parameters = type == "http_request" ? new ObjectValue { { "url", "https://example.com" } } : new ObjectValue(),
    };
}
