using System.Collections.Immutable;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Plans;

/// <summary>A node of a plan, its connections resolved to indexes.</summary>
public sealed class PlannedNode
{
    /// <summary>Its place in the definition's nodes.</summary>
    public required int Index { get; init; }
    public required NodeDefinition Definition { get; init; }
    public required INode Node { get; init; }
    public NodeDescriptor Descriptor => Node.Descriptor;
    public string Id => Definition.Id;

    /// <summary>Compiled once per plan.</summary>
    public required ParameterTree Parameters { get; init; }
    public required Effect Effect { get; init; }
    public required RetryPolicy? Retry { get; init; }

    /// <summary>Input and output names for these parameters; <c>error</c> is the last output where onError is errorOutput.</summary>
    public required ImmutableArray<string> Inputs { get; init; }
    public required ImmutableArray<string> Outputs { get; init; }

    /// <summary>Reachable from the start node.</summary>
    public required bool TakesPart { get; init; }

    /// <summary>Connections into it from nodes that take part, back edges aside, in the order of <c>connections</c>.</summary>
    public required ImmutableArray<PlannedConnection> Incoming { get; init; }

    /// <summary>For a loop: the back edges, in the order of <c>connections</c>.</summary>
    public required ImmutableArray<PlannedConnection> BackEdges { get; init; }

    /// <summary>Connections from it to nodes, back edges included, in the order of <c>connections</c>.</summary>
    public required ImmutableArray<PlannedConnection> Outgoing { get; init; }

    /// <summary>The indexes of the loops around it, outermost first.</summary>
    public required ImmutableArray<int> Loops { get; init; }

    /// <summary>For a loop: the direct members of its region (nested loops are members, their bodies are not).</summary>
    public required ImmutableArray<int> Region { get; init; }

    /// <summary>A sink: no connection from it (a loop: none from <c>done</c>).</summary>
    public required bool IsSink { get; init; }
    public required bool IsPinned { get; init; }
    public bool IsLoop => Descriptor.Kind == NodeKind.Loop;
}

/// <param name="Source">Index of a node.</param>
/// <param name="Target">Index of a node.</param>
/// <param name="SourceOutput">Index into the source's outputs.</param>
/// <param name="TargetInput">Index into the target's inputs.</param>
public sealed record PlannedConnection(int Source, int SourceOutput, int Target, int TargetInput, bool IsBackEdge);
