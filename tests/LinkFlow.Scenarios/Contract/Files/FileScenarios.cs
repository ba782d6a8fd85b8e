using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract.Files;

/// <summary><c>/files</c> as clients see it, against the whole server.</summary>
public sealed class FileScenarios : IClassFixture<TestServer>
{
    private readonly TestServer _server;

    public FileScenarios(TestServer server) => _server = server;

    [Fact]
    public async Task What_was_uploaded_is_downloaded_with_its_hash_and_its_name()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);

        var (status, file, headers) = await UploadAsync("/api/v1/files", ("file", "Bericht Übersicht.pdf", "application/pdf", bytes));
        var answer = await _server.Http.GetAsync($"/api/v1/files/{file["id"].AsString}/content");

        Assert.Equal((201, "Bericht Übersicht.pdf", 300_000d, 1d), (status, file["name"].AsString, file["size"].AsNumber, file["version"].AsNumber));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file["sha256"].AsString);
        Assert.EndsWith($"/api/v1/files/{file["id"].AsString}", headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(("application/pdf", "attachment"), (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentDisposition!.DispositionType));
        Assert.Equal("Bericht Übersicht.pdf", answer.Content.Headers.ContentDisposition.FileNameStar);
    }

    [Fact]
    public async Task A_download_cannot_act_in_our_origin()
    {
        var (_, file, _) = await UploadAsync("/api/v1/files", ("file", "page.html", "text/html", "<script>alert(1)</script>"u8.ToArray()));

        var answer = await _server.Http.GetAsync($"/api/v1/files/{file["id"].AsString}/content");

        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
    }

    [Fact]
    public async Task Several_files_of_one_form_are_made_together()
    {
        var (status, answer, _) = await UploadAsync("/api/v1/files", ("a", "1.txt", "text/plain", "one"u8.ToArray()), ("a", "1.txt", "text/plain", "two"u8.ToArray()));

        Assert.Equal(201, status);
        Assert.Equal(["1.txt", "1.txt"], answer["items"].AsArray!.Select(f => f["name"].AsString));
        Assert.Equal(2, answer["items"].AsArray!.Select(f => f["id"].AsString).Distinct().Count());
    }

    [Fact]
    public async Task A_body_without_a_form_is_one_file_with_the_name_in_the_query()
    {
        using var body = new ByteArrayContent([1, 2, 3]);
        body.Headers.ContentType = new MediaTypeHeaderValue("image/png");

        var answer = await _server.Http.PostAsync("/api/v1/files?name=dot.png", body);

        var file = JsonText.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode.Created, "dot.png", "image/png", 3d), (answer.StatusCode, file["name"].AsString, file["mimeType"].AsString, file["size"].AsNumber));
    }

    [Theory]
    [InlineData("bytes=0-3", 206, "0123", "bytes 0-3/10")]
    [InlineData("bytes=7-", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=-99", 206, "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=5-99", 206, "56789", "bytes 5-9/10")]
    [InlineData("bytes=10-", 416, null, "bytes */10")]
    [InlineData("bytes=-0", 416, null, "bytes */10")]
    [InlineData("bytes=0-1,4-5", 200, "0123456789", null)]
    [InlineData("lines=0-1", 200, "0123456789", null)]
    public async Task A_range_is_answered_with_that_part(string range, int status, string? text, string? contentRange)
    {
        var (_, file, _) = await UploadAsync("/api/v1/files", ("file", "digits", "text/plain", "0123456789"u8.ToArray()));

        using var answer = await DownloadAsync(file["id"].AsString!, ("Range", range));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(contentRange, answer.Content.Headers.ContentRange?.ToString());
        if (text is not null) Assert.Equal(text, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_interrupted_download_goes_on_only_while_the_content_is_the_same()
    {
        var (_, file, _) = await UploadAsync("/api/v1/files", ("file", "digits", "text/plain", "0123456789"u8.ToArray()));
        var id = file["id"].AsString!;
        using var first = await DownloadAsync(id);
        var etag = first.Headers.ETag!.ToString();

        using var same = await DownloadAsync(id, ("Range", "bytes=5-"), ("If-Range", etag));
        await UploadAsync($"/api/v1/files/{id}/versions", ("file", "digits", "text/plain", "abcdefghij"u8.ToArray()));
        using var changed = await DownloadAsync(id, ("Range", "bytes=5-"), ("If-Range", etag));

        Assert.Equal((HttpStatusCode.PartialContent, "56789"), (same.StatusCode, await same.Content.ReadAsStringAsync()));
        Assert.Equal((HttpStatusCode.OK, "abcdefghij"), (changed.StatusCode, await changed.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Who_has_the_content_is_told_so_and_a_condition_that_fails_is_412()
    {
        var (_, file, _) = await UploadAsync("/api/v1/files", ("file", "x", "text/plain", "x"u8.ToArray()));
        var etag = $"\"{file["sha256"].AsString}\"";

        using var known = await DownloadAsync(file["id"].AsString!, ("If-None-Match", etag));
        using var other = await DownloadAsync(file["id"].AsString!, ("If-Match", "\"other\""));
        using var head = await _server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/api/v1/files/{file["id"].AsString}/content"));

        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.PreconditionFailed), (known.StatusCode, other.StatusCode));
        Assert.Equal((HttpStatusCode.OK, 1L), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task Each_version_keeps_its_bytes_until_the_file_is_deleted()
    {
        var (_, file, _) = await UploadAsync("/api/v1/files", ("file", "a.txt", "text/plain", "one"u8.ToArray()));
        var path = $"/api/v1/files/{file["id"].AsString}";
        var (status, second, _) = await UploadAsync($"{path}/versions", ("file", "b.txt", "text/markdown", "two!"u8.ToArray()));

        var versions = (await _server.SendAsync("GET", $"{path}/versions")).Body["items"].AsArray!;
        var texts = await Task.WhenAll(new[] { 1, 2 }.Select(n => _server.Http.GetStringAsync($"{path}/versions/{n}/content")));

        Assert.Equal((201, 2d, "b.txt", "text/markdown", 4d), (status, second["version"].AsNumber, second["name"].AsString, second["mimeType"].AsString, second["size"].AsNumber));
        Assert.Equal([2d, 1d], versions.Select(v => v["version"].AsNumber));
        Assert.Equal(["one", "two!"], texts);
        Assert.Equal(204, (await _server.SendAsync("DELETE", path)).Status);
        Assert.Equal(404, (await _server.SendAsync("GET", $"{path}/versions/1/content")).Status);
        Assert.Equal(404, (await _server.SendAsync("GET", path)).Status);
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_gets_the_same_file_and_another_content_is_409()
    {
        var key = Guid.NewGuid().ToString();

        var first = await UploadAsync("/api/v1/files", key, ("file", "a", "text/plain", "one"u8.ToArray()));
        var again = await UploadAsync("/api/v1/files", key, ("file", "a", "text/plain", "one"u8.ToArray()));
        var other = await UploadAsync("/api/v1/files", key, ("file", "a", "text/plain", "two"u8.ToArray()));

        Assert.Equal((201, 201, 409), (first.Status, again.Status, other.Status));
        Assert.Equal(first.Body["id"].AsString, again.Body["id"].AsString);
    }

    private async Task<HttpResponseMessage> DownloadAsync(string id, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/files/{id}/content");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await _server.Http.SendAsync(request);
    }

    private Task<(int Status, Value Body, HttpResponseHeaders Headers)> UploadAsync(string path, params (string Field, string Name, string Type, byte[] Bytes)[] files) => UploadAsync(path, null, files);

    private Task<(int Status, Value Body, HttpResponseHeaders Headers)> UploadAsync(string path, string? key, params (string Field, string Name, string Type, byte[] Bytes)[] files) =>
        Forms.SendAsync(_server.Http, path, Forms.Of(files), key);
}
