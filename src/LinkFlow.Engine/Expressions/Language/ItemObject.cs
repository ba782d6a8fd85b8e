using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>An item: its <c>json</c> and <c>binary</c>.</summary>
internal sealed class ItemObject(Item item) : LanguageObject
{
    /// <summary>What it has beside the methods of objects.</summary>
    public static MethodTable Own { get; } = new("item")
    {
        Description = "An item of a node: its data and its files. It also has the methods of objects.",
        Properties = new PropertyList
        {
            { "json: object", "The item's data.", "$input.first().json.name", (_, self) => Value.From(Of(self).Json).Freeze() },
            { "binary: object", "The item's files by name, each with fileId, mimeType, fileName and size in bytes.", "Object.keys($input.first().binary)", (_, self) => Binary(Of(self)) },
        },
    };

    private static readonly MethodTable AllMethods = new("item", [.. MethodTables.Objects.Methods]) { Properties = Own.Properties };

    public override string TypeName => "object";
    public override MethodTable Methods => AllMethods;
    public override IEnumerable<string> Keys => item.Binary is null ? ["json"] : ["json", "binary"];

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

    private Item Item => item;

    private static Item Of(Value self) => ((ItemObject)self.AsOther!).Item;
}
