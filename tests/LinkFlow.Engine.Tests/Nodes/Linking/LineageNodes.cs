using System.Globalization;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Nodes.Linking;

/// <summary>
/// Node types whose items say what they came from (<see cref="Lineage"/>), and which ask for <c>.item</c> of every node in
/// their parameter <c>see</c>. What an ordinary one does is its parameter <c>do</c>: <c>one</c> (default), <c>two</c> items
/// each, <c>drop</c> every second, <c>none</c>, <c>aggregate</c> all into one, <c>unpaired</c>, <c>flaky</c> (every second fails once), <c>fail</c>.
/// </summary>
/// <param name="observe">Told node, run, item, target and what <c>$('target').item</c> came to: a key, or a message behind <c>!</c>.</param>
internal sealed class LineageNodes(Action<NodeContext, int, string, string> observe)
{
    /// <summary>More items than this are cut off, lest joins and splits make millions.</summary>
    public int MostItems { get; init; } = int.MaxValue;

    public NodeRegistry Registry => field ??= new NodeRegistry(
    [
        new TestNode("start") { Kind = NodeKind.Trigger, Inputs = [], Run = Each },
        new TestNode("webhook") { Kind = NodeKind.Trigger, Inputs = [], Run = Each },
        new TestNode("step") { Run = Each },
        new TestNode("store") { Effect = Effect.Stateful, Run = Each },
        new TestNode("call") { Effect = Effect.External, Run = Each },
        new TestNode("check") { Outputs = ["true", "false"], Run = Each },
        new TestNode("condition") { Outputs = ["true", "false"], Run = Each },
        new TestNode("ask") { Outputs = ["yes", "no", "maybe"], Effect = Effect.External, Run = Each },
        new TestNode("merge") { Kind = NodeKind.Merge, InputsOf = p => [.. Enumerable.Range(1, (int)p["inputs"].AsNumber).Select(i => $"input{i}")], Run = Merge },
        new TestNode("loop") { Kind = NodeKind.Loop, Outputs = ["loop", "done"], Run = GoRound },
        new TestNode("wait") { Outputs = ["main", "timeout"], Run = Wait },
        new TestNode("children") { Run = CallChildren },
    ]);

    private NodeResult Each(NodeContext context)
    {
        Observe(context);
        var result = new NodeResult();
        var way = context.Node.Parameters["do"].AsString;
        if (way is "aggregate" or "unpaired") return Together(context, way == "aggregate");
        foreach (var i in context.Pending.Take(MostItems))
        {
            if (way == "fail" || (way == "flaky" && i % 2 == 0 && context.Attempt == 1)) result.Fail(i, new NodeError("BROKEN", "It broke."));
            else if (way != "none" && (way != "drop" || i % 2 == 0))
                for (var k = 0; k < (way == "two" ? 2 : 1); k++) result.Emit(Output(context, i + k), Made(context, $"{i}.{k}", [context.Items[i]]), i);
        }

        return result;
    }

    private NodeResult Together(NodeContext context, bool isPaired)
    {
        var items = context.Pending.Take(MostItems).ToList();
        // Whatever was made of one item came from that one.
        var made = Made(context, "all", isPaired || context.Items.Count == 1 ? items.Select(i => context.Items[i]) : []);
        return new NodeResult().Emit(context.Outputs[0], made with { PairedItems = isPaired ? [.. items.Select(i => new PairedItem(0, i))] : null }, NodeResult.WholeRun);
    }

    /// <summary>By position with <c>"do":"position"</c>, else one after the other.</summary>
    private NodeResult Merge(NodeContext context)
    {
        Observe(context);
        var result = new NodeResult();
        if (context.Node.Parameters["do"].AsString != "position")
        {
            foreach (var (input, items) in context.Inputs.Index())
                for (var i = 0; i < Math.Min(MostItems, items.Count); i++) Emit(input, i);
            return result;
        }

        for (var i = 0; i < Math.Min(MostItems, context.Inputs.Max(items => items.Count)); i++)
        {
            var pairs = context.Inputs.Index().Where(x => i < x.Item.Count).Select(x => new PairedItem(x.Index, i)).ToArray();
            result.Emit("main", Made(context, $"{i}", pairs.Select(p => context.Inputs[p.Input][p.Item])) with { PairedItems = pairs }, NodeResult.WholeRun);
        }

        return result;

        void Emit(int input, int i) =>
            result.Emit("main", Made(context, $"{input}-{i}", [context.Inputs[input][i]]) with { PairedItems = [new PairedItem(input, i)] }, NodeResult.WholeRun);
    }

    private NodeResult GoRound(NodeContext context)
    {
        Observe(context);
        return new NodeResult { Directive = new LoopDirective((int)Number(context, "batchSize", 1), (int)Number(context, "maxRounds", 100_000)) };
    }

    private NodeResult Wait(NodeContext context)
    {
        Observe(context);
        var isSignal = context.Node.Parameters["do"].AsString == "signal";
        return new NodeResult { Directive = new WaitDirective(isSignal ? "signal" : "duration", isSignal ? null : context.Now + 10, isSignal ? context.Node.Id : null, null, "error", []) };
    }

    private NodeResult CallChildren(NodeContext context)
    {
        Observe(context);
        var isOne = context.Node.Parameters["do"].AsString == "aggregate";
        return new NodeResult { Directive = new ChildrenDirective(isOne ? [new ChildRequest("child", -1)] : [.. context.Pending.Select(i => new ChildRequest("child", i))], Wait: true, 2) };
    }

    private void Observe(NodeContext context)
    {
        if (context.Parameters["see"] is not { } see || context.Node.Type is "start" or "webhook") return;
        foreach (var i in context.Pending)
            foreach (var (target, parameter) in see.Properties) observe(context, i, target, Evaluate(context, i, parameter));
    }

    private static string Evaluate(NodeContext context, int item, Engine.Expressions.ParameterTree parameter)
    {
        try
        {
            return Lineage.Key(context.Evaluate(item, parameter));
        }
        catch (NodeException e)
        {
            return "!" + e.Error.Message;
        }
    }

    private static Item Made(NodeContext context, string place, IEnumerable<Item> parents) =>
        Lineage.Made(context.Node.Id, $"{context.Node.Id}#{context.Run}.{place}", parents);

    private static string Output(NodeContext context, int place)
    {
        var outputs = context.Outputs.Where(o => o != "error").ToList();
        return outputs[place % outputs.Count];
    }

    private static double Number(NodeContext context, string name, double fallback) =>
        context.Node.Parameters[name] is { IsNumber: true } number ? number.AsNumber : fallback;

    /// <summary>The parameter with which a node asks for the item of each of these.</summary>
    public static ObjectValue Seeing(ObjectValue parameters, IEnumerable<string> targets)
    {
        var see = new ObjectValue();
        foreach (var target in targets) see.Set(target, string.Create(CultureInfo.InvariantCulture, $"{{{{ $('{target}').item.json }}}}"));
        return parameters.Copy().Set("see", see);
    }
}
