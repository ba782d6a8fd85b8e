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
/// event stays the same, however many rounds a loop makes and however many nodes a graph has. Processor time, medians.
/// </summary>
internal static class DeciderBenchmark
{
    private const int Repeats = 7;
    private const int EventsPerMeasurement = 100_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly Payload OneItem = PayloadOf(1);

    public static void Run()
    {
        var registry = BuiltInNodes.All();
        foreach (var (name, plan) in (IEnumerable<(string, ExecutionPlan)>)
            [("loop of one pure node", LoopOf(registry, "no_op")), ("loop of one external node", LoopOf(registry, "http_request"))])
        {
            Print(name, "rounds", [.. ((int[])[1_000, 10_000, 100_000]).Select(rounds => new Case(rounds, plan, Items: rounds))]);
        }

        Print("layers of ten nodes, each with two sources", "nodes", [.. ((int[])[50, 100, 500]).Select(nodes => new Case(nodes, Layers(registry, nodes), Items: 1))]);
    }

    private static void Print(string name, string unit, IReadOnlyList<Case> cases)
    {
        for (var start = Environment.CpuUsage.TotalTime; Environment.CpuUsage.TotalTime - start < WarmUp;)
            foreach (var small in cases.SkipLast(1)) Walk(small);
        var nanoseconds = cases.ToDictionary(c => c, _ => new List<double>());
        for (var repeat = 0; repeat < Repeats; repeat++)
            foreach (var one in cases) nanoseconds[one].Add(Measure(one));

        var first = Medians.Of(nanoseconds[cases[0]]);
        foreach (var one in cases)
        {
            var (median, ended) = (Medians.Of(nanoseconds[one]), Walk(one));
            Console.WriteLine($"  {name,-42} {one.Size,7} {unit} {ended.LastSeq,8} events {1e9 / median,10:0} events/s {median,6:0} ns of processor time each, {median / first:0.00} of the first; state {SnapshotBytes(ended) / 1024.0:0.0} KB");
        }
    }

    /// <returns>Nanoseconds of processor time per event, over at least <see cref="EventsPerMeasurement"/>.</returns>
    private static double Measure(Case one)
    {
        var events = 0L;
        var before = Environment.CpuUsage.TotalTime;
        while (events < EventsPerMeasurement) events += Walk(one).LastSeq;
        return (Environment.CpuUsage.TotalTime - before).TotalNanoseconds / events;
    }

    /// <param name="Items">Of the input.</param>
    private sealed record Case(int Size, ExecutionPlan Plan, int Items);

    /// <summary>Carries an execution to its end; the start hands on its input, every other run puts out one item.</summary>
    private static ExecutionState Walk(Case one)
    {
        var state = ExecutionState.Start(one.Plan, new ExecutionStarted
        {
            Seq = 1, At = 1, ExecutionId = "x", WorkflowId = "w", WorkflowVersion = 1, RulesVersion = ExecutionState.CurrentRulesVersion,
            Seed = new string('0', 32), Mode = "api", StartNode = one.Plan.StartNode.Id, Input = PayloadOf(one.Items),
        });
        while (!state.IsFinished)
            foreach (var step in state.TakeReadySteps()) CarryOut(state, step);
        return state;
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
