using System.Collections.Concurrent;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Workflows;

/// <summary>Saved versions for whoever runs them, kept in memory: versions never change, and which one is active is dropped on every change.</summary>
public sealed class WorkflowSource(IDocumentStore store, TimeProvider clock) : IWorkflowSource
{
    /// <summary>How long a change made by another host may go unseen; our own are seen at once.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(10);

    /// <summary>Versions kept; beyond it the memory is emptied, which costs reads and nothing else.</summary>
    private const int MaxVersions = 2_000;
    private const int MaxActive = 20_000;

    private readonly ConcurrentDictionary<(string Tenant, string WorkflowId, int Version), WorkflowVersion> _versions = new();
    private readonly ConcurrentDictionary<(string Tenant, string WorkflowId), Active> _active = new();
    private long _changes;

    public async ValueTask<WorkflowVersion?> FindAsync(string tenant, string workflowId, int version, CancellationToken cancellationToken = default)
    {
        var key = (tenant, workflowId, version);
        if (_versions.TryGetValue(key, out var known)) return known;
        var document = await store.GetAsync(tenant, SavedVersion.Type, SavedVersion.IdOf(workflowId, version), cancellationToken);
        if (document is null) return null;
        var saved = SavedVersion.FromDocument(document.Body);
        if (_versions.Count >= MaxVersions) _versions.Clear();
        return _versions.GetOrAdd(key, new WorkflowVersion(workflowId, saved.Name, version, Workflow.DefinitionOf(saved.Content)));
    }

    public async ValueTask<WorkflowVersion?> FindActiveAsync(string tenant, string workflowId, CancellationToken cancellationToken = default)
    {
        if (!_active.TryGetValue((tenant, workflowId), out var active) || clock.GetElapsedTime(active.ReadAt) >= TimeToLive)
        {
            var changes = Interlocked.Read(ref _changes);
            var document = await store.GetAsync(tenant, Workflow.Type, workflowId, cancellationToken);
            if (document is null) return null;
            var workflow = Workflow.FromDocument(document.Body);
            if (workflow.Status != WorkflowStatus.Active) return null;
            active = new Active(workflow.ActiveVersion!.Value, clock.GetTimestamp());
            if (_active.Count >= MaxActive) _active.Clear();
            _active[(tenant, workflowId)] = active;
            // Something was dropped while this read was under way: what was read may be older than that.
            if (Interlocked.Read(ref _changes) != changes) _active.TryRemove((tenant, workflowId), out _);
        }

        return await FindAsync(tenant, workflowId, active.Version, cancellationToken);
    }

    /// <summary>To be called behind the commit of every change of a workflow.</summary>
    public void Drop(string tenant, string workflowId)
    {
        Interlocked.Increment(ref _changes);
        _active.TryRemove((tenant, workflowId), out _);
    }

    private readonly record struct Active(int Version, long ReadAt);
}
