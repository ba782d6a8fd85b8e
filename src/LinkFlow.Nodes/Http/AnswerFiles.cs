using System.Collections.Frozen;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Http;

/// <summary>Makes files of answers, as they come.</summary>
/// <param name="always">True: of every answer with a body; else of those of a binary type.</param>
/// <param name="evenErrors">True: also of answers with a status of 400 and more.</param>
internal sealed class AnswerFiles(IRunFiles files, bool always, bool evenErrors)
{
    /// <summary>What it is called in the item's binary.</summary>
    public const string Name = "data";

    private static readonly FrozenSet<string> Kinds = new[] { "image", "audio", "video", "font" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Types of application/… that no text is.</summary>
    private static readonly FrozenSet<string> Applications = new[]
    {
        "octet-stream", "pdf", "zip", "gzip", "x-gzip", "x-tar", "x-bzip2", "x-7z-compressed", "x-rar-compressed", "vnd.rar", "java-archive", "msword", "rtf", "wasm",
        "protobuf", "x-protobuf", "x-sqlite3", "vnd.sqlite3", "epub+zip", "vnd.android.package-archive", "vnd.apache.parquet",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Families = ["vnd.ms-", "vnd.openxmlformats-", "vnd.oasis.opendocument."];

    /// <returns>Null: this host has no files, and answers are text.</returns>
    public static AnswerFiles? Of(NodeContext context, bool always, bool evenErrors)
    {
        try
        {
            return new AnswerFiles(context.Files, always, evenErrors);
        }
        catch (NodeException) when (!always)
        {
            return null;
        }
    }

    /// <returns>Null: this answer is to be no file.</returns>
    /// <exception cref="NodeException">It is larger than is allowed, or cannot be stored now.</exception>
    public async Task<BinaryReference?> SaveAsync(HttpCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (call.Method == HttpMethod.Head || response.StatusCode is System.Net.HttpStatusCode.NoContent or System.Net.HttpStatusCode.NotModified) return null;
        if ((int)response.StatusCode >= 400 && !evenErrors) return null;
        var type = response.Content.Headers.ContentType;
        if (!always && !IsBinary(type?.MediaType)) return null;
        var limit = call.MaxResponseBytes;
        if (response.Content.Headers.ContentLength > limit) throw HttpSending.TooLarge(call, limit);
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var bounded = new LimitedStream(content, limit, () => HttpSending.TooLarge(call, limit));
        return await files.SaveAsync(NameOf(call.Url, response), type?.ToString() ?? "", bounded, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsBinary(string? mediaType)
    {
        var slash = mediaType?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0) return false;
        var (kind, rest) = (mediaType![..slash], mediaType[(slash + 1)..]);
        if (Kinds.Contains(kind)) return !rest.EndsWith("+xml", StringComparison.OrdinalIgnoreCase);
        return kind.Equals("application", StringComparison.OrdinalIgnoreCase) && !rest.EndsWith("+xml", StringComparison.OrdinalIgnoreCase) && !rest.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            && (Applications.Contains(rest) || Families.Any(f => rest.StartsWith(f, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>What the server calls it, or the end of the URL's path.</summary>
    private static string NameOf(Uri url, HttpResponseMessage response)
    {
        var disposition = response.Content.Headers.ContentDisposition;
        if ((disposition?.FileNameStar ?? disposition?.FileName?.Trim('"')) is { Length: > 0 } named) return named;
        return Uri.UnescapeDataString(url.Segments[^1].Trim('/')) is { Length: > 0 } last ? last : Name;
    }

    /// <summary>Reads up to a limit.</summary>
    private sealed class LimitedStream(Stream inner, long limit, Func<Exception> exceeded) : Stream
    {
        private long _read;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            return (_read += read) <= limit ? read : throw exceeded();
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Answers are read asynchronously.");
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
