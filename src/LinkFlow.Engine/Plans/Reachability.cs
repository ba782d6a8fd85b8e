namespace LinkFlow.Engine.Plans;

/// <summary>
/// Answers whether a path leads from one node to another, from sets of ancestors that are made at the first
/// question about a node and kept. Safe for concurrent use.
/// </summary>
/// <param name="predecessors">By node: the sources of the edges into it that count.</param>
internal sealed class Reachability(IReadOnlyList<IReadOnlyList<int>> predecessors)
{
    private readonly NodeSet?[] _ancestors = new NodeSet?[predecessors.Count];

    /// <summary>True when a path of at least one edge leads there.</summary>
    public bool HasPath(int from, int to) => AncestorsOf(to).Contains(from);

    /// <summary>Two threads may both make a set; they are equal, and either may stay.</summary>
    public NodeSet AncestorsOf(int node)
    {
        if (Volatile.Read(ref _ancestors[node]) is { } known) return known;
        var ancestors = new NodeSet(predecessors.Count);
        var open = new Stack<int>([node]);
        while (open.TryPop(out var next))
            foreach (var source in predecessors[next])
                if (ancestors.Add(source)) open.Push(source);
        Volatile.Write(ref _ancestors[node], ancestors);
        return ancestors;
    }
}
