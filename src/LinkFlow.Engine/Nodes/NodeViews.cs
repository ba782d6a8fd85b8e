using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes.Linking;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>What <c>$('x')</c> shows to one attempt: of the nodes that its expressions name what these ask for, loaded before it starts.</summary>
internal sealed class NodeViews
{
    private readonly NodeRun _run;
    private readonly Dictionary<int, IReadOnlyList<IReadOnlyList<Item>>> _loaded = [];
    private readonly Dictionary<int, NodeView> _views = [];
    private ItemLinks? _links;

    private NodeViews(NodeRun run) => _run = run;

    /// <param name="pending">The items that the attempt is about.</param>
    public static async ValueTask<NodeViews?> LoadAsync(NodeRun run, NodeReferences references, IReadOnlyList<int> pending, CancellationToken cancellationToken)
    {
        if (references.IsEmpty) return null;
        var views = new NodeViews(run);
        foreach (var index in references.Items) await views.LoadAsync(index, cancellationToken).ConfigureAwait(false);
        if (references.Linked.Count > 0) views._links = await ItemLinks.LoadAsync(run, references, pending, cancellationToken).ConfigureAwait(false);
        return views;
    }

    public NodeView Find(PlannedNode node)
    {
        if (_views.TryGetValue(node.Index, out var known)) return known;
        var view = new NodeView(node.Definition.Name, node.Definition.Parameters, _loaded.GetValueOrDefault(node.Index))
        {
            IsExecuted = _run.Visible.ContainsKey(node.Index),
            Run = _run.Visible.GetValueOrDefault(node.Index)?.Key.Run ?? 0,
            PairedItem = _links is { } links ? item => links.Find(node, item) : null,
        };
        return _views[node.Index] = view;
    }

    private async ValueTask LoadAsync(int index, CancellationToken cancellationToken)
    {
        if (!_run.Visible.TryGetValue(index, out var visible)) return;
        var outputs = new IReadOnlyList<Item>[visible.Outputs.Length];
        for (var i = 0; i < outputs.Length; i++)
            outputs[i] = visible.Outputs[i].IsEmpty ? [] : await _run.Load(visible.Outputs[i], cancellationToken).ConfigureAwait(false);
        _loaded[index] = outputs;
    }
}
