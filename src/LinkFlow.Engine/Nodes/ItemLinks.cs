using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>
/// Follows an item back to the node that <c>$('x').item</c> names: over the recorded sources of inputs and the
/// items' pairings, through any number of nodes. A node that only passes data on (disabled, a loop, a wait)
/// records no pairings: there the very same stored item is looked for in its inputs.
/// </summary>
internal sealed class ItemLinks
{
    private readonly NodeRun _run;
    private readonly IReadOnlyDictionary<int, LoadedRun> _loaded;
    private readonly PlannedNode _target;
    private readonly HashSet<(int Node, int Output, int Item)> _path = [];

    private ItemLinks(NodeRun run, IReadOnlyDictionary<int, LoadedRun> loaded, PlannedNode target) => (_run, _loaded, _target) = (run, loaded, target);

    /// <returns>Null where it cannot be derived.</returns>
    /// <exception cref="ExpressionException">The item came from several items of that node.</exception>
    public static Item? Find(NodeRun run, IReadOnlyDictionary<int, LoadedRun> loaded, PlannedNode target, int item)
    {
        if (run.Step.Inputs.IsDefaultOrEmpty) return null;
        var input = run.Step.Inputs[0];
        return new ItemLinks(run, loaded, target).Behind(input.Sources, item, Stored.At(input.Parts, item));
    }

    /// <param name="stored">Where the item itself is recorded, if that is known: it tells a loop's batches apart.</param>
    private Item? Behind(IEnumerable<InputSource> sources, int item, Stored? stored)
    {
        foreach (var source in sources)
        {
            if (item >= source.Count)
            {
                item -= source.Count;
                continue;
            }

            if (_run.Plan.Find(source.Node) is not { } node || !_loaded.TryGetValue(node.Index, out var loaded) || loaded.Visible.Key.Run != source.Run) return null;
            var output = node.Outputs.IndexOf(source.Output);
            if (output < 0 || output >= loaded.Outputs.Count) return null;
            if (stored is { } place && Stored.IndexOf(loaded.Visible.Outputs[output], place) is >= 0 and var at) item = at;
            return From(node, loaded, output, item);
        }

        return null;
    }

    private Item? From(PlannedNode node, LoadedRun loaded, int output, int item)
    {
        if (item >= loaded.Outputs[output].Count || !_path.Add((node.Index, output, item))) return null;
        try
        {
            if (node.Index == _target.Index) return loaded.Outputs[output][item];
            return PassedOn(loaded, Stored.At(loaded.Visible.Outputs[output], item)) ?? Paired(loaded, loaded.Outputs[output][item]);
        }
        finally
        {
            _path.Remove((node.Index, output, item));
        }
    }

    private Item? Paired(LoadedRun loaded, Item item)
    {
        Item? found = null;
        foreach (var pair in item.PairedItems ?? [])
        {
            if (pair.Input >= loaded.Visible.Inputs.Length) return null;
            if (Behind(loaded.Visible.Inputs[pair.Input].Sources, pair.Item, stored: null) is not { } next) continue;
            if (found is not null && !ReferenceEquals(found, next)) throw Ambiguous();
            found = next;
        }

        return found;
    }

    private Item? PassedOn(LoadedRun loaded, Stored? stored)
    {
        if (stored is not { } place || place.Seq == 0) return null;
        foreach (var source in loaded.Visible.Inputs.SelectMany(i => i.Sources))
        {
            if (_run.Plan.Find(source.Node) is not { } node || !_loaded.TryGetValue(node.Index, out var behind) || behind.Visible.Key.Run != source.Run) continue;
            var output = node.Outputs.IndexOf(source.Output);
            if (output < 0 || output >= behind.Outputs.Count) continue;
            if (Stored.IndexOf(behind.Visible.Outputs[output], place) is >= 0 and var at) return From(node, behind, output, at);
        }

        return null;
    }

    private ExpressionException Ambiguous() => new(
        "PAIRING",
        $"$('{_target.Definition.Name}').item is ambiguous: this item came from several items of '{_target.Id}'. Use $('{_target.Definition.Name}').first(), .last() or .all() instead");

    /// <summary>The place where one item is recorded.</summary>
    private readonly record struct Stored(long Seq, string Output, int Index)
    {
        public static Stored? At(IEnumerable<DataPart> parts, int item)
        {
            foreach (var part in parts)
            {
                if (item < part.Count) return new Stored(part.Seq, part.Output, part.Offset + item);
                item -= part.Count;
            }

            return null;
        }

        public static int IndexOf(IEnumerable<DataPart> parts, Stored place)
        {
            var before = 0;
            foreach (var part in parts)
            {
                if (part.Seq == place.Seq && part.Output == place.Output && place.Index >= part.Offset && place.Index < part.Offset + part.Count)
                    return before + place.Index - part.Offset;
                before += part.Count;
            }

            return -1;
        }
    }
}
