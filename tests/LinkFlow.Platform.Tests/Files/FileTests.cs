using System.Net.Http.Headers;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Files;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Tests.Files;

/// <summary>Files over HTTP in memory: who may do what, what names may be, and what becomes of the rest.</summary>
public sealed class FileTests
{
    [Theory]
    [InlineData("GET", "/api/v1/files", "file:read")]
    [InlineData("POST", "/api/v1/files?name=x", "file:write")]
    [InlineData("GET", "/api/v1/files/{id}", "file:read")]
    [InlineData("PATCH", "/api/v1/files/{id}", "file:write")]
    [InlineData("GET", "/api/v1/files/{id}/content", "file:read")]
    [InlineData("HEAD", "/api/v1/files/{id}/content", "file:read")]
    [InlineData("GET", "/api/v1/files/{id}/versions", "file:read")]
    [InlineData("POST", "/api/v1/files/{id}/versions", "file:write")]
    [InlineData("GET", "/api/v1/files/{id}/versions/1/content", "file:read")]
    [InlineData("DELETE", "/api/v1/files/{id}", "file:delete")]
    public async Task Each_call_needs_its_permission(string method, string path, string permission)
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = (await UploadAsync(platform, "x")).Body["id"].AsString!;
        var others = Permissions.All.Where(p => p != permission).ToArray();
        var body = method is "POST" or "PATCH" ? """{"name":"y"}""" : null;

