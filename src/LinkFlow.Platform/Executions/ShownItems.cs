using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Executions;

/// <summary>Items as the API shows them: <c>{"json", "binary"?, "pairedItem"?}</c>.</summary>
public static class ShownItems
{
    public static ArrayValue Of(IReadOnlyList<Item> items) => new(items.Select(i => Value.From(Of(i))));

    public static ObjectValue Of(Item item)
    {
        var shown = new ObjectValue(3) { { "json", item.Json } };
        if (item.Binary is { Count: > 0 } binary)
        {
            var files = new ObjectValue(binary.Count);
            foreach (var (name, file) in binary)
            {
                files.Set(name, new ObjectValue(4)
                {
                    { "fileId", file.FileId }, { "mimeType", file.MimeType }, { "fileName", file.FileName is null ? default : Value.From(file.FileName) }, { "size", file.Size },
                });
            }

            shown.Add("binary", files);
        }

        if (item.PairedItems is { Count: > 0 } paired)
            shown.Add("pairedItem", new ArrayValue(paired.Select(p => Value.From(new ObjectValue(2) { { "input", p.Input }, { "item", p.Item } }))));
        return shown;
    }
}
