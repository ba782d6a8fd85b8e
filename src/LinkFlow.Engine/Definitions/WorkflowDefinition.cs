using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Definitions;

/// <summary>What a user draws: nodes, the connections between them, and settings. One saved version of a workflow.</summary>
public sealed record WorkflowDefinition
{
    public IReadOnlyList<NodeDefinition> Nodes { get; init; } = [];
    public IReadOnlyList<Connection> Connections { get; init; } = [];
    public WorkflowSettings Settings { get; init; } = new();

    /// <summary>Output items by node id that stand in for a node's execution; in manual runs only.</summary>
    public ObjectValue PinData { get; init; } = new();
}
