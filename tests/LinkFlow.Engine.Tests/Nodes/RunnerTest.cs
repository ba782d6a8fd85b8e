using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Nodes;

/// <summary>One attempt of the node <c>it</c> in the workflow <c>start > it</c> (or another), run without a shell.</summary>
internal sealed class RunnerTest : IServiceProvider
{
    /// <summary>What the node does; default: hands its pending items on to <c>main</c>.</summary>
    public Func<NodeContext, CancellationToken, ValueTask<NodeResult>> Body { get; init; } = (context, _) => new(PassOn(context));
    public Effect Effect { get; init; }
    public NodeKind Kind { get; init; }
    public string[] Outputs { get; init; } = ["main"];
    public RetryPolicy? DefaultRetry { get; init; }
    public Func<NodeDefinition, NodeDefinition> Node { get; init; } = n => n;
    public string Graph { get; init; } = "start > it:it";
    public Func<WorkflowDefinition, WorkflowDefinition> Workflow { get; init; } = w => w;

    /// <summary>The json of the items of the first input.</summary>
    public string Items { get; init; } = """[{"n":0},{"n":1},{"n":2}]""";
    public Func<RunNode, RunNode> Step { get; init; } = s => s;
    public TimeProvider Clock { get; init; } = TimeProvider.System;
    public double Jitter { get; init; } = 0.5;
    public Action<ResultIgnored>? Ignored { get; init; }

    /// <summary>An event whose data was not kept.</summary>
    public const long GoneSeq = 404;

    /// <summary>By the seq of the event that holds them.</summary>
    public Dictionary<long, string> Stored { get; } = [];

    /// <summary>By seq: the recorded events that items are followed back over.</summary>
    public Dictionary<long, ExecutionEvent> Events { get; } = [];

    /// <summary>The references that were loaded, in order, the inputs' aside.</summary>
    public List<DataPart> Loads { get; } = [];

    /// <summary>By node id: the run that <c>$('x')</c> shows.</summary>
    public Dictionary<string, VisibleRun> Visible { get; } = [];
    public object? GetService(Type serviceType) => serviceType == typeof(string) ? "lent" : null;

    public static NodeResult PassOn(NodeContext context)
    {
        var result = new NodeResult();
        foreach (var i in context.Pending) result.Emit("main", context.Items[i], i);
        return result;
    }

    /// <summary>Fails the items with these indexes, and hands the others on.</summary>
    public static Func<NodeContext, CancellationToken, ValueTask<NodeResult>> Failing(NodeError error, params int[] items) => (context, _) =>
    {
        var result = PassOn(context);
        foreach (var i in context.Pending.Intersect(items)) result.Fail(i, error);
        return new(result);
    };

    public async Task<ExecutionEvent> RunAsync(CancellationToken cancellationToken = default)
    {
        var plan = Plan();
        var items = ReadItems(Items);
        var step = Step(new RunNode
        {
            Node = "it", Run = 0, Attempt = 1, IsExternal = Effect == Effect.External, Now = 5_000,
            Inputs = [new StepInput("main", [], [new InputSource("start", "main", 0, items.Count)])],
        });
        var run = new NodeRun
        {
            Plan = plan,
            Step = step,
            Started = Started,
            Inputs = [items],
            Now = step.Now,
            Visible = Visible.ToDictionary(v => plan.Find(v.Key)!.Index, v => v.Value),
            Load = (parts, _) => Load(parts),
            FindEvent = (seq, _) => new(Events.GetValueOrDefault(seq)),
            LoadPartial = (seq, _) => new(JsonText.Parse(Stored[seq])),
            Services = this,
            Clock = Clock,
            Jitter = () => Jitter,
            NewId = () => "drawn",
            Ignored = Ignored,
        };
        return await NodeRunner.RunAsync(run, cancellationToken);
    }

    public ExecutionPlan Plan()
    {
        var type = new BodyNode(this);
        var registry = new NodeRegistry([.. TestNodes.Registry.All, type]);
        var definition = Workflow(Tests.Graph.Of(Graph).With("it", n => Node(n)));
        return ExecutionPlan.Build(definition, registry, "start", isManual: true);
    }

    private ValueTask<IReadOnlyList<Item>> Load(IReadOnlyList<DataPart> parts)
    {
        Loads.AddRange(parts);
        if (parts.Any(p => p.Seq == GoneSeq)) throw new NodeException(NodeErrorCodes.DataMissing, "It is gone.");
        return new(parts.SelectMany(p => ReadItems(Stored[p.Seq]).Skip(p.Offset).Take(p.Count)).ToList());
    }

    private static ExecutionStarted Started { get; } = new()
    {
        ExecutionId = "execution", WorkflowId = "workflow", WorkflowVersion = 1, RulesVersion = 1, Seed = "00112233445566778899aabbccddeeff",
        Mode = "manual", StartNode = "start", Input = Payload.Of([]),
    };

    /// <summary>Items as they are stored, or plain objects as their json.</summary>
    private static List<Item> ReadItems(string json) =>
        [.. JsonText.Parse(json).AsArray!.Select((v, i) => v["json"].IsObject ? ItemJson.ReadItem(v, i) : new Item(v.AsObject!))];

    private sealed class BodyNode(RunnerTest test) : INode
    {
        public NodeDescriptor Descriptor { get; } = new()
        {
            Type = "it", Name = "it", Group = "test", Description = "A test's node.", ParametersSchema = new ObjectValue { { "type", "object" } },
            Kind = test.Kind, Effect = test.Effect, Outputs = test.Outputs, DefaultRetry = test.DefaultRetry,
        };

        public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => test.Body(context, cancellationToken);
    }
}

/// <summary>Events in forms that are short to assert.</summary>
internal static class Ended
{
    /// <summary>The items on an output: their json, as a JSON array.</summary>
    public static string Json(this ExecutionEvent ended, string output = "main") =>
        JsonText.Write(new ArrayValue(ended.Items(output).Select(i => Value.From(i.Json))));

    /// <summary>The pairings of the items on an output, as input:item.</summary>
    public static string Pairs(this ExecutionEvent ended, string output = "main") =>
        string.Join(' ', ended.Items(output).Select(i => string.Join('+', (i.PairedItems ?? []).Select(p => $"{p.Input}:{p.Item}"))));

    public static IReadOnlyList<Item> Items(this ExecutionEvent ended, string output = "main")
    {
        var outputs = ended is NodeFailed failed ? failed.Outputs : ((NodeCompleted)ended).Outputs;
        return outputs.FirstOrDefault(o => o.Output == output) is { } data ? ItemJson.Read(data.Items.Inline) : [];
    }
}
