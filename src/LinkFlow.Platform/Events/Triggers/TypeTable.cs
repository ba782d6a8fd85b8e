using LinkFlow.Nodes.Events;

namespace LinkFlow.Platform.Events.Triggers;

/// <summary>Finds who asked for events of a type, by looking up the type and its prefixes: what it costs does not grow with how many asked for others. Immutable.</summary>
internal sealed class TypeTable<T>
{
    private readonly Dictionary<string, List<T>> _byPattern = new(StringComparer.Ordinal);

    /// <param name="entries">Pattern and who asked; one may ask by several patterns.</param>
    public TypeTable(IEnumerable<(string Pattern, T Entry)> entries)
    {
        foreach (var (pattern, entry) in entries)
        {
            if (!_byPattern.TryGetValue(pattern, out var list)) _byPattern[pattern] = list = [];
            list.Add(entry);
        }
    }

    public bool Any(string type) =>
        _byPattern.Count > 0 && (_byPattern.ContainsKey(EventTypePattern.Everything) || EventTypePattern.Matching(type).Any(_byPattern.ContainsKey));

    /// <summary>Each once, also where several of its patterns match.</summary>
    public IEnumerable<T> Find(string type) =>
        EventTypePattern.Matching(type).Append(EventTypePattern.Everything).SelectMany(p => _byPattern.TryGetValue(p, out var list) ? list : []).Distinct();
}
