using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Files;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Http;

/// <summary>
/// Bodies with files in them. What is small is read into memory, so that a credential can sign it; what is larger is streamed from the store each time
/// that the request is sent, and no credential can sign it.
/// </summary>
internal static class HttpBodies
{
    public const string Binary = "binary";
    public const string Multipart = "multipart";

    /// <summary>Of a body in memory.</summary>
    public const long LargestInMemory = 1024 * 1024;

    /// <summary>Parts of one form.</summary>
    private const int MostParts = 1000;

    /// <summary>Reads an item's body from the parameters; nothing of its files is read yet.</summary>
    /// <exception cref="NodeException">PARAMETER_INVALID: a value does not fit, or means a file that no item carries.</exception>
    public static FileBody Read(NodeContext context, int item, string kind)
    {
        if (kind == Binary)
        {
            var body = context.Parameters["body"] is null ? Value.Undefined : context.Parameter(item, "body");
            var file = body.IsUndefined ? ItemFiles.Only(context, item, "body") : ItemFiles.Find(context, "body", body);
            return new FileBody(context.Files, [new BodyPart("", null, file)], null);
        }

        var fields = context.Parameter(item, "body").AsObject ?? throw ParameterReading.Invalid(context, "body", "must be an object for a multipart form", context.Parameter(item, "body"));
        var parts = new List<BodyPart>();
        foreach (var (name, value) in fields)
            foreach (var one in value.AsArray ?? (IEnumerable<Value>)[value])
                if (!one.IsNullOrUndefined) parts.Add(Part(context, name, one));
        if (parts.Count > MostParts) throw new NodeException(NodeErrorCodes.ParameterInvalid, $"'body' in '{context.Node.Id}' has {parts.Count} parts; at most {MostParts} are allowed.");
        // The same whenever the attempt is run again.
        return new FileBody(context.Files, parts, $"linkflow-{context.IdempotencyKey(item, 0)[..16]}");
    }

    private static BodyPart Part(NodeContext context, string name, Value value)
    {
        if (name.Length == 0 || name.Any(char.IsControl)) throw new NodeException(NodeErrorCodes.ParameterInvalid, $"'body' in '{context.Node.Id}' has a field whose name is empty or holds a control character.");
        if (ItemFiles.IsReference(value)) return new BodyPart(name, null, ItemFiles.Find(context, $"body.{name}", value));
        return new BodyPart(name, value.AsString ?? (value.IsNumber ? value.NumberAsWritten ?? value.ToString() : value.IsBoolean ? value.ToString() : JsonText.Write(value)), null);
    }
}

/// <summary>A field of a form, or, alone and without a name, a body that is one file.</summary>
/// <param name="Text">Null: it is a file.</param>
internal sealed record BodyPart(string Name, string? Text, BinaryReference? File);

/// <summary>A body whose files are in the store.</summary>
/// <param name="boundary">Null: it is its only file.</param>
internal sealed class FileBody(IRunFiles files, IReadOnlyList<BodyPart> parts, string? boundary)
{
    public string ContentType => boundary is null ? parts[0].File!.MimeType : $"multipart/form-data; boundary={boundary}";

    /// <summary>Of the files, as the items say; the store may know better.</summary>
    public long Size => parts.Sum(p => p.File?.Size ?? p.Text!.Length);

    /// <summary>The whole body, if that is small.</summary>
    /// <returns>Null: it is larger than <see cref="HttpBodies.LargestInMemory"/>.</returns>
    /// <exception cref="NodeException">A file is gone.</exception>
    public async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        if (Size > HttpBodies.LargestInMemory) return null;
        using var body = new MemoryStream();
        await using var opened = await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (opened.Length > HttpBodies.LargestInMemory) return null;
        await opened.WriteAsync(body, cancellationToken).ConfigureAwait(false);
        return body.ToArray();
    }

    /// <summary>Opens what is to be sent. The caller disposes it.</summary>
    /// <exception cref="NodeException">A file is gone.</exception>
    public async Task<OpenedBody> OpenAsync(CancellationToken cancellationToken)
    {
        var (pieces, length) = (new List<OpenedBody.Piece>(), 0L);
        try
        {
            foreach (var part in parts)
            {
                var file = part.File is { } reference ? await files.OpenAsync(reference.FileId, cancellationToken).ConfigureAwait(false) : null;
                if (boundary is not null) Add(pieces, ref length, Encoding.UTF8.GetBytes(HeadOf(part, file?.File)));
                if (file is null)
                {
                    Add(pieces, ref length, Encoding.UTF8.GetBytes(part.Text!));
                }
                else
                {
                    pieces.Add(new OpenedBody.Piece(null, file));
                    length += file.File.Size;
                }

                if (boundary is not null) Add(pieces, ref length, "\r\n"u8.ToArray());
            }

            if (boundary is not null) Add(pieces, ref length, Encoding.ASCII.GetBytes($"--{boundary}--\r\n"));
            return new OpenedBody(pieces, length);
        }
        catch
        {
            foreach (var piece in pieces)
                if (piece.File is { } opened) await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static void Add(List<OpenedBody.Piece> pieces, ref long length, byte[] bytes)
    {
        pieces.Add(new OpenedBody.Piece(bytes, null));
        length += bytes.Length;
    }

    /// <summary>Names as browsers write them (the HTML standard, multipart/form-data encoding).</summary>
    private string HeadOf(BodyPart part, BinaryReference? file) =>
        $"--{boundary}\r\nContent-Disposition: form-data; name=\"{Quoted(part.Name)}\""
        + (file is null ? "\r\n\r\n" : $"; filename=\"{Quoted(file.FileName ?? "file")}\"\r\nContent-Type: {file.MimeType}\r\n\r\n");

    private static string Quoted(string name) =>
        name.Replace("\"", "%22", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
}

/// <summary>A body that is being sent: the files open, one behind the other.</summary>
/// <param name="Length">In bytes.</param>
internal sealed record OpenedBody(IReadOnlyList<OpenedBody.Piece> Pieces, long Length) : IAsyncDisposable
{
    public async Task WriteAsync(Stream target, CancellationToken cancellationToken)
    {
        foreach (var (bytes, file) in Pieces)
        {
            if (bytes is not null) await target.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            else await file!.Content.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var piece in Pieces)
            if (piece.File is { } file) await file.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>As HTTP content, with its length known. Read once.</summary>
    public HttpContent ToContent() => new Content(this);

    public readonly record struct Piece(byte[]? Bytes, OpenedFile? File);

    private sealed class Content(OpenedBody body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => body.WriteAsync(stream, CancellationToken.None);
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => body.WriteAsync(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
