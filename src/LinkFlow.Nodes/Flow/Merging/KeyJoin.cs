using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Fields;

namespace LinkFlow.Nodes.Flow.Merging;

/// <summary>A field of the left items and one of the right items that must be equal; both may be paths.</summary>
internal sealed record KeyPair(string Left, string Right);

/// <summary>Joins two lists of items as SQL does: every matching pair counts, and a key that is missing or null matches nothing.</summary>
internal static class KeyJoin
{
    /// <param name="join">inner, left or outer: in the left's order, unmatched rights last; right: in the right's order.</param>
    public static IEnumerable<Item> Of(IReadOnlyList<Item> left, IReadOnlyList<Item> right, IReadOnlyList<KeyPair> keys, string join, string clash)
    {
        var shared = keys.Where(k => k.Left == k.Right).Select(k => k.Left).ToHashSet(StringComparer.Ordinal);
        var leftKeys = left.Select(i => Key(i, keys, k => k.Left)).ToArray();
        var rightKeys = right.Select(i => Key(i, keys, k => k.Right)).ToArray();
        return join == "right" ? ByRight() : ByLeft();

        IEnumerable<Item> ByLeft()
        {
            var index = Index(rightKeys);
            var matched = new bool[right.Count];
            for (var l = 0; l < left.Count; l++)
            {
                var matches = leftKeys[l] is { } key && index.TryGetValue(key, out var found) ? found : [];
                foreach (var r in matches)
                {
                    matched[r] = true;
                    yield return Pair(l, r);
                }

                if (matches.Count == 0 && join != "inner") yield return Alone(left, 0, l);
            }

            if (join != "outer") yield break;
            for (var r = 0; r < right.Count; r++)
                if (!matched[r]) yield return Alone(right, 1, r);
        }

        IEnumerable<Item> ByRight()
        {
            var index = Index(leftKeys);
            for (var r = 0; r < right.Count; r++)
            {
                var matches = rightKeys[r] is { } key && index.TryGetValue(key, out var found) ? found : [];
                foreach (var l in matches) yield return Pair(l, r);
                if (matches.Count == 0) yield return Alone(right, 1, r);
            }
        }

        Item Pair(int l, int r) => Merges.Together([(left[l], new PairedItem(0, l)), (right[r], new PairedItem(1, r))], clash, shared);
    }

    private static Item Alone(IReadOnlyList<Item> items, int input, int at) => items[at] with { PairedItems = [new PairedItem(input, at)] };

    private static Dictionary<Value[], List<int>> Index(Value[]?[] keys)
    {
        var index = new Dictionary<Value[], List<int>>(KeyComparer.Instance);
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] is not { } key) continue;
            if (!index.TryGetValue(key, out var places)) index[key] = places = [];
            places.Add(i);
        }

        return index;
    }

    private static Value[]? Key(Item item, IReadOnlyList<KeyPair> keys, Func<KeyPair, string> field)
    {
        var key = new Value[keys.Count];
        for (var i = 0; i < key.Length; i++)
            if ((key[i] = FieldPath.Get(item.Json, field(keys[i]))).IsNullOrUndefined) return null;
        return key;
    }

    private sealed class KeyComparer : IEqualityComparer<Value[]>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(Value[]? x, Value[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(Value[] key)
        {
            var hash = default(HashCode);
            foreach (var value in key) hash.Add(value);
            return hash.ToHashCode();
        }
    }
}
