using System.Security.Cryptography;
using LinkFlow.Engine.Values;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Scenarios.Contract.Files;

/// <summary>Requests whose bodies are files, and answers that become files, against a server of the test's own.</summary>
public sealed class HttpFileScenarios : IAsyncLifetime
{
    private const int Large = 3_000_000;

    private readonly TestServer _server = new() { Settings = new Dictionary<string, string> { ["LinkFlow:Outbound:Allow"] = "127.0.0.0/8" } };
    private readonly byte[] _bytes = RandomNumberGenerator.GetBytes(Large);
    private WebApplication _target = null!;

    /// <summary>What the last request to the target held.</summary>
    private string _seen = "";

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _target = builder.Build();
        _target.MapPost("/form", async (HttpContext context) =>
        {
            var form = await context.Request.ReadFormAsync();
            var file = form.Files.Single();
            _seen = $"{form["title"]} {form["tags"]} {file.Name} {file.FileName} {file.ContentType} {Convert.ToHexStringLower(await SHA256.HashDataAsync(file.OpenReadStream()))}";
        });
        _target.MapPost("/body", async (HttpContext context) => _seen = $"{context.Request.ContentType} {context.Request.ContentLength} {Convert.ToHexStringLower(await SHA256.HashDataAsync(context.Request.Body))}");
        _target.MapGet("/files/{name}", (string name, string type) => Results.Bytes(_bytes, type));
        _target.MapGet("/named", () => Results.File(_bytes, "application/pdf", "Über uns.pdf"));
        await _target.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _target.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Large)]
    public async Task A_form_is_sent_with_the_files_of_the_item(int length)
    {
        var run = await SendAsync("""{"method":"POST","url":"URL/form","bodyType":"multipart","body":{"title":"{{ $json.body.title }}","tags":["a",2],"photo":"{{ $binary.f }}"}}""", length);

        Assert.Equal("success", run["status"].AsString);
        Assert.Equal($"Zoë a,2 photo dot.png image/png {Sha256(length)}", _seen);
    }

    [Theory]
    [InlineData(10, "")]
    [InlineData(Large, "")]
    [InlineData(Large, ""","body":"{{ $binary.f }}" """)]
    public async Task A_file_is_sent_as_the_body(int length, string body)
    {
        var run = await SendAsync($$"""{"method":"POST","url":"URL/body","bodyType":"binary"{{body}}}""", length);

        Assert.Equal("success", run["status"].AsString);
        Assert.Equal($"image/png {length} {Sha256(length)}", _seen);
    }

    [Theory]
    [InlineData("""{"url":"URL/files/cat.png?type=image/png"}""", "cat.png", "image/png")]
    [InlineData("""{"url":"URL/files/x?type=text/plain","response":"binary"}""", "x", "text/plain")]
    [InlineData("""{"url":"URL/named","response":"auto"}""", "Über uns.pdf", "application/pdf")]
    public async Task An_answer_becomes_a_file_that_goes_with_the_run(string parameters, string name, string type)
    {
        var run = await SendAsync(parameters, 1);

        var file = run["output"].AsArray![0]["binary"]["data"];
        Assert.Equal((name, type, Large), (file["fileName"].AsString, file["mimeType"].AsString, file["size"].AsNumber));
        Assert.Equal(_bytes, await _server.Http.GetByteArrayAsync($"/api/v1/files/{file["fileId"].AsString}/content"));
        await _server.SendAsync("DELETE", $"/api/v1/executions/{run["id"].AsString}");
        Assert.Equal(404, (await _server.SendAsync("GET", $"/api/v1/files/{file["fileId"].AsString}")).Status);
    }

    [Fact]
    public async Task An_answer_that_is_larger_than_allowed_becomes_no_file()
    {
        var run = await SendAsync("""{"url":"URL/files/x?type=image/png","maxResponseBytes":1000}""", 1, "error");

        Assert.Equal("HTTP_RESPONSE_TOO_LARGE", run["error"]["code"].AsString);
        Assert.Single((await _server.SendAsync("GET", $"/api/v1/files?executionId={run["id"].AsString}")).Body["items"].AsArray!);
    }

    [Fact]
    public async Task A_file_that_was_deleted_fails_the_item()
    {
        var (_, file, _) = await Forms.SendAsync(_server.Http, "/api/v1/files", Forms.Of(("f", "a", "text/plain", [1])));
        var id = await _server.ActivateAsync(Workflow("""{"id":"start","type":"start"}""", """{"method":"POST","url":"URL/body","bodyType":"binary"}"""));
        var pinned = $$$"""{"input":{"json":{},"binary":{"f":{"fileId":"{{{file["id"].AsString}}}"} } },"wait":true}""";
        Assert.Equal("success", (await _server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", pinned)).Body["status"].AsString);

        await _server.SendAsync("DELETE", $"/api/v1/files/{file["id"].AsString}");
        var (status, answer, _) = await _server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", pinned);

        Assert.Equal((400, true), (status, answer["error"]["details"].AsObject!.Contains("/input/0/binary/f/fileId")));
    }

    private string Sha256(int length) => Convert.ToHexStringLower(SHA256.HashData(_bytes.AsSpan(0, length)));

    private async Task<Value> SendAsync(string parameters, int length, string status = "success")
    {
        var path = Guid.NewGuid().ToString();
        await _server.ActivateAsync(Workflow($$$"""{"id":"start","type":"webhook","parameters":{"path":"{{{path}}}"} }""", parameters));
        var (_, answer, _) = await Forms.SendAsync(_server.Http, $"/webhooks/{path}", Forms.Of(("title", "", "", "Zoë"u8.ToArray()), ("f", "dot.png", "image/png", _bytes[..length])));
        return await _server.UntilAsync(answer["executionId"].AsString!, "success", "error") is var run && run["status"].AsString == status ? run : throw new InvalidOperationException(run.ToString());
    }

    private string Workflow(string start, string parameters) =>
        $$"""{"name":"w","nodes":[{{start}},{"id":"send","type":"http_request","parameters":{{parameters.Replace("URL", _target.Urls.Single(), StringComparison.Ordinal)}}}],"connections":[{"source":"start","target":"send"}]}""";
}
