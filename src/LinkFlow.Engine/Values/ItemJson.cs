using System.Buffers;
using System.Text.Json;

namespace LinkFlow.Engine.Values;

/// <summary>
/// Items as they are stored and shown: <c>{"json":{…},"binary":{…},"pairedItem":[{"input":0,"item":0}]}</c>,
/// with <c>binary</c> and <c>pairedItem</c> left out where there is none.
/// </summary>
public static class ItemJson
{
    /// <summary>The bytes that one output may have.</summary>
    public const int MostBytes = 256 * 1024 * 1024;

    /// <returns>A JSON array of items in UTF-8.</returns>
    /// <exception cref="ItemsTooLargeException">It would have more than <see cref="MostBytes"/>.</exception>
    public static byte[] Write(IReadOnlyList<Item> items)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(256, items.Count * 64));
        using (var writer = JsonText.CreateWriter(buffer))
        {
            writer.WriteStartArray();
            for (var i = 0; i < items.Count; i++)
            {
                Write(writer, items[i]);
                if (writer.BytesCommitted + writer.BytesPending > MostBytes) throw new ItemsTooLargeException(items.Count);
            }

            writer.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static void Write(Utf8JsonWriter writer, Item item)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("json"u8);
        JsonText.Write(writer, item.Json);
        if (item.Binary is { Count: > 0 } binary)
        {
            writer.WriteStartObject("binary"u8);
            foreach (var (name, file) in binary)
            {
                writer.WriteStartObject(name);
                writer.WriteString("fileId"u8, file.FileId);
                writer.WriteString("mimeType"u8, file.MimeType);
                if (file.FileName is not null) writer.WriteString("fileName"u8, file.FileName);
                writer.WriteNumber("size"u8, file.Size);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        if (item.PairedItems is { Count: > 0 } paired)
        {
            writer.WriteStartArray("pairedItem"u8);
            for (var i = 0; i < paired.Count; i++)
            {
                writer.WriteStartObject();
                writer.WriteNumber("input"u8, paired[i].Input);
                writer.WriteNumber("item"u8, paired[i].Item);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <exception cref="FormatException">The bytes are not a list of items; says where.</exception>
    public static IReadOnlyList<Item> Read(ReadOnlyMemory<byte> json)
    {
        Value value;
        try
        {
            value = JsonText.ParseStored(json.Span);
        }
        catch (JsonTextException e)
        {
            throw new FormatException($"The stored items are not JSON: {e.Message}", e);
        }

        if (value.AsArray is not { } array) throw new FormatException("The stored items are no JSON array.");
        var items = new Item[array.Count];
        for (var i = 0; i < items.Length; i++) items[i] = ReadItem(array[i], i);
        return items;
    }

    /// <exception cref="FormatException">The value is not an item of this form.</exception>
    public static Item ReadItem(Value value, int index)
    {
        if (value["json"].AsObject is not { } data) throw new FormatException($"Item {index} has no object 'json'.");
        return new Item(data, ReadBinary(value["binary"], index), ReadPairedItems(value["pairedItem"], index));
    }

    private static Dictionary<string, BinaryReference>? ReadBinary(Value binary, int index)
    {
        if (binary.IsNullOrUndefined) return null;
        if (binary.AsObject is not { } files) throw new FormatException($"Item {index}: 'binary' is no object.");
        var result = new Dictionary<string, BinaryReference>(StringComparer.Ordinal);
        foreach (var (name, file) in files)
        {
            if (file["fileId"].AsString is not { } id || file["mimeType"].AsString is not { } mimeType)
                throw new FormatException($"Item {index}: the file '{name}' needs the strings 'fileId' and 'mimeType'.");
            result[name] = new BinaryReference(id, mimeType, file["fileName"].AsString, (long)file["size"].AsNumber);
        }

        return result;
    }

    private static PairedItem[]? ReadPairedItems(Value paired, int index)
    {
        if (paired.IsNullOrUndefined) return null;
        if (paired.AsArray is not { } list) throw new FormatException($"Item {index}: 'pairedItem' is no list.");
        var result = new PairedItem[list.Count];
        for (var i = 0; i < result.Length; i++)
        {
            if (!list[i]["input"].IsNumber || !list[i]["item"].IsNumber)
                throw new FormatException($"Item {index}: 'pairedItem' needs the numbers 'input' and 'item'.");
            result[i] = new PairedItem((int)list[i]["input"].AsNumber, (int)list[i]["item"].AsNumber);
        }

        return result;
    }
}

/// <summary>Items would have more bytes than one output may.</summary>
public sealed class ItemsTooLargeException(int items) : Exception($"{items:N0} items have more than {ItemJson.MostBytes / 1024 / 1024} MB, which is what one output may have. Hand on fewer fields, or fewer items at a time.");
