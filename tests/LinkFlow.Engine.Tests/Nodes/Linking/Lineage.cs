using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Nodes.Linking;

/// <summary>
/// Items that carry in their own data what they came from, node by node: what <c>.item</c> must say can be read off the
/// item, without a look at events, references or pairings.
/// </summary>
internal static class Lineage
{
    /// <summary>How an item is called: by its id, or, for an error item, by the item that failed.</summary>
    public static string Key(Value json) =>
        json["id"].AsString ?? (json["error"]["nodeId"].AsString is { } node ? $"error:{node}({Key(json["input"])})" : JsonText.Write(json));

    /// <summary>By node, the keys of its items that an item came from, the one that it is included.</summary>
    public static Dictionary<string, SortedSet<string>> Of(Value json)
    {
        if (json["error"]["nodeId"].AsString is { } node) return new(Of(json["input"])) { [node] = [Key(json)] };
        return json["from"].AsObject?.ToDictionary(p => p.Key, p => new SortedSet<string>(p.Value.AsArray!.Select(k => k.AsString!), StringComparer.Ordinal)) ?? [];
    }

    /// <summary>An item that a node made of these.</summary>
    public static Item Made(string node, string id, IEnumerable<Item> parents)
    {
        var from = new ObjectValue();
        foreach (var (ancestor, keys) in parents.SelectMany(p => Of(p.Json)).GroupBy(p => p.Key).Select(g => (g.Key, g.SelectMany(p => p.Value).Distinct().Order(StringComparer.Ordinal))))
            from.Set(ancestor, new ArrayValue(keys.Select(k => Value.From(k))));
        from.Set(node, new ArrayValue([id]));
        return new Item(new ObjectValue { { "id", id }, { "from", from } });
    }

    /// <summary>What <c>$('node').item</c> must be for an item: a key, or an error where there is no single one.</summary>
    public static string Expected(Item item, string node) => Of(item.Json).GetValueOrDefault(node) switch
    {
        null => "!",
        { Count: 1 } one => one.Min!,
        _ => $"!$('{node}').item is ambiguous: ",
    };
}
