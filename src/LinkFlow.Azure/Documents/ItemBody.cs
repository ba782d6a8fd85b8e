using System.Text;
using System.Text.Json;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Documents;

/// <summary>A document's body on its way into an item, and out of one.</summary>
internal sealed class ItemBody
{
    /// <summary>Bytes of JSON that an item holds itself; larger bodies are blobs. An item may have 2 MB, and so may all that is written with it.</summary>
    public const int MaxInline = 1024 * 1024;

    /// <summary>The service takes 128 levels; some are around the body.</summary>
    private const int MaxLevels = 100;

    private readonly byte[] _json;
    private readonly bool _isText;
    private readonly Value _value;

    private ItemBody(byte[] json, bool isText, string? blob, Value value)
    {
        _json = json;
        _isText = isText;
        Blob = blob;
        _value = value;
    }

    /// <summary>The blob that holds it; null: the item does.</summary>
    public string? Blob { get; }

    /// <summary>About the bytes that it takes in an item.</summary>
    public int Length => Blob is { } name ? name.Length : _isText ? _json.Length + _json.Length / 4 : _json.Length;

    public static ItemBody Of(Value value) => new(JsonText.WriteBytes(value), !Survives(value, MaxLevels), null, default);

    /// <exception cref="StoreUnavailableException">The blob store cannot take it now.</exception>
    public async ValueTask<ItemBody> SpillAsync(string tenant, IBlobStore blobs, CancellationToken cancellationToken) =>
        Blob is not null ? this : new ItemBody([], false, await blobs.PutAsync(tenant, _json, cancellationToken), default);

    public static ItemBody Read(Value item)
    {
        if (item["blob"].AsString is { } blob) return new ItemBody([], false, blob, default);
        return new ItemBody([], false, null, item["text"].AsString is { } text ? JsonText.ParseStored(Encoding.UTF8.GetBytes(text)) : item["body"].Freeze());
    }

    /// <exception cref="InvalidDataException">Its blob is gone.</exception>
    /// <exception cref="StoreUnavailableException">The blob store cannot be read now.</exception>
    public async ValueTask<Value> GetAsync(string tenant, IBlobStore blobs, CancellationToken cancellationToken)
    {
        if (Blob is null) return _value;
        var bytes = await blobs.GetAsync(tenant, Blob, cancellationToken) ?? throw new InvalidDataException($"The blob '{Blob}' is gone, and a document's body was in it. Restore it from a backup.");
        return JsonText.ParseStored(bytes.Span);
    }

    public void Write(Utf8JsonWriter json)
    {
        if (Blob is not null)
        {
            json.WriteString("blob", Blob);
        }
        else if (_isText)
        {
            json.WriteString("text", _json);
        }
        else
        {
            json.WritePropertyName("body");
            json.WriteRawValue(_json, skipInputValidation: true);
        }
    }

    /// <summary>The service reads numbers as doubles and takes only so many levels.</summary>
    private static bool Survives(Value value, int levels)
    {
        if (value.AsArray is { } array)
        {
            foreach (var element in array)
                if (levels == 0 || !Survives(element, levels - 1)) return false;
            return true;
        }

        if (value.AsObject is { } properties)
        {
            for (var i = 0; i < properties.Count; i++)
                if (levels == 0 || !Survives(properties.ValueAt(i), levels - 1)) return false;
            return true;
        }

        return value.NumberAsWritten is null;
    }
}
