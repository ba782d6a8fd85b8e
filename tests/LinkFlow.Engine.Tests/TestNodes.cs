using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests;

/// <summary>
/// Small node types for tests of the engine, with parameters of any shape: <c>start</c>, <c>webhook</c> and
/// <c>subworkflow</c> (triggers), <c>step</c> (pure), <c>store</c> (stateful), <c>call</c> (external), <c>merge</c>,
/// <c>loop</c>, <c>condition</c>, <c>wait</c>, <c>execute_workflow</c>, <c>respond</c>.
/// </summary>
public static class TestNodes
{
    public static NodeRegistry Registry { get; } = new(
    [
        new TestNode("start") { Kind = NodeKind.Trigger, Inputs = [] },
        new TestNode("webhook") { Kind = NodeKind.Trigger, Inputs = [] },
        new TestNode("subworkflow") { Kind = NodeKind.Trigger, Inputs = [] },
        new TestNode("step"),
        new TestNode("store") { Effect = Effect.Stateful },
        new TestNode("call") { Effect = Effect.External },
        new TestNode("merge") { Kind = NodeKind.Merge, InputsOf = MergeInputs, Run = EmitAllInputs },
        new TestNode("loop") { Kind = NodeKind.Loop, Outputs = ["loop", "done"], Run = GoRound },
        new TestNode("condition") { Outputs = ["true", "false"], Run = Decide },
        new TestNode("wait") { Outputs = ["main", "timeout"], OutputsOf = WaitOutputs, Run = ComeToRest },
        new TestNode("execute_workflow") { Run = CallWorkflows },
        new TestNode("respond") { Run = Respond },
    ]);

    private static IReadOnlyList<string> MergeInputs(ObjectValue parameters) =>
        [.. Enumerable.Range(1, (int)NumberOr(parameters["inputs"], 2)).Select(i => $"input{i}")];

    private static IReadOnlyList<string> WaitOutputs(ObjectValue parameters) =>
        parameters["for"].AsString == "approval" ? ["approved", "rejected", "timeout"] : ["main", "timeout"];

    /// <summary>Items whose <c>ok</c> is true go to true, the others to false.</summary>
    private static NodeResult Decide(NodeContext context) =>
        EmitPending(context, item => item.Json["ok"] == Value.True ? "true" : "false");

    private static NodeResult GoRound(NodeContext context) => new()
    {
        Directive = new LoopDirective((int)NumberOr(context.Parameter(0, "batchSize"), 1), (int)NumberOr(context.Parameter(0, "maxRounds"), 100_000)),
    };

    private static NodeResult EmitAllInputs(NodeContext context)
    {
        var result = new NodeResult();
        foreach (var item in context.Inputs.SelectMany(i => i)) result.Emit(Connection.Main, item, -1);
        return result;
    }

    /// <summary>Waits for the signal <c>name</c>, or else for <c>seconds</c> (default 1).</summary>
    private static NodeResult ComeToRest(NodeContext context)
    {
        var signal = context.Parameter(0, "name").AsString;
        var dueAt = context.Now + (long)(1000 * NumberOr(context.Parameter(0, "seconds"), 1));
        var timeout = context.Parameter(0, "timeoutSeconds");
        return new NodeResult
        {
            Directive = new WaitDirective(
                signal is null ? "duration" : "signal", signal is null ? dueAt : null, signal,
                timeout.IsNumber ? context.Now + (long)(1000 * timeout.AsNumber) : null,
                context.Parameter(0, "onTimeout").AsString ?? "error", []),
        };
    }

    private static NodeResult CallWorkflows(NodeContext context)
    {
        var workflow = context.Parameter(0, "workflowId").AsString ?? "child";
        var each = context.Parameter(0, "each").AsString == "item";
        return new NodeResult
        {
            Directive = new ChildrenDirective(
                each ? [.. context.Pending.Select(i => new ChildRequest(workflow, i))] : [new ChildRequest(workflow, -1)],
                context.Parameter(0, "wait") != Value.False, (int)NumberOr(context.Parameter(0, "maxParallel"), 10)),
        };
    }

    private static NodeResult Respond(NodeContext context)
    {
        var result = EmitPending(context, _ => Connection.Main);
        result.Response = context.Items.Count > 0 ? context.Items[0].Json : Value.Null;
        return result;
    }

    internal static NodeResult EmitPending(NodeContext context, Func<Item, string> output)
    {
        var result = new NodeResult();
        foreach (var i in context.Pending) result.Emit(output(context.Items[i]), context.Items[i], i);
        return result;
    }

    private static double NumberOr(Value value, double fallback) => value.IsNumber ? value.AsNumber : fallback;
}

/// <summary>A node type for tests: without <see cref="Run"/> it hands every item on to its first output.</summary>
public sealed class TestNode(string type) : INode
{
    public NodeKind Kind { get; init; }
    public Effect Effect { get; init; }
    public IReadOnlyList<string> Inputs { get; init; } = [Connection.Main];
    public IReadOnlyList<string> Outputs { get; init; } = [Connection.Main];
    public Func<ObjectValue, IReadOnlyList<string>>? InputsOf { get; init; }
    public Func<ObjectValue, IReadOnlyList<string>>? OutputsOf { get; init; }
    public Func<NodeContext, NodeResult>? Run { get; init; }
    public ObjectValue Schema { get; init; } = new() { { "type", "object" } };

    public NodeDescriptor Descriptor => field ??= new NodeDescriptor
    {
        Type = type,
        Name = type,
        Group = "test",
        Description = $"The test node {type}.",
        Kind = Kind,
        Effect = Effect,
        Inputs = Inputs,
        Outputs = Outputs,
        InputsOf = InputsOf,
        OutputsOf = OutputsOf,
        ParametersSchema = Schema,
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Run?.Invoke(context) ?? TestNodes.EmitPending(context, _ => Outputs[0]));
}
