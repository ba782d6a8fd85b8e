using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Files;

/// <summary><c>/files</c>: from routes to the service, no rule.</summary>
public sealed class FileEndpoints(FileService files, FileUploads uploads, LinkFlowOptions options)
{
    private static readonly string[] Uploads = ["multipart/form-data", FileNames.AnyType];

    private readonly FileDownload _download = new(files);

    public void Map(ApiRoutes routes)
    {
        routes.Get("/files", ListAsync).Needs(Permissions.FileRead).Says("List files, newest first").Paged()
            .Query("name", "Only those with this in their name.").Query("executionId", "Those that this execution made, rather than those that are kept.")
            .Answers<ApiList<FileResource>>(200, "A page of files.");
        routes.Post("/files", CreateAsync).Needs(Permissions.FileWrite).Says("Upload files, as the parts of a form, or one as the body").Streams(Uploads)
            .Query("name", "The file's name, where it is the body.")
            .Answers<FileResource>(201, "The file; of several: {\"items\": […]}.").Answers(413, "A file is too large, or there are too many.");
        routes.Get("/files/{id}", GetAsync).Needs(Permissions.FileRead).Says("Read what is known of a file").Answers<FileResource>(200, "The file, without its content.");
        routes.Patch("/files/{id}", ChangeAsync).Needs(Permissions.FileWrite).Says("Rename a file, or keep it beyond its execution").Takes<FileChangeBody>()
            .Answers<FileResource>(200, "The file as it is now.");
        routes.Delete("/files/{id}", DeleteAsync).Needs(Permissions.FileDelete).Says("Delete a file with all its versions").Answers(204, "Deleted.");
        routes.Get("/files/{id}/content", ReadContentAsync).Needs(Permissions.FileRead).Says("Download a file, or a range of it").Answers<byte[]>(200, "Its bytes.", FileNames.AnyType)
            .Answers(206, "The range that was asked for.").Answers(304, "The caller has it.").Answers(416, "The range is outside the file.");
        routes.Head("/files/{id}/content", ReadContentAsync).Needs(Permissions.FileRead).Says("The headers of a download").Answers(200, "There it is.");
        routes.Get("/files/{id}/versions", ListVersionsAsync).Needs(Permissions.FileRead).Says("List a file's versions, newest first").Answers<ApiList<FileVersionResource>>(200, "All versions that are kept.");
        routes.Post("/files/{id}/versions", AddVersionAsync).Needs(Permissions.FileWrite).Says("Upload a new version of a file").Streams(Uploads)
            .Answers<FileResource>(201, "The file with its new content.").Answers(413, "It is too large.");
        routes.Get("/files/{id}/versions/{version}", GetVersionAsync).Needs(Permissions.FileRead).Says("Read what is known of a version").Answers<FileVersionResource>(200, "The version.");
        routes.Get("/files/{id}/versions/{version}/content", ReadVersionAsync).Needs(Permissions.FileRead).Says("Download a version, or a range of it").Answers<byte[]>(200, "Its bytes.", FileNames.AnyType);
        routes.Head("/files/{id}/versions/{version}/content", ReadVersionAsync).Needs(Permissions.FileRead).Says("The headers of a version's download").Answers(200, "There it is.");
    }

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var page = await files.ListAsync(
            request.Principal.Tenant, request.Query.Text("executionId"), request.Query.Text("name"), request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(page.Items.Select(d => StoredFile.FromDocument(d.Body).Show()), page.NextId);
    }

    private async Task<Answer> CreateAsync(ApiRequest request)
    {
        var taken = await uploads.ReadAsync(request, options.Limits.FilesPerUpload);
        var answer = Answer.NoContent;
        await files.CreateAsync(request.Principal, taken, (work, created) =>
        {
            answer = created is [var only]
                ? Answer.Created(request.LocationOf($"/files/{only.Id}"), only.Show(), ETags.Of(1))
                : new Answer(201, new ObjectValue(1) { { "items", new ArrayValue(created.Select(f => Value.From(f.Show()))) } });
            request.Remember(work, answer);
        }, request.Aborted);
        return answer;
    }

    private async Task<Answer> GetAsync(ApiRequest request)
    {
        var (file, etag) = await files.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        return Answer.Ok(file.Show(), ETags.Of(etag));
    }

    private async Task<Answer> ChangeAsync(ApiRequest request)
    {
        var change = FileRequests.Read(await request.ReadObjectAsync());
        var (file, etag) = await files.ChangeAsync(request.Principal.Tenant, request.Route("id"), change, e => ETags.RequireMatch(request.Context.Request, e), request.Aborted);
        return Answer.Ok(file.Show(), ETags.Of(etag));
    }

    private async Task<Answer> DeleteAsync(ApiRequest request)
    {
        await files.DeleteAsync(request.Principal.Tenant, request.Route("id"), e => ETags.RequireMatch(request.Context.Request, e), request.Aborted);
        return Answer.NoContent;
    }

    private async Task<Answer> ReadContentAsync(ApiRequest request)
    {
        var (file, _) = await files.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        await _download.WriteAsync(request.Context, request.Principal.Tenant, FileVersion.Of(file));
        return Answer.Written;
    }

    private async Task<Answer> ListVersionsAsync(ApiRequest request)
    {
        var versions = await files.ListVersionsAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        return ApiList.Of(versions.Select(v => v.Show()), null);
    }

    private async Task<Answer> AddVersionAsync(ApiRequest request)
    {
        // Before the bytes are taken: whoever names a file that is not there need not send it.
        var (file, etag) = await files.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        ETags.RequireMatch(request.Context.Request, etag);
        var taken = (await uploads.ReadAsync(request, most: 1, file.Name))[0];
        var answer = Answer.NoContent;
        await files.AddVersionAsync(request.Principal.Tenant, file.Id, taken, e => ETags.RequireMatch(request.Context.Request, e), (work, next, version) =>
        {
            answer = Answer.Created(request.LocationOf($"/files/{next.Id}/versions/{next.Version}"), next.Show(), ETags.Of(version));
            request.Remember(work, answer);
        }, request.Aborted);
        return answer;
    }

    private async Task<Answer> GetVersionAsync(ApiRequest request) => Answer.Ok((await VersionAsync(request)).Show());

    private async Task<Answer> ReadVersionAsync(ApiRequest request)
    {
        await _download.WriteAsync(request.Context, request.Principal.Tenant, await VersionAsync(request));
        return Answer.Written;
    }

    private Task<FileVersion> VersionAsync(ApiRequest request) =>
        files.GetVersionAsync(request.Principal.Tenant, request.Route("id"), request.RouteNumber("version", "version"), request.Aborted);
}
