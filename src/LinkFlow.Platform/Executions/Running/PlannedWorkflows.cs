using System.Collections.Concurrent;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>Plans by workflow version and start node, built on first use. Saved versions never change, so entries stay right for ever.</summary>
public sealed class PlannedWorkflows(IWorkflowSource source, NodeRegistry registry)
{
    /// <summary>When this many are held, all are dropped: simple, and rare on one machine.</summary>
    private const int MaxPlans = 2_000;

    private readonly ConcurrentDictionary<Key, PlannedWorkflow> _plans = new();

    /// <returns>Null when there is no such version.</returns>
    /// <exception cref="ArgumentException">The version cannot be run from that node.</exception>
    public ValueTask<PlannedWorkflow?> FindAsync(string tenant, string workflowId, int version, string startNode, bool isManual, CancellationToken cancellationToken)
    {
        var key = new Key(tenant, workflowId, version, startNode, isManual);
        return _plans.TryGetValue(key, out var plan) ? new(plan) : BuildAsync(key, cancellationToken);
    }

    /// <summary>The active version of a workflow, from its trigger of one of these types, the first that it has.</summary>
    /// <returns>Null when the workflow is not active or has no such trigger.</returns>
    public async ValueTask<PlannedWorkflow?> FindActiveAsync(string tenant, string workflowId, string[] triggers, CancellationToken cancellationToken)
    {
        if (await source.FindActiveAsync(tenant, workflowId, cancellationToken) is not { } version) return null;
        var nodes = version.Definition.Nodes.Where(n => !n.Disabled).ToList();
        var start = triggers.Select(type => nodes.Find(n => n.Type == type)).FirstOrDefault(n => n is not null);
        return start is null ? null : Keep(new Key(tenant, workflowId, version.Version, start.Id, IsManual: false), version);
    }

    private async ValueTask<PlannedWorkflow?> BuildAsync(Key key, CancellationToken cancellationToken) =>
        await source.FindAsync(key.Tenant, key.WorkflowId, key.Version, cancellationToken) is { } version ? Keep(key, version) : null;

    private PlannedWorkflow Keep(Key key, WorkflowVersion version)
    {
        if (_plans.TryGetValue(key, out var known)) return known;
        if (_plans.Count >= MaxPlans) _plans.Clear();
        return _plans.GetOrAdd(key, static (k, a) => PlannedWorkflow.Build(a.version, a.registry, k.StartNode, k.IsManual), (version, registry));
    }

    private readonly record struct Key(string Tenant, string WorkflowId, int Version, string StartNode, bool IsManual);
}
