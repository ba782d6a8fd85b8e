namespace LinkFlow.Engine.Nodes;

/// <summary>The node types that this installation knows, by type name.</summary>
public sealed class NodeRegistry
{
    private readonly Dictionary<string, INode> _nodes;

    /// <exception cref="ArgumentException">Two nodes have one type name.</exception>
    public NodeRegistry(IEnumerable<INode> nodes) => _nodes = nodes.ToDictionary(n => n.Descriptor.Type, StringComparer.Ordinal);

    public IEnumerable<INode> All => _nodes.Values;
    public INode? Find(string type) => _nodes.GetValueOrDefault(type);
    public NodeDescriptor? Describe(string type) => Find(type)?.Descriptor;
}
