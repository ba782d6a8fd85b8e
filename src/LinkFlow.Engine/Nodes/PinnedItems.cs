using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>Reads a workflow's <c>pinData</c>: by node id, a list of items (<c>{"json":{…}}</c>) or of plain JSON objects.</summary>
internal static class PinnedItems
{
    public static IReadOnlyList<Item> Of(ObjectValue pinData, string nodeId)
    {
        var pinned = pinData[nodeId];
        if (pinned.AsArray is not { } list) return pinned.IsNullOrUndefined ? [] : [Read(pinned, 0)];
        var items = new Item[list.Count];
        for (var i = 0; i < items.Length; i++) items[i] = Read(list[i], i);
        return items;
    }

    private static Item Read(Value value, int index) =>
        value["json"].IsObject && value.AsObject!.All(p => p.Key is "json" or "binary" or "pairedItem") ? ItemJson.ReadItem(value, index) : Item.Of(value);
}
