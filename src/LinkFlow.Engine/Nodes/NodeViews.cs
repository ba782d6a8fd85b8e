using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>What <c>$('x')</c> shows to one attempt: the items of the nodes that its expressions name, loaded before it starts.</summary>
internal sealed class NodeViews
{
    private readonly NodeRun _run;
    private readonly Dictionary<int, LoadedRun> _loaded = [];
    private readonly Dictionary<int, NodeView> _views = [];

    private NodeViews(NodeRun run) => _run = run;

    public static async ValueTask<NodeViews?> LoadAsync(NodeRun run, PlannedNode node, CancellationToken cancellationToken)
    {
        var references = NodeReferences.Of(run.Plan, node);
        if (references.IsEmpty) return null;
        var views = new NodeViews(run);
        foreach (var index in references.Named) await views.LoadAsync(index, cancellationToken).ConfigureAwait(false);
        if (references.Linked) await views.LoadChainAsync(cancellationToken).ConfigureAwait(false);
        return views;
    }

    public NodeView Find(PlannedNode node)
    {
        if (_views.TryGetValue(node.Index, out var known)) return known;
        var loaded = _loaded.GetValueOrDefault(node.Index);
        var view = new NodeView(node.Definition.Name, node.Definition.Parameters, loaded?.Outputs)
        {
            PairedItem = loaded is null ? null : item => ItemLinks.Find(_run, _loaded, node, item),
        };
        return _views[node.Index] = view;
    }

    private async ValueTask<LoadedRun?> LoadAsync(int index, CancellationToken cancellationToken)
    {
        if (_loaded.TryGetValue(index, out var known)) return known;
        if (!_run.Visible.TryGetValue(index, out var visible)) return null;
        var outputs = new IReadOnlyList<Item>[visible.Outputs.Length];
        for (var i = 0; i < outputs.Length; i++)
            outputs[i] = visible.Outputs[i].IsEmpty ? [] : await _run.Load(visible.Outputs[i], cancellationToken).ConfigureAwait(false);
        return _loaded[index] = new LoadedRun(visible, outputs);
    }

    /// <summary>Everything that the current items may have come through: the sources of the inputs, the sources of those, and so on.</summary>
    private async ValueTask LoadChainAsync(CancellationToken cancellationToken)
    {
        var seen = new HashSet<int>();
        var open = new Stack<InputSource>(_run.Step.Inputs.SelectMany(i => i.Sources));
        while (open.TryPop(out var source))
        {
            if (_run.Plan.Find(source.Node) is not { } node || !seen.Add(node.Index)) continue;
            if (await LoadAsync(node.Index, cancellationToken).ConfigureAwait(false) is not { } loaded) continue;
            foreach (var next in loaded.Visible.Inputs.SelectMany(i => i.Sources)) open.Push(next);
        }
    }
}

/// <summary>A run with the items of its outputs, in the descriptor's order.</summary>
internal sealed record LoadedRun(VisibleRun Visible, IReadOnlyList<IReadOnlyList<Item>> Outputs);
