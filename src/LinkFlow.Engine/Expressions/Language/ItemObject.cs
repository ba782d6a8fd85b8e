using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>An item: its <c>json</c> and <c>binary</c>.</summary>
internal sealed class ItemObject(Item item) : LanguageObject
{
    public override string TypeName => "object";
    public override MethodTable Methods => MethodTables.Objects;
    public override IEnumerable<string> Keys => item.Binary is null ? ["json"] : ["json", "binary"];

    public override Value Get(Run run, string name) => name switch
    {
        "json" => Value.From(item.Json).Freeze(),
        "binary" => Binary(item),
        _ => default,
    };

    /// <summary>An item, or undefined for none.</summary>
    public static Value Of(Item? item) => item is null ? default : Value.FromOther(new ItemObject(item));

    /// <summary>Items as an array that may be changed.</summary>
    public static Value All(Run run, IReadOnlyList<Item> items)
    {
        run.Steps(items.Count);
        run.MakeElements(items.Count);
        return new ArrayValue(items.Select(i => Of(i)));
    }

    /// <summary>An item's files by name.</summary>
    public static Value Binary(Item? item)
    {
        var files = new ObjectValue();
        foreach (var (name, file) in item?.Binary ?? new Dictionary<string, BinaryReference>())
            files.Set(name, new ObjectValue { { "fileId", file.FileId }, { "mimeType", file.MimeType }, { "fileName", file.FileName }, { "size", file.Size } });
        return Value.From(files).Freeze();
    }
}
