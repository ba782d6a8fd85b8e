using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Definitions;

/// <summary>One field that two versions have differently.</summary>
/// <param name="Field">E.g. <c>name</c>, <c>parameters.url</c>.</param>
/// <param name="Before">Undefined: it was not there.</param>
/// <param name="After">Undefined: it is gone.</param>
public sealed record FieldChange(string Field, Value Before, Value After);

/// <summary>A node that both versions have, and its fields that differ.</summary>
public sealed record NodeChange(string Id, IReadOnlyList<FieldChange> Fields);

/// <summary>What one definition has otherwise than another. Nodes are the same by id; where an id is there twice, in order.</summary>
public sealed record DefinitionDiff
{
    public IReadOnlyList<NodeDefinition> AddedNodes { get; private init; } = [];
    public IReadOnlyList<NodeDefinition> RemovedNodes { get; private init; } = [];
    public IReadOnlyList<NodeChange> ChangedNodes { get; private init; } = [];

    /// <summary>The nodes that both have stand in another order, which decides between nodes that are ready at once.</summary>
    public bool NodesReordered { get; private init; }
    public IReadOnlyList<Connection> AddedConnections { get; private init; } = [];
    public IReadOnlyList<Connection> RemovedConnections { get; private init; } = [];

    /// <summary>The connections that both have stand in another order, which is that of joined items.</summary>
    public bool ConnectionsReordered { get; private init; }
    public IReadOnlyList<FieldChange> Settings { get; private init; } = [];

    /// <summary>By node id.</summary>
    public IReadOnlyList<FieldChange> PinData { get; private init; } = [];

    public bool IsEmpty => AddedNodes.Count + RemovedNodes.Count + ChangedNodes.Count + AddedConnections.Count + RemovedConnections.Count
        + Settings.Count + PinData.Count == 0 && !NodesReordered && !ConnectionsReordered;

    public static DefinitionDiff Between(WorkflowDefinition before, WorkflowDefinition after)
    {
        var (old, @new) = (Numbered(before.Nodes, n => n.Id), Numbered(after.Nodes, n => n.Id));
        var (oldByKey, newByKey) = (old.ToDictionary(n => n.Key, n => n.Element), @new.ToDictionary(n => n.Key, n => n.Element));
        var (oldLines, newLines) = (Numbered(before.Connections, c => c), Numbered(after.Connections, c => c));
        var (oldLineKeys, newLineKeys) = (oldLines.Select(c => c.Key).ToHashSet(), newLines.Select(c => c.Key).ToHashSet());
        return new DefinitionDiff
        {
            AddedNodes = [.. @new.Where(n => !oldByKey.ContainsKey(n.Key)).Select(n => n.Element)],
            RemovedNodes = [.. old.Where(n => !newByKey.ContainsKey(n.Key)).Select(n => n.Element)],
            ChangedNodes = [.. @new.Where(n => oldByKey.ContainsKey(n.Key)).Select(n => new NodeChange(n.Element.Id, Changes(oldByKey[n.Key], n.Element))).Where(c => c.Fields.Count > 0)],
            NodesReordered = !old.Select(n => n.Key).Where(newByKey.ContainsKey).SequenceEqual(@new.Select(n => n.Key).Where(oldByKey.ContainsKey)),
            AddedConnections = [.. newLines.Where(c => !oldLineKeys.Contains(c.Key)).Select(c => c.Element)],
            RemovedConnections = [.. oldLines.Where(c => !newLineKeys.Contains(c.Key)).Select(c => c.Element)],
            ConnectionsReordered = !oldLines.Select(c => c.Key).Where(newLineKeys.Contains).SequenceEqual(newLines.Select(c => c.Key).Where(oldLineKeys.Contains)),
            Settings = Changes("", WorkflowSettingsJson.Write(before.Settings), WorkflowSettingsJson.Write(after.Settings)),
            PinData = Changes("", before.PinData, after.PinData),
        };
    }

    /// <summary>The diff in the API's form; what was not there, or is gone, is left out of a change.</summary>
    public ObjectValue ToJson() => new()
    {
        {
            "nodes", new ObjectValue
            {
                { "added", List(AddedNodes, NodeDefinitionJson.Write) },
                { "removed", List(RemovedNodes, NodeDefinitionJson.Write) },
                { "changed", List(ChangedNodes, c => new ObjectValue { { "id", c.Id }, { "fields", List(c.Fields, Write) } }) },
                { "reordered", NodesReordered },
            }
        },
        {
            "connections", new ObjectValue
            {
                { "added", List(AddedConnections, WorkflowDefinitionJson.WriteConnection) },
                { "removed", List(RemovedConnections, WorkflowDefinitionJson.WriteConnection) },
                { "reordered", ConnectionsReordered },
            }
        },
        { "settings", List(Settings, Write) },
        { "pinData", List(PinData, Write) },
    };

    /// <summary>Each element with a key that tells equal ones apart by their ordinal.</summary>
    private static List<((TKey Id, int Ordinal) Key, T Element)> Numbered<T, TKey>(IEnumerable<T> elements, Func<T, TKey> id) where TKey : notnull
    {
        var seen = new Dictionary<TKey, int>();
        return [.. elements.Select(e => ((id(e), seen[id(e)] = seen.GetValueOrDefault(id(e), -1) + 1), e))];
    }

    private static List<FieldChange> Changes(NodeDefinition before, NodeDefinition after)
    {
        var (old, @new) = (NodeDefinitionJson.Write(before), NodeDefinitionJson.Write(after));
        old.Remove("parameters");
        @new.Remove("parameters");
        return [.. Changes("", old, @new), .. Changes("parameters.", before.Parameters, after.Parameters)];
    }

    private static List<FieldChange> Changes(string prefix, ObjectValue before, ObjectValue after) =>
        [.. before.Concat(after).Select(p => p.Key).Distinct()
            .Where(name => before[name] != after[name])
            .Select(name => new FieldChange(prefix + name, before[name], after[name]))];

    private static ObjectValue Write(FieldChange change) => new() { { "field", change.Field }, { "before", change.Before }, { "after", change.After } };

    private static ArrayValue List<T>(IEnumerable<T> elements, Func<T, ObjectValue> write) => new(elements.Select(e => Value.From(write(e))));
}
