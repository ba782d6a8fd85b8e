using System.Collections.Frozen;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Files;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace LinkFlow.Platform.Webhooks.Bodies;

/// <summary>Takes the bodies of webhook calls that are files, or forms with files in them, as they come.</summary>
internal sealed class WebhookBodies(FileUploads uploads, LinkFlowOptions options, TimeProvider clock)
{
    /// <summary>The name of a body that is a file itself.</summary>
    private const string Alone = "data";

    /// <summary>Types of application/… that are text nevertheless.</summary>
    private static readonly FrozenSet<string> Texts = new[]
    {
        "json", "xml", "x-www-form-urlencoded", "x-ndjson", "ndjson", "javascript", "ecmascript", "graphql", "yaml", "x-yaml", "toml", "sql", "xhtml",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a call's body is read here.</summary>
    public static bool MakesFiles(WebhookTarget target, HttpRequest request)
    {
        if (target.RawBody || target.Files == WebhookTarget.Never) return false;
        if (target.Files == WebhookTarget.Always) return true;
        return MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && (MultipartParts.IsForm(request.ContentType) || IsBinary(type));
    }

    /// <summary>Reads the body to its end.</summary>
    /// <param name="signed">The body, where it had to be read before its sender was known; null: it is still to come.</param>
    /// <exception cref="ApiException">400: it is malformed; 408: it took too long; 413: too large, or too many files; 415: it is compressed.</exception>
    /// <exception cref="Ports.StoreUnavailableException">It cannot be stored now.</exception>
    public async Task<ReceivedBody> ReadAsync(HttpContext context, string tenant, WebhookTarget target, ReadOnlyMemory<byte>? signed)
    {
        RequestBody.RequirePlain(context.Request);
        var limits = options.Limits;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(limits.UploadSeconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, patience.Token);
        try
        {
            var body = signed is { } bytes
                ? new BoundedStream(new MemoryStream(bytes.ToArray(), writable: false), bytes.Length, () => new InvalidOperationException("A buffer grew."))
                : RequestBody.Open(context, Math.Min(target.MaxBodyBytes ?? limits.WebhookBodyBytes, limits.UploadBytes));
            var contentType = context.Request.ContentType;
            var (fields, files) = MultipartParts.IsForm(contentType)
                ? await ReadFormAsync(tenant, contentType!, body, either.Token)
                : (new ObjectValue(0), await ReadAloneAsync(tenant, context.Request, body, either.Token));
            await body.CopyToAsync(Stream.Null, either.Token);
            return new ReceivedBody(fields, files, Named(files), body.BytesRead);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new ApiException(FileUploads.TooSlow(limits.UploadSeconds));
        }
    }

    private static bool IsBinary(MediaTypeHeaderValue type)
    {
        if (type.Type.Equals("text", StringComparison.OrdinalIgnoreCase) || type.Type.Equals("multipart", StringComparison.OrdinalIgnoreCase) || type.Type.Equals("message", StringComparison.OrdinalIgnoreCase)) return false;
        if (type.Suffix.HasValue && Texts.Contains(type.Suffix.ToString())) return type.Type.Equals("image", StringComparison.OrdinalIgnoreCase);
        return !(type.Type.Equals("application", StringComparison.OrdinalIgnoreCase) && Texts.Contains(type.SubType.ToString()));
    }

    private async Task<(ObjectValue Fields, IReadOnlyList<NewFile> Files)> ReadFormAsync(string tenant, string contentType, Stream body, CancellationToken cancellationToken)
    {
        var (fields, files) = (new ObjectValue(), new List<NewFile>());
        var room = options.Limits.BodyBytes;
        await foreach (var part in MultipartParts.ReadAsync(contentType, body, options.Limits.FormParts, cancellationToken))
        {
            var name = WebhookItem.Clean(part.Field);
            if (!part.IsFile)
            {
                var text = await MultipartParts.ReadTextAsync(part, room, cancellationToken);
                room -= System.Text.Encoding.UTF8.GetByteCount(text);
                Add(fields, name, WebhookItem.Clean(text));
            }
            else if (FileNames.FromPart(part.FileName) is { } fileName)
            {
                if (files.Count == options.Limits.FilesPerUpload) throw new ApiException(ApiError.TooLarge($"The form has more than {files.Count} files, which is what may be sent at once."));
                files.Add(await uploads.TakeAsync(tenant, $"/{BodyFields.Escape(part.Field)}", fileName, part.ContentType, part.Content, name, cancellationToken));
            }
            else
            {
                // What a browser sends for an input that nobody chose a file for; what comes in it is nobody's.
                await part.Content.CopyToAsync(Stream.Null, cancellationToken);
            }
        }

        return (fields, files);
    }

    private async Task<IReadOnlyList<NewFile>> ReadAloneAsync(string tenant, HttpRequest request, Stream body, CancellationToken cancellationToken)
    {
        var named = ContentDispositionHeaderValue.TryParse(request.Headers.ContentDisposition.ToString(), out var disposition)
            ? FileNames.FromPart((disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName)).Value) : null;
        var file = await uploads.TakeAsync(tenant, "Content-Disposition", named ?? Alone, request.ContentType, body, Alone, cancellationToken);
        return file.Content.Size == 0 ? [] : [file];
    }

    /// <summary>A field that comes again is a list.</summary>
    private static void Add(ObjectValue fields, string name, string text)
    {
        if (!fields.Contains(name)) fields.Set(name, text);
        else if (fields[name].AsArray is { } list) list.Add(text);
        else fields.Set(name, new ArrayValue([fields[name], Value.From(text)]));
    }

    /// <summary>By field; several of one field get its name and a number, from 0.</summary>
    private static Dictionary<string, BinaryReference>? Named(IReadOnlyList<NewFile> files)
    {
        if (files.Count == 0) return null;
        var named = new Dictionary<string, BinaryReference>(files.Count, StringComparer.Ordinal);
        var taken = files.GroupBy(f => f.Field!).Where(g => g.Count() == 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var field in files.GroupBy(f => f.Field!))
        {
            var number = 0;
            foreach (var file in field)
            {
                var name = field.Key;
                if (!taken.Contains(name))
                    while (taken.Contains(name = $"{field.Key}{number++}") || named.ContainsKey(name)) { }
                named.Add(name, file.ToReference());
            }
        }

        return named;
    }
}
