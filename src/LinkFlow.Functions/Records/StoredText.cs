using System.IO.Compression;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>
/// Text within a document's body: as it is while it is short; compressed above that; in a blob where even so it would
/// not fit into a document (2 MB) beside others of its batch.
/// </summary>
internal static class StoredText
{
    private const int MaxPlain = 16 * 1024;
    private const int MaxInline = 512 * 1024;

    /// <returns>The body with the text in it, and the blob that it refers to, if it does.</returns>
    /// <exception cref="StoreUnavailableException">The blob store cannot take it now.</exception>
    public static async ValueTask<string?> PutAsync(ObjectValue body, string tenant, ReadOnlyMemory<byte> text, IBlobStore blobs, CancellationToken cancellationToken)
    {
        if (text.Length <= MaxPlain)
        {
            body.Set("text", Encoding.UTF8.GetString(text.Span));
            return null;
        }

        var packed = Pack(text);
        if (packed.Length <= MaxInline)
        {
            body.Set("packed", Convert.ToBase64String(packed));
            return null;
        }

        var name = await blobs.PutAsync(tenant, packed, cancellationToken);
        body.Set("blob", name);
        return name;
    }

    /// <exception cref="HistoryUnreadableException">Its blob is gone, or it is none.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> GetAsync(Value body, string tenant, IBlobStore blobs, CancellationToken cancellationToken)
    {
        if (body["text"].AsString is { } plain) return Encoding.UTF8.GetBytes(plain);
        try
        {
            if (body["packed"].AsString is { } packed) return Unpack(Convert.FromBase64String(packed));
            if (body["blob"].AsString is { } name)
                return Unpack(await blobs.GetAsync(tenant, name, cancellationToken) ?? throw new HistoryUnreadableException($"The blob '{name}' is gone."));
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            throw new HistoryUnreadableException($"Stored text cannot be read: {e.Message}", e);
        }

        throw new HistoryUnreadableException("A document that should hold text holds none.");
    }

    private static byte[] Pack(ReadOnlyMemory<byte> text)
    {
        using var target = new MemoryStream();
        using (var packing = new BrotliStream(target, CompressionLevel.Fastest)) packing.Write(text.Span);
        return target.ToArray();
    }

    private static ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> packed)
    {
        using var source = new BrotliStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        using var target = new MemoryStream();
        source.CopyTo(target);
        return target.ToArray();
    }
}
