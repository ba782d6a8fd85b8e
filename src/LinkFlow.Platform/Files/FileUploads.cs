using LinkFlow.Platform.Http;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Files;

/// <summary>Takes the contents that come with a request, as they come: nothing is whole in memory, and nothing is a file yet when it returns.</summary>
public sealed class FileUploads(FileService files, LinkFlowOptions options, TimeProvider clock)
{
    private const string NameParameter = "name";

    /// <summary>The files of a form; or the body itself, with the query's <c>name</c>.</summary>
    /// <param name="most">How many files there may be.</param>
    /// <param name="name">What a body is called that says no name; null: it needs one.</param>
    /// <exception cref="ApiException">400: no file, or a name or type that cannot be; 408: it took too long; 413: too large or too many.</exception>
    public async Task<IReadOnlyList<NewFile>> ReadAsync(ApiRequest request, int most, string? name = null)
    {
        var limits = options.Limits;
        RequestBody.RequirePlain(request.Context.Request);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(limits.UploadSeconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, patience.Token);
        try
        {
            var body = request.OpenBody(limits.UploadBytes);
            var contentType = request.Context.Request.ContentType;
            var taken = MultipartParts.IsForm(contentType)
                ? await ReadFormAsync(request.Principal.Tenant, contentType!, body, most, either.Token)
                : [await ReadBodyAsync(request, body, name, either.Token)];
            // To the end, so that what identifies the request has seen all of it.
            await body.CopyToAsync(Stream.Null, either.Token);
            return taken;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !request.Aborted.IsCancellationRequested)
        {
            throw new ApiException(TooSlow(limits.UploadSeconds));
        }
    }

    /// <summary>Takes one file, within the limit of one.</summary>
    /// <param name="place">Where a caller finds what is wrong.</param>
    /// <exception cref="ApiException">400: a name or type that cannot be; 413: too large.</exception>
    public async Task<NewFile> TakeAsync(string tenant, string place, string name, string? contentType, Stream content, string? field, CancellationToken cancellationToken)
    {
        if (FileNames.ProblemOf(name) is { } wrong) throw ApiException.Validation(place, wrong);
        var type = FileNames.TypeOf(contentType) ?? throw ApiException.Validation(place, "The file's Content-Type is no media type; one like image/png is expected.");
        var limit = options.Limits.FileBytes;
        var bounded = new BoundedStream(content, limit, () => new ApiException(ApiError.TooLarge($"The file '{name}' is larger than the {limit} bytes that one file may have.")));
        return await files.TakeAsync(tenant, name, type, bounded, field, cancellationToken);
    }

    internal static ApiError TooSlow(int seconds) => ApiError.OfStatus(StatusCodes.Status408RequestTimeout, "", "") with
    {
        Message = $"The files took longer than {seconds} seconds to arrive. Send fewer or smaller ones at a time.",
    };

    private async Task<IReadOnlyList<NewFile>> ReadFormAsync(string tenant, string contentType, Stream body, int most, CancellationToken cancellationToken)
    {
        var taken = new List<NewFile>();
        await foreach (var part in MultipartParts.ReadAsync(contentType, body, options.Limits.FormParts, cancellationToken))
        {
            var place = $"/{BodyFields.Escape(part.Field)}";
            if (!part.IsFile) throw ApiException.Validation(place, $"Part {part.Number} of the form, '{part.Field}', is no file: it has no filename in its Content-Disposition.");
            if (FileNames.FromPart(part.FileName) is not { } name)
            {
                // What a browser sends for an input that nobody chose a file for.
                if (await part.Content.ReadAsync(new byte[1], cancellationToken) == 0) continue;
                throw ApiException.Validation(place, $"Part {part.Number} of the form, '{part.Field}', has a content and no filename.");
            }

            if (taken.Count == most) throw new ApiException(ApiError.TooLarge($"The form has more than {most} file{(most == 1 ? "" : "s")}, which is what may be sent here at once."));
            taken.Add(await TakeAsync(tenant, place, name, part.ContentType, part.Content, part.Field, cancellationToken));
        }

        return taken.Count > 0 ? taken : throw ApiException.Validation("The form has no file. Send each as a part with a filename, e.g. curl -F file=@report.pdf.");
    }

    private Task<NewFile> ReadBodyAsync(ApiRequest request, Stream body, string? name, CancellationToken cancellationToken)
    {
        var given = request.Query.Text(NameParameter) ?? name
            ?? throw ApiException.Validation(NameParameter, "The file needs a name: send multipart/form-data, or the file as the body and ?name=report.pdf.");
        return TakeAsync(request.Principal.Tenant, NameParameter, given, request.Context.Request.ContentType, body, null, cancellationToken);
    }
}
