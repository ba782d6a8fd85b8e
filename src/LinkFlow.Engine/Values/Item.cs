namespace LinkFlow.Engine.Values;

/// <summary>Where an item came from: the place of an input of its node, and of an item in that input; both from 0.</summary>
public readonly record struct PairedItem(int Input, int Item);

/// <summary>A file that goes along with an item; its bytes are in the file store.</summary>
/// <param name="Size">In bytes.</param>
public sealed record BinaryReference(string FileId, string MimeType, string? FileName, long Size);

/// <summary>What flows between nodes: JSON data, files, and where it came from.</summary>
/// <param name="PairedItems">Empty where the origin cannot be derived.</param>
public sealed record Item(
    ObjectValue Json,
    IReadOnlyDictionary<string, BinaryReference>? Binary = null,
    IReadOnlyList<PairedItem>? PairedItems = null)
{
    public static Item Of(ObjectValue json) => new(json);

    /// <summary>An item whose json is this value, or, when it is no object, <c>{"data": value}</c>.</summary>
    public static Item Of(Value value) => new(value.AsObject ?? new ObjectValue { { "data", value } });
}
