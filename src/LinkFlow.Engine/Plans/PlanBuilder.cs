using System.Collections.Immutable;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans.Rules;

namespace LinkFlow.Engine.Plans;

/// <summary>Builds one plan: checks what the plan depends on, then resolves nodes and connections. Linear in both, loops aside.</summary>
internal sealed class PlanBuilder
{
    private readonly WorkflowGraph _graph;
    private readonly LoopRegions _regions;
    private readonly bool _isManual;
    private readonly int _start;
    private readonly NodeSet _taking;
    private readonly int[][] _nesting;

    /// <exception cref="ArgumentException">The definition has errors in its structure, or the start node is not in it or in a loop's body.</exception>
    public PlanBuilder(WorkflowDefinition definition, NodeRegistry registry, string startNode, bool isManual)
    {
        _graph = WorkflowGraph.Of(definition, registry);
        _regions = LoopRegions.Of(_graph);
        _isManual = isManual;
        _start = _graph.IndexOf(startNode);
        if (_start < 0) throw new ArgumentException($"The start node '{startNode}' is not in the workflow.", nameof(startNode));
        Require(Structure());
        _nesting = _regions.Nesting();
        if (_nesting[_start].Length > 0)
            throw new ArgumentException($"The start node '{startNode}' is in the body of loop '{_graph[_nesting[_start][0]].Id}'; start at the loop.", nameof(startNode));
        _taking = _graph.ReachableFrom([_start]);
    }

    /// <exception cref="ArgumentException">An expression does not compile.</exception>
    public ExecutionPlan Build()
    {
        var nodes = Enumerable.Range(0, _graph.Count).Select(Plan).ToImmutableArray();
        var order = GraphOrder.Of(_graph, _regions).Where(_taking.Contains).ToImmutableArray();
        return new ExecutionPlan(_graph.Definition, nodes, order, _start);
    }

    private IEnumerable<PlanError> Structure()
    {
        var findings = new Findings();
        NodeTypes.Check(_graph, findings);
        NodeNames.CheckIds(_graph, findings);
        return findings.Errors.Concat(_graph.ConnectionErrors).Concat(LoopBodies.Check(_graph, _regions)).Concat(Cycles.Check(_graph, _regions));
    }

    private static void Require(IEnumerable<PlanError> errors)
    {
        if (errors.FirstOrDefault() is { } error) throw new ArgumentException($"{error.Message} ({error.Pointer})");
    }

    private PlannedNode Plan(int index)
    {
        var node = _graph[index];
        var type = _graph.Types[index]!;
        var parameters = Compile(node);
        return new PlannedNode
        {
            Index = index,
            Definition = node,
            Node = type,
            Parameters = parameters,
            Effect = EffectOf(type.Descriptor, parameters),
            Retry = node.Retry ?? type.Descriptor.DefaultRetry,
            Inputs = [.. _graph.Inputs[index]!],
            Outputs = [.. _graph.Outputs[index]!],
            TakesPart = _taking.Contains(index),
            Incoming = Connections(_graph.Incoming[index], e => _taking.Contains(e.Source) && !_regions.IsBackEdge(e)),
            BackEdges = Connections(_graph.Incoming[index], e => _taking.Contains(e.Source) && _regions.IsBackEdge(e)),
            Outgoing = Connections(_graph.Outgoing[index], _ => true),
            Loops = [.. _nesting[index]],
            Region = _graph.IsLoop(index) ? [.. _regions[index].Members().Where(m => _nesting[m][^1] == index)] : [],
            IsSink = !_graph.Outgoing[index].Any(e => !_graph.IsLoop(index) || OutputName(e) == OutputNames.Done),
            IsPinned = _isManual && _graph.Definition.PinData.Contains(node.Id),
        };
    }

    private static ParameterTree Compile(NodeDefinition node)
    {
        try
        {
            return ParameterTree.Compile(node.Parameters);
        }
        catch (ExpressionException e)
        {
            throw new ArgumentException($"An expression of node '{node.Id}' does not compile: {e.Message}", e);
        }
    }

    /// <summary>What an expression will come to is not known yet, so where one may decide, the widest effect is assumed.</summary>
    private static Effect EffectOf(NodeDescriptor descriptor, ParameterTree parameters) =>
        descriptor.EffectOf is not null && parameters.Properties.Any(p => !p.Value.IsConstant && (descriptor.EffectParameters?.Contains(p.Key) ?? true))
            ? descriptor.Effect
            : descriptor.EffectFor(parameters.Written.AsObject!);

    private ImmutableArray<PlannedConnection> Connections(IEnumerable<Edge> edges, Func<Edge, bool> counts) =>
        [.. edges.Where(counts).Select(e => new PlannedConnection(e.Source, e.SourceOutput, e.Target, e.TargetInput, _regions.IsBackEdge(e)))];

    private string OutputName(Edge edge) => _graph.Definition.Connections[edge.Connection].SourceOutput;
}
