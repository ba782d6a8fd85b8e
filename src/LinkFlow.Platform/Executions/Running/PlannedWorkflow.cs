using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>A workflow version made ready to run from one start node, with what its executions need of it over and over.</summary>
public sealed class PlannedWorkflow
{
    private readonly int[]?[] _referenced;
    private readonly ObjectValue _active;
    private readonly ObjectValue _inactive;

    private PlannedWorkflow(ExecutionPlan plan, WorkflowVersion version)
    {
        Plan = plan;
        Version = version;
        _referenced = new int[plan.Nodes.Length][];
        _active = WorkflowVariable.Of(version, isActive: true);
        _inactive = WorkflowVariable.Of(version, isActive: false);
        UsesVariables = plan.Nodes.Any(n => n.Parameters.Templates().Any(t => t.Template!.Settings.Any(s => s.Root == "$vars")));
        ShowsExecution = plan.Nodes.Any(n => n.Parameters.Templates().Any(t => t.Template!.Text.Contains("$execution", StringComparison.Ordinal)));
    }

    public ExecutionPlan Plan { get; }
    public WorkflowVersion Version { get; }
    public WorkflowSettings Settings => Version.Definition.Settings;

    /// <summary><c>$workflow</c> as an execution sees it.</summary>
    public ObjectValue VariableOf(ExecutionStarted started) => started.IsInactive ? _inactive : _active;

    /// <summary>False: no expression names <c>$execution</c>, so that it need not be made, with its signed URL, for every run.</summary>
    public bool ShowsExecution { get; }

    /// <summary>False: no expression names <c>$vars</c>, so that none need be pinned.</summary>
    public bool UsesVariables { get; }

    /// <exception cref="ArgumentException">The version cannot be run from that node.</exception>
    public static PlannedWorkflow Build(WorkflowVersion version, NodeRegistry registry, string startNode, bool isManual) =>
        new(ExecutionPlan.Build(version.Definition, registry, startNode, isManual), version);

    /// <summary>The nodes whose runs a node's expressions may look at; worked out once.</summary>
    public int[] ReferencedBy(PlannedNode node) => _referenced[node.Index] ??= [.. NodeRunner.ReferencedNodes(Plan, node)];
}