        Assert.Equal(403, (await platform.SendAsync(method, path.Replace("{id}", id, StringComparison.Ordinal), body, await platform.KeyAsync(others))).Status);
        Assert.InRange((await platform.SendAsync(method, path.Replace("{id}", id, StringComparison.Ordinal), body, await platform.KeyAsync(permission))).Status, 200, 204);
    }

    [Theory]
    [InlineData("report.pdf", "report.pdf")]
    [InlineData("C:\\\\Users\\\\me\\\\report.pdf", "report.pdf")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("/etc/cron.d/evil", "evil")]
    [InlineData("a%22b.txt", "a\"b.txt")]
    [InlineData("日本語 🎉.txt", "日本語 🎉.txt")]
    [InlineData("e\u0301.txt", "e\u0301.txt")]
    [InlineData("..", null)]
    [InlineData("a\u0001b", null)]
    [InlineData("invoice\u202Efdp.exe", null)]
    public async Task A_name_in_a_form_is_taken_without_its_path_or_refused(string given, string? name)
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await UploadAsync(platform, given);

        Assert.Equal((name is null ? 400 : 201, name), (answer.Status, answer.Body["name"].AsString));
    }

    [Theory]
    [InlineData("""{"name":"a/b"}""", "/name")]
    [InlineData("""{"name":""}""", "/name")]
    [InlineData("""{"name":"a\u0000"}""", "/name")]
    [InlineData("""{"mimeType":"nonsense"}""", "/mimeType")]
    [InlineData("""{"mimeType":"*/*"}""", "/mimeType")]
    [InlineData("""{"kept":false}""", "/kept")]
    [InlineData("""{"nmae":"x"}""", "/nmae")]
    public async Task A_change_that_cannot_be_is_400(string body, string pointer)
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = (await UploadAsync(platform, "x")).Body["id"].AsString!;

        var answer = await platform.SendAsync("PATCH", $"/api/v1/files/{id}", body);

        Assert.Equal((400, true), (answer.Status, answer.Details.AsObject!.Contains(pointer)));
    }

    [Fact]
    public async Task A_change_needs_the_version_that_it_names()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = (await UploadAsync(platform, "x")).Body["id"].AsString!;

        Assert.Equal(200, (await platform.SendAsync("PATCH", $"/api/v1/files/{id}", """{"name":"y"}""", null, "If-Match: \"1\"")).Status);
        Assert.Equal(412, (await platform.SendAsync("PATCH", $"/api/v1/files/{id}", """{"name":"z"}""", null, "If-Match: \"1\"")).Status);
        Assert.Equal(412, (await platform.SendAsync("DELETE", $"/api/v1/files/{id}", null, null, "If-Match: \"1\"")).Status);
    }

    [Fact]
    public async Task A_full_store_is_503_and_makes_no_file()
    {
        await using var platform = await TestPlatform.StartAsync();
        platform.Contents.Fault = new StoreUnavailableException("The disk is full.", TimeSpan.FromSeconds(3));

        var answer = await UploadAsync(platform, "x");

        Assert.Equal((503, "UNAVAILABLE", "3"), (answer.Status, answer.Code, answer.Header("Retry-After")));
        Assert.Empty((await platform.GetAsync("/api/v1/files")).Body["items"].AsArray!);
    }

    [Fact]
    public async Task Only_so_many_versions_are_kept()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Limits.FileVersions = 3);
        var id = (await UploadAsync(platform, "x")).Body["id"].AsString!;
        for (var n = 2; n <= 5; n++) await UploadAsync(platform, "x", $"/api/v1/files/{id}/versions", $"content {n}");

        var versions = (await platform.GetAsync($"/api/v1/files/{id}/versions")).Body["items"].AsArray!;

        Assert.Equal([5d, 4d, 3d], versions.Select(v => v["version"].AsNumber));
        Assert.Equal(404, (await platform.GetAsync($"/api/v1/files/{id}/versions/2")).Status);
    }

    [Fact]
    public async Task A_tenant_sees_and_changes_only_its_own()
    {
        await using var platform = await TestPlatform.StartAsync();
        var files = platform.Services.GetRequiredService<FileService>();
        var taken = await files.TakeAsync("other", "x", "text/plain", new MemoryStream([1]), null, default);
        await files.CreateAsync(new Principal("other", "someone", ["*"]), [taken], (_, _) => { }, default);
        var path = $"/api/v1/files/{taken.Id}";

        Assert.NotNull(await files.FindAsync("other", taken.Id, default));
        Assert.Empty((await platform.GetAsync("/api/v1/files")).Body["items"].AsArray!);
        foreach (var (method, at) in new[] { ("GET", path), ("GET", $"{path}/content"), ("GET", $"{path}/versions"), ("PATCH", path), ("DELETE", path) })
            Assert.Equal(404, (await platform.SendAsync(method, at, method == "PATCH" ? """{"name":"y"}""" : null)).Status);
        Assert.Equal(404, (await UploadAsync(platform, "x", $"{path}/versions")).Status);
    }

    [Fact]
    public async Task A_listing_can_be_searched_by_name_and_is_paged()
    {
        await using var platform = await TestPlatform.StartAsync();
        foreach (var name in new[] { "a-report", "b", "c-Report" }) await UploadAsync(platform, name);

        var found = (await platform.GetAsync("/api/v1/files?name=REPORT")).Body;
        var page = (await platform.GetAsync("/api/v1/files?limit=2")).Body;
        var rest = (await platform.GetAsync($"/api/v1/files?limit=2&cursor={page["nextCursor"].AsString}")).Body;

        Assert.Equal(["c-Report", "a-report"], found["items"].AsArray!.Select(f => f["name"].AsString));
        Assert.Equal(["c-Report", "b", "a-report"], page["items"].AsArray!.Concat(rest["items"].AsArray!).Select(f => f["name"].AsString));
    }

    /// <summary>Any part of a form may be broken: whatever comes, it is an answer of ours, and no file unless the form is whole.</summary>
    [Fact]
    public async Task A_form_that_is_broken_anywhere_is_never_a_500()
    {
        await using var platform = await TestPlatform.StartAsync();
        var whole = "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--B\r\nContent-Disposition: form-data; name=\"g\"; filename=\"b\"\r\n\r\nworld\r\n--B--\r\n"u8.ToArray();
        var random = new Random(4711);
        for (var n = 0; n < 400; n++)
        {
            var body = whole.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--) body[random.Next(body.Length)] = (byte)random.Next(256);
            if (n % 3 == 0) body = body[..random.Next(body.Length)];
            using var content = new ByteArrayContent(body);
            content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=B");
            Assert.Contains((await SendAsync(platform, "/api/v1/files", content)).Status, new[] { 201, 400, 413, 415 });
        }
    }

    [Theory]
    [InlineData("plain.png", "plain.png")]
    [InlineData("dir/../x\u202Ey.png", "xy.png")]
    [InlineData("\u0001\u0002", "file")]
    [InlineData("", "file")]
    public async Task What_a_strangers_server_calls_a_file_is_made_fit(string given, string name)
    {
        await using var platform = await TestPlatform.StartAsync();
        var files = new RunFiles(platform.Services.GetRequiredService<FileService>(), "default", Ids.Next());

        var saved = await files.SaveAsync(given, "no type", new MemoryStream([1, 2]), default);
        await using var opened = await files.OpenAsync(saved.FileId, default);

        Assert.Equal((name, "application/octet-stream", 2), (saved.FileName, saved.MimeType, saved.Size));
        Assert.Equal(saved, opened.File);
    }

    [Fact]
    public async Task A_run_is_told_of_files_that_are_gone_too_large_or_cannot_be_stored()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Limits.FileBytes = 1024);
        var files = new RunFiles(platform.Services.GetRequiredService<FileService>(), "default", Ids.Next());
        async Task<string> CodeAsync(Func<Task> act) => (await Assert.ThrowsAsync<NodeException>(act)).Error.Code;

        Assert.Equal("FILE_MISSING", await CodeAsync(() => files.OpenAsync(Ids.Next(), default)));
        Assert.Equal("FILE_MISSING", await CodeAsync(() => files.OpenAsync("../x", default)));
        Assert.Equal("FILE_TOO_LARGE", await CodeAsync(() => files.SaveAsync("x", "", new MemoryStream(new byte[2000]), default)));
        platform.Contents.Fault = new StoreUnavailableException("full", TimeSpan.FromSeconds(1));
        Assert.Equal("STORE_UNAVAILABLE", await CodeAsync(() => files.SaveAsync("x", "", new MemoryStream([1]), default)));
    }

    internal static async Task<TestAnswer> UploadAsync(TestPlatform platform, string name, string path = "/api/v1/files", string content = "content")
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes($"--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\n\r\n{content}\r\n--B--\r\n"));
        body.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=B");
        return await SendAsync(platform, path, body);
    }

    private static async Task<TestAnswer> SendAsync(TestPlatform platform, string path, HttpContent body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestPlatform.OwnerKey);
        return await TestAnswer.OfAsync(await platform.Http.SendAsync(request));
    }
}
