using System.Collections.Concurrent;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Variables;

/// <summary>
/// The variables for whoever runs workflows: the current ones from memory, and those that an execution began with,
/// which are stored when the first execution pins them.
/// </summary>
public sealed class VariableSets(IDocumentStore store, TimeProvider clock)
{
    /// <summary>The tenant's count of changes is this document's version; it holds how many variables there are and how large.</summary>
    public static readonly DocumentType StateType = new("variable-state");
    internal const string StateId = "current";

    /// <summary>How long a change made by another host may go unseen; our own are seen at once.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(10);

    /// <summary>Earlier sets in memory; beyond it the memory is emptied, which costs reads and nothing else.</summary>
    private const int MaxEarlier = 200;
    private readonly ConcurrentDictionary<string, Held> _current = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Tenant, long Version), VariableSet> _earlier = new();
    private long _changes;

    /// <summary>The variables as they are now.</summary>
    public ValueTask<VariableSet> CurrentAsync(string tenant, CancellationToken cancellationToken = default) =>
        _current.TryGetValue(tenant, out var held) && clock.GetElapsedTime(held.CheckedAt) < TimeToLive
            ? new(held.Set)
            : RefreshAsync(tenant, held, cancellationToken);

    /// <summary>The variables as they are now, to be found again by their version as long as an unfinished execution has it.</summary>
    /// <exception cref="StoreUnavailableException">They could not be stored.</exception>
    public ValueTask<VariableSet> PinAsync(string tenant, CancellationToken cancellationToken = default)
    {
        var current = CurrentAsync(tenant, cancellationToken);
        return current is { IsCompletedSuccessfully: true, Result.IsStored: true } ? current : StoreAsync(tenant, current, cancellationToken);
    }

    /// <summary>The variables that an execution began with.</summary>
    /// <returns>Null: they are gone, because nothing unfinished had that version.</returns>
    public async ValueTask<VariableSet?> FindAsync(string tenant, long version, CancellationToken cancellationToken = default)
    {
        if (version == 0) return new VariableSet(0, []);
        if (_current.TryGetValue(tenant, out var held) && held.Set.Version == version) return held.Set;
        if (_earlier.TryGetValue((tenant, version), out var known)) return known;
        if (await store.GetAsync(tenant, VariableSet.Type, VariableSet.IdOf(version), cancellationToken) is not { } document) return null;
        return Keep(tenant, VariableSet.FromDocument(version, document.Body));
    }

    /// <summary>To be called behind the commit of every change of a variable.</summary>
    public void Drop(string tenant)
    {
        Interlocked.Increment(ref _changes);
        _current.TryRemove(tenant, out _);
    }

    private async ValueTask<VariableSet> StoreAsync(string tenant, ValueTask<VariableSet> current, CancellationToken cancellationToken)
    {
        var set = await current;
        if (set.IsStored) return set;
        // Whoever stores it too writes the same.
        await store.CommitAsync(new UnitOfWork(tenant).Put(VariableSet.Type, VariableSet.IdOf(set.Version), set.ToDocument()), cancellationToken);
        set.IsStored = true;
        return Keep(tenant, set);
    }

    private VariableSet Keep(string tenant, VariableSet set)
    {
        if (_earlier.Count >= MaxEarlier) _earlier.Clear();
        return _earlier.GetOrAdd((tenant, set.Version), set);
    }

    private async ValueTask<VariableSet> RefreshAsync(string tenant, Held? held, CancellationToken cancellationToken)
    {
        var changes = Interlocked.Read(ref _changes);
        var set = await ReadAsync(tenant, held?.Set, cancellationToken);
        _current[tenant] = new Held(set, clock.GetTimestamp());
        // Something was dropped while this read was under way: what was read may be older than that.
        if (Interlocked.Read(ref _changes) != changes) _current.TryRemove(tenant, out _);
        return set;
    }

    private async ValueTask<VariableSet> ReadAsync(string tenant, VariableSet? known, CancellationToken cancellationToken)
    {
        while (true)
        {
            var version = await VersionAsync(tenant, cancellationToken);
            if (version == known?.Version) return known;
            if (version == 0) return new VariableSet(0, []);
            var entries = await ReadEntriesAsync(tenant, cancellationToken);
            // A change between two pages shows in the version.
            if (await VersionAsync(tenant, cancellationToken) == version) return new VariableSet(version, entries);
        }
    }

    private async ValueTask<long> VersionAsync(string tenant, CancellationToken cancellationToken) =>
        (await store.GetAsync(tenant, StateType, StateId, cancellationToken))?.ETag ?? 0;

    private async ValueTask<IReadOnlyList<VariableSet.Entry>> ReadEntriesAsync(string tenant, CancellationToken cancellationToken)
    {
        var entries = new List<VariableSet.Entry>();
        await foreach (var document in store.ReadAllAsync(new DocumentQuery(tenant, Variable.Type), cancellationToken))
        {
            var variable = Variable.FromDocument(document.Body);
            entries.Add(new VariableSet.Entry(
                variable.Name, variable.WorkflowId, variable.IsSecret, variable.Value, variable.Environments,
                variable.IsSecret ? variable.SealedName : null, variable.Sealed));
        }

        return entries;
    }

    private sealed record Held(VariableSet Set, long CheckedAt);
}
