using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Conditions;

/// <summary>What conditions are evaluated against: one item of a node's run, or one that no run has seen yet.</summary>
internal interface IConditionScope
{
    /// <summary>The node that the conditions belong to, for messages.</summary>
    string NodeId { get; }

    /// <summary>For times without an offset.</summary>
    string TimeZone { get; }

    /// <exception cref="NodeException">An expression failed.</exception>
    Value Evaluate(ParameterTree tree);
}
