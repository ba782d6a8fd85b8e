using System.Runtime.CompilerServices;
using System.Text;
using LinkFlow.Platform.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace LinkFlow.Platform.Files;

/// <summary>Reads a <c>multipart/form-data</c> body part by part (RFC 7578), never whole; whatever is malformed is a 400 that says which part.</summary>
internal static class MultipartParts
{
    /// <summary>What RFC 2046 allows.</summary>
    private const int LongestBoundary = 70;

    /// <summary>Of one part.</summary>
    private const int MostHeaders = 16;
    private const int MostHeaderBytes = 8 * 1024;
    private const int LongestField = 256;

    public static bool IsForm(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);

    /// <param name="mostParts">More are a 413.</param>
    /// <exception cref="ApiException">400: the body is no form; 413: it has too many parts.</exception>
    public static async IAsyncEnumerable<FormPart> ReadAsync(string contentType, Stream body, int mostParts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(contentType).Boundary);
        if (boundary.Length is 0 or > LongestBoundary)
            throw ApiException.Validation($"The Content-Type has {(boundary.Length == 0 ? "no boundary" : $"a boundary of {boundary.Length} characters")}; multipart/form-data; boundary=… with 1 to {LongestBoundary} characters is expected.");
        var reader = new MultipartReader(boundary.ToString(), body) { HeadersCountLimit = MostHeaders, HeadersLengthLimit = MostHeaderBytes };
        for (var number = 1; await NextAsync(reader, number, cancellationToken) is { } section; number++)
        {
            if (number > mostParts) throw new ApiException(ApiError.TooLarge($"The form has more than {mostParts} parts; at most {mostParts} are allowed here."));
            yield return Part(section, number);
        }
    }

    /// <summary>The text of a part that is no file.</summary>
    /// <param name="limit">In bytes.</param>
    /// <exception cref="ApiException">400: the body ends within it; 413: it is too large.</exception>
    public static async Task<string> ReadTextAsync(FormPart part, int limit, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        await new BoundedStream(part.Content, limit, () => new ApiException(ApiError.TooLarge($"The field '{part.Field}' is larger than the {limit} bytes that the fields of a form may have together."))).CopyToAsync(text, cancellationToken);
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, int number, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellationToken);
        }
        catch (Exception e) when (IsMalformed(e))
        {
            throw Malformed(number, e);
        }
    }

    private static FormPart Part(MultipartSection section, int number)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || !disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase))
            throw ApiException.Validation($"Part {number} of the form has no header 'Content-Disposition: form-data; name=\"…\"'.");
        var field = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
        if (field.Length is 0 or > LongestField) throw ApiException.Validation($"Part {number} of the form has a name of {field.Length} characters; 1 to {LongestField} are allowed.");
        var given = disposition.FileNameStar is { HasValue: true, Length: > 0 } extended ? extended : HeaderUtilities.RemoveQuotes(disposition.FileName);
        var isFile = disposition.FileName.HasValue || disposition.FileNameStar.HasValue;
        return new FormPart(number, field, isFile, given.Value, section.ContentType, new PartStream(section.Body, number));
    }

    /// <summary>What the reader throws for a body that is no form. A connection that is gone throws types of its own.</summary>
    private static bool IsMalformed(Exception e) => e is InvalidDataException || e.GetType() == typeof(IOException);

    private static ApiException Malformed(int number, Exception e) => ApiException.Validation(e is InvalidDataException
        ? $"The headers of part {number} of the form are malformed: at most {MostHeaders} of {MostHeaderBytes} bytes in all are allowed, each 'name: value'."
        : $"The form ends in its part {number}, before the boundary that closes it.");

    /// <summary>A part's content, with the reader's failures told as ours.</summary>
    private sealed class PartStream(Stream inner, int number) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await inner.ReadAsync(buffer, cancellationToken);
            }
            catch (Exception e) when (IsMalformed(e))
            {
                throw Malformed(number, e);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Request bodies are read asynchronously.");
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>A part of a form. Its content is read before the next part is asked for, or skipped.</summary>
/// <param name="Number">From 1.</param>
/// <param name="IsFile">It has a file's name, were it an empty one.</param>
/// <param name="FileName">As it came.</param>
internal sealed record FormPart(int Number, string Field, bool IsFile, string? FileName, string? ContentType, Stream Content);
