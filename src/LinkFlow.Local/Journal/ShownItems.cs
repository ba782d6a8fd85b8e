using LinkFlow.Engine.Values;

namespace LinkFlow.Local.Journal;

/// <summary>Items as clients see them within a document.</summary>
internal static class ShownItems
{
    public static Value Of(IReadOnlyList<Item> items) => JsonText.ParseStored(ItemJson.Write(items));
}
