using System.Collections.Concurrent;
using System.Globalization;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Variables;

/// <summary>
/// All variables of a tenant as they were between two changes: what an execution that began then sees to its end.
/// Immutable. Its stored form has the names of secret ones, for a workflow's secret hides the tenant's variable of
/// that name, and nothing else of them.
/// </summary>
public sealed class VariableSet(long version, IReadOnlyList<VariableSet.Entry> entries)
{
    public static readonly DocumentType Type = new("variable-set");

    private static readonly ObjectValue Nothing = Frozen(new ObjectValue(0));

    private readonly ConcurrentDictionary<(string WorkflowId, string Environment), ObjectValue> _resolved = new();

    /// <param name="WorkflowId">Null: the tenant's.</param>
    /// <param name="SealedName">Of a secret one that is current: where its values are; else null.</param>
    public sealed record Entry(string Name, string? WorkflowId, bool IsSecret, Value Value, ObjectValue Environments, string? SealedName = null, string? Sealed = null);

    /// <summary>Grows by one with every change of any variable; 0: there never was one.</summary>
    public long Version { get; } = version;
    public IReadOnlyList<Entry> Entries { get; } = entries;

    /// <summary>True once it is known to be stored under its version.</summary>
    internal bool IsStored { get; set; } = entries.Count == 0;

    /// <summary><c>$vars</c> as a workflow sees it: its own before the tenant's, each with the environment's value where there is one.</summary>
    /// <returns>Frozen; the same one each time.</returns>
    public ObjectValue Resolve(string workflowId, string environment)
    {
        if (Entries.Count == 0) return Nothing;
        return _resolved.TryGetValue((workflowId, environment), out var known) ? known : _resolved.GetOrAdd((workflowId, environment), ResolveNow);
    }

    /// <summary>What a workflow sees under each name.</summary>
    /// <param name="workflowId">Null: one that is not saved yet, which sees the tenant's.</param>
    public IReadOnlyDictionary<string, Entry> Visible(string? workflowId)
    {
        var visible = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var entry in Entries)
            if (entry.WorkflowId is null) visible.TryAdd(entry.Name, entry);
            else if (entry.WorkflowId == workflowId) visible[entry.Name] = entry;
        return visible;
    }

    internal static string IdOf(long version) => version.ToString("D19", CultureInfo.InvariantCulture);

    internal ObjectValue ToDocument() => new(1)
    {
        {
            "variables", new ArrayValue(Entries.Select(e =>
            {
                var stored = new ObjectValue(4) { { "name", e.Name }, { "workflowId", e.WorkflowId } };
                return Value.From(e.IsSecret ? stored.Set("secret", true) : stored.Set("value", e.Value).Set("environments", e.Environments));
            }))
        },
    };

    internal static VariableSet FromDocument(long version, Value body) => new(version, [.. body["variables"].AsArray!.Select(v => new Entry(
        v["name"].AsString!, v["workflowId"].AsString, v["secret"].IsBoolean, v["value"], v["environments"].AsObject ?? new ObjectValue(0)))])
    {
        IsStored = true,
    };

    private ObjectValue ResolveNow((string WorkflowId, string Environment) key)
    {
        var resolved = new ObjectValue();
        foreach (var (name, entry) in Visible(key.WorkflowId))
            if (!entry.IsSecret) resolved.Set(name, entry.Environments.TryGet(key.Environment, out var own) ? own : entry.Value);
        return Frozen(resolved);
    }

    private static ObjectValue Frozen(ObjectValue o)
    {
        o.Freeze();
        return o;
    }
}
