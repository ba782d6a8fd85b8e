using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Flow.Merging;

/// <summary>The ways of merging that need no key. Every item that comes out says which items it was made of.</summary>
internal static class Merges
{
    /// <summary>The most combinations that <see cref="AllPairs"/> makes.</summary>
    public const int MostPairs = NodeResult.MostItems;

    public static IEnumerable<Item> Append(IReadOnlyList<IReadOnlyList<Item>> inputs) => inputs.SelectMany((_, input) => Choose(inputs, input));

    public static IEnumerable<Item> Choose(IReadOnlyList<IReadOnlyList<Item>> inputs, int input) =>
        inputs[input].Select((item, i) => item with { PairedItems = [new PairedItem(input, i)] });

    /// <param name="includeUnpaired">The longest input decides the length, not the shortest.</param>
    public static IEnumerable<Item> ByPosition(IReadOnlyList<IReadOnlyList<Item>> inputs, bool includeUnpaired)
    {
        var length = includeUnpaired ? inputs.Max(i => i.Count) : inputs.Min(i => i.Count);
        for (var at = 0; at < length; at++)
            yield return Together(inputs.Select((items, input) => (items, input)).Where(x => at < x.items.Count).Select(x => (x.items[at], new PairedItem(x.input, at))), "right");
    }

    /// <exception cref="NodeException">There would be more than <see cref="MostPairs"/>.</exception>
    public static IEnumerable<Item> AllPairs(IReadOnlyList<IReadOnlyList<Item>> inputs, string clash)
    {
        var count = inputs.Aggregate(1.0, (product, items) => product * items.Count);
        if (count > MostPairs) throw new NodeException(NodeErrorCodes.TooManyItems, $"All pairs of the inputs would be {count:0} items; at most {MostPairs} are allowed.");
        var at = new int[inputs.Count];
        for (var n = 0; n < count; n++)
        {
            yield return Together(inputs.Select((items, input) => (items[at[input]], new PairedItem(input, at[input]))), clash);
            for (var input = at.Length - 1; input >= 0 && ++at[input] == inputs[input].Count; input--) at[input] = 0;
        }
    }

    /// <param name="clash">right: the later item's field wins; left: the earlier one's; suffix: both stay, as <c>name_1</c>, <c>name_2</c>.</param>
    /// <param name="shared">Fields that are the same in all and so never get a suffix.</param>
    public static Item Together(IEnumerable<(Item Item, PairedItem Pair)> parts, string clash, IReadOnlySet<string>? shared = null)
    {
        List<(Item Item, PairedItem Pair)> all = [.. parts];
        var json = new ObjectValue();
        var clashing = clash == "suffix" ? Clashing(all, shared) : [];
        for (var i = 0; i < all.Count; i++)
            foreach (var (name, value) in all[i].Item.Json)
                if (clashing.Contains(name)) json.Set($"{name}_{i + 1}", value);
                else if (clash != "left" || !json.Contains(name)) json.Set(name, value);
        return new Item(json, Binaries(all, clash), [.. all.Select(p => p.Pair)]);
    }

    private static HashSet<string> Clashing(List<(Item Item, PairedItem Pair)> all, IReadOnlySet<string>? shared) =>
        [.. all.SelectMany(p => p.Item.Json.Select(f => f.Key)).GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Skip(1).Any() && shared?.Contains(g.Key) != true).Select(g => g.Key)];

    private static Dictionary<string, BinaryReference>? Binaries(List<(Item Item, PairedItem Pair)> all, string clash)
    {
        Dictionary<string, BinaryReference>? files = null;
        foreach (var (name, file) in all.SelectMany(p => p.Item.Binary ?? new Dictionary<string, BinaryReference>()))
        {
            files ??= new(StringComparer.Ordinal);
            if (clash != "left" || !files.ContainsKey(name)) files[name] = file;
        }

        return files;
    }
}
