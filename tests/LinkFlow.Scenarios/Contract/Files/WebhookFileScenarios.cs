using System.Globalization;
using System.Net;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract.Files;

/// <summary>Webhooks that receive files and answer with them, against the whole server.</summary>
public sealed class WebhookFileScenarios(TestServer server) : IClassFixture<TestServer>
{
    private static readonly byte[] Picture = [0x89, 0x50, 0x4E, 0x47, 0, 1, 2, 3, 255];

    private static int _paths;

    [Fact]
    public async Task A_form_becomes_fields_in_the_body_and_files_in_binary()
    {
        var path = await HookAsync("");

        var run = await CallAsync(path, Forms.Of(("name", "", "", "Zoë"u8.ToArray()), ("tag", "", "", "a"u8.ToArray()), ("tag", "", "", "b"u8.ToArray()), ("photo", "dot.png", "image/png", Picture)));

        var item = run["output"].AsArray![0];
        Assert.Equal(JsonText.Parse("""{"name":"Zoë","tag":["a","b"]}"""), item["json"]["body"]);
        Assert.Equal(("image/png", "dot.png", 9d), (item["binary"]["photo"]["mimeType"].AsString, item["binary"]["photo"]["fileName"].AsString, item["binary"]["photo"]["size"].AsNumber));
        Assert.Equal(Picture, await ContentAsync(item["binary"]["photo"]));
    }

    [Fact]
    public async Task Several_files_of_one_field_are_numbered()
    {
        var path = await HookAsync("");

        var run = await CallAsync(path, Forms.Of(("f", "a.txt", "text/plain", "a"u8.ToArray()), ("f", "b.txt", "text/plain", "b"u8.ToArray()), ("f0", "c.txt", "text/plain", "c"u8.ToArray())));

        var files = run["output"].AsArray![0]["binary"].AsObject!;
        Assert.Equal(["f1:a.txt", "f2:b.txt", "f0:c.txt"], files.Select(f => $"{f.Key}:{f.Value["fileName"].AsString}"));
    }

    [Theory]
    [InlineData("image/png", "", true)]
    [InlineData("application/octet-stream", "", true)]
    [InlineData("application/pdf", "", true)]
    [InlineData("image/svg+xml", "", true)]
    [InlineData("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "", true)]
    [InlineData("text/csv", "", false)]
    [InlineData("application/soap+xml", "", false)]
    [InlineData("application/json", "", false)]
    [InlineData("application/json", """ ,"files":"always" """, true)]
    [InlineData("image/png", """ ,"files":"never" """, false)]
    [InlineData("image/png", """ ,"rawBody":true """, false)]
    public async Task A_body_becomes_a_file_by_its_type_unless_the_node_says_otherwise(string type, string parameters, bool isFile)
    {
        var path = await HookAsync(parameters);

        var run = await CallAsync(path, Forms.Raw("\"x\""u8.ToArray(), type));

        var item = run["output"].AsArray![0];
        Assert.Equal(isFile, item["binary"]["data"].IsObject);
        Assert.Equal(isFile ? JsonText.Parse("{}") : Value.From(type == "application/json" ? "x" : "\"x\""), item["json"]["body"]);
        if (isFile) Assert.Equal("\"x\""u8.ToArray(), await ContentAsync(item["binary"]["data"]));
    }

    [Fact]
    public async Task What_looks_like_a_file_in_a_callers_json_is_data()
    {
        var secret = await UploadAsync("secret");
        var path = await HookAsync("", """{"id":"end","type":"respond","parameters":{"as":"binary","body":"{{ $json.body.binary.data }}"}}""");

        var run = await CallAsync(path, Forms.Raw(Encoding.UTF8.GetBytes($$$"""{"binary":{"data":{"fileId":"{{{secret}}}","mimeType":"text/plain","size":6} } }"""), "application/json"), "error");

        Assert.Equal("PARAMETER_INVALID", run["error"]["code"].AsString);
        Assert.Contains("none of the node's items carries", run["error"]["message"].AsString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","body":"{{ $binary.photo }}" """)]
    public async Task Respond_answers_with_a_file(string body)
    {
        var path = await HookAsync(""","responseMode":"respondNode" """, $$$"""{"id":"end","type":"respond","parameters":{"as":"binary","status":201{{{body}}} } }""");

        using var answer = await server.Http.PostAsync($"/webhooks/{path}", Forms.Of(("photo", "Käfer.png", "image/png", Picture)));

        Assert.Equal((HttpStatusCode.Created, "image/png", 9L), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString(), answer.Content.Headers.ContentLength));
        Assert.Equal(("inline", "Käfer.png"), (answer.Content.Headers.ContentDisposition!.DispositionType, answer.Content.Headers.ContentDisposition.FileNameStar));
        Assert.Equal("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal(Picture, await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_files_of_a_run_go_with_it_unless_someone_keeps_them()
    {
        var path = await HookAsync("");
        var run = await CallAsync(path, Forms.Of(("a", "a", "text/plain", "a"u8.ToArray()), ("b", "b", "text/plain", "b"u8.ToArray())));
        var (a, b) = (IdOf(run, "a"), IdOf(run, "b"));

        Assert.False((await server.SendAsync("GET", $"/api/v1/files/{a}")).Body["kept"].AsBoolean);
        Assert.Equal(200, (await server.SendAsync("PATCH", $"/api/v1/files/{b}", """{"kept":true}""")).Status);
        Assert.Equal(204, (await server.SendAsync("DELETE", $"/api/v1/executions/{run["id"].AsString}")).Status);

        Assert.Equal((404, 200), ((await server.SendAsync("GET", $"/api/v1/files/{a}")).Status, (await server.SendAsync("GET", $"/api/v1/files/{b}")).Status));
    }

    [Fact]
    public async Task A_run_that_goes_on_from_another_has_its_files_when_that_is_deleted()
    {
        var path = await HookAsync("", """{"id":"end","type":"stop_and_error","parameters":{"message":"no"}}""");
        var run = await CallAsync(path, Forms.Of(("a", "a", "text/plain", "a"u8.ToArray())), "error");
        var id = (await server.SendAsync("GET", $"/api/v1/executions/{run["id"].AsString}?include=data")).Body["input"].AsArray![0]["binary"]["a"]["fileId"].AsString;

        var (_, retry, _) = await server.SendAsync("POST", $"/api/v1/executions/{run["id"].AsString}/retry", """{"from":"start"}""");
        await server.UntilAsync(retry["executionId"].AsString!, "error");
        await server.SendAsync("DELETE", $"/api/v1/executions/{run["id"].AsString}");
        var (after, _, _) = await server.SendAsync("GET", $"/api/v1/files/{id}");
        await server.SendAsync("DELETE", $"/api/v1/executions/{retry["executionId"].AsString}");

        Assert.Equal((200, 404), (after, (await server.SendAsync("GET", $"/api/v1/files/{id}")).Status));
    }

    [Fact]
    public async Task A_run_by_hand_takes_files_by_their_id_and_what_the_store_says_of_them()
    {
        var id = await UploadAsync("hello");
        var workflow = await WorkflowAsync("""{"id":"start","type":"start"},{"id":"end","type":"no_op"}""", "start");

        var (status, run, _) = await server.SendAsync("POST", $"/api/v1/workflows/{workflow}/execute", $$$"""{"wait":true,"input":[{"json":{"a":1},"binary":{"f":{"fileId":"{{{id}}}","mimeType":"text/html","size":99} } }]}""");

        Assert.Equal((200, "success"), (status, run["status"].AsString));
        Assert.Equal(JsonText.Parse($$"""{"fileId":"{{id}}","mimeType":"text/plain","fileName":"x.txt","size":5}"""), run["output"].AsArray![0]["binary"]["f"]);
        Assert.Equal(1d, run["output"].AsArray![0]["json"]["a"].AsNumber);
    }

    [Theory]
    [InlineData("""{"input":[{"json":{},"binary":{"f":{"fileId":"0198c0de-0000-7000-8000-000000000000"}}}]}""", "/input/0/binary/f/fileId")]
    [InlineData("""{"input":{"json":{},"binary":{"f":{"fileId":"../../etc/passwd"}}}}""", "/input/0/binary/f/fileId")]
    [InlineData("""{"input":[{"json":{},"binary":{"f":{"name":"x"}}}]}""", "/input/0/binary/f")]
    public async Task A_file_that_is_not_there_is_400(string body, string pointer)
    {
        var workflow = await WorkflowAsync("""{"id":"start","type":"start"},{"id":"end","type":"no_op"}""", "start");

        var (status, answer, _) = await server.SendAsync("POST", $"/api/v1/workflows/{workflow}/execute", body);

        Assert.Equal(400, status);
        Assert.True(answer["error"]["details"].AsObject!.Contains(pointer), answer.ToString());
    }

    [Fact]
    public async Task Files_in_pinned_data_are_checked_before_a_run_by_hand()
    {
        var (_, saved, _) = await server.SendAsync("POST", "/api/v1/workflows", """
            {"name":"w","nodes":[{"id":"start","type":"start"},{"id":"a","type":"no_op"}],"connections":[{"source":"start","target":"a"}],
             "pinData":{"a":[{"json":{},"binary":{"f":{"fileId":"0198c0de-0000-7000-8000-000000000000","mimeType":"a/b","size":1}}}]}}
            """);

        var (status, answer, _) = await server.SendAsync("POST", $"/api/v1/workflows/{saved["id"].AsString}/execute", "{}");

        Assert.Equal((400, "VALIDATION_ERROR"), (status, answer["error"]["code"].AsString));
    }

    [Theory]
    [InlineData("--B--\r\n", true)]
    [InlineData("--B\r\nContent-Disposition: form-data; name=\"a\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--B--\r\n", true)]
    [InlineData("preamble\r\n--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--B--\r\nepilogue", true)]
    [InlineData("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", false)]
    [InlineData("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n", false)]
    [InlineData("--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--B--\r\n", false)]
    [InlineData("--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--\r\n", false)]
    [InlineData("--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--\r\n", false)]
    [InlineData("--B\r\nno header\r\n\r\nx\r\n--B--\r\n", false)]
    [InlineData("--B\r\nContent-Disposition: form-data; name=\"a\"; filename=\"x\"\r\nContent-Type: not a type\r\n\r\nx\r\n--B--\r\n", false)]
    [InlineData("--B\r\nContent-Disposition: form-data; name=\"a\"; filename=\"x\u202Egnp.exe\"\r\n\r\nx\r\n--B--\r\n", false)]
    [InlineData("", false)]
    [InlineData("nothing of the kind", false)]
    public async Task A_malformed_form_is_400_and_starts_nothing(string body, bool isRight)
    {
        var path = await HookAsync("");

        var (status, answer, _) = await Forms.SendAsync(server.Http, $"/webhooks/{path}", Forms.Raw(Encoding.UTF8.GetBytes(body), "multipart/form-data; boundary=B"));

        Assert.Equal((isRight ? 200 : 400, isRight), (status, answer["executionId"].IsString));
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=\"\"")]
    [InlineData("multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_form_without_a_right_boundary_is_400(string contentType)
    {
        var path = await HookAsync("");

        Assert.Equal(400, (await Forms.SendAsync(server.Http, $"/webhooks/{path}", Forms.Raw("x"u8.ToArray(), contentType))).Status);
    }

    [Fact]
    public async Task Too_large_and_too_many_are_413()
    {
        var path = await HookAsync(""","maxBodyBytes":2000 """);
        var many = Enumerable.Range(0, 21).Select(i => ("f", $"{i}", "text/plain", Array.Empty<byte>())).ToArray();

        Assert.Equal(413, (await Forms.SendAsync(server.Http, $"/webhooks/{path}", Forms.Of(("f", "a", "text/plain", new byte[2000])))).Status);
        Assert.Equal(413, (await Forms.SendAsync(server.Http, $"/webhooks/{await HookAsync("")}", Forms.Of(many))).Status);
    }

    private static string? IdOf(Value run, string name) => run["output"].AsArray![0]["binary"][name]["fileId"].AsString;

    private async Task<byte[]> ContentAsync(Value file) => await server.Http.GetByteArrayAsync($"/api/v1/files/{file["fileId"].AsString}/content");

    private async Task<string> UploadAsync(string text) => (await Forms.SendAsync(server.Http, "/api/v1/files", Forms.Of(("file", "x.txt", "text/plain", Encoding.UTF8.GetBytes(text))))).Body["id"].AsString!;

    private async Task<Value> CallAsync(string path, HttpContent body, string status = "success")
    {
        var (answered, answer, _) = await Forms.SendAsync(server.Http, $"/webhooks/{path}", body);
        Assert.True(answered == 200, answer.ToString());
        return await server.UntilAsync(answer["executionId"].AsString!, status);
    }

    private async Task<string> HookAsync(string parameters, string next = """{"id":"end","type":"no_op"}""")
    {
        var path = $"files-{Interlocked.Increment(ref _paths).ToString(CultureInfo.InvariantCulture)}";
        await WorkflowAsync($$"""{"id":"hook","type":"webhook","parameters":{"path":"{{path}}"{{parameters}} } },{{next}}""", "hook");
        return path;
    }

    private Task<string> WorkflowAsync(string nodes, string first) => server.ActivateAsync($$"""{"name":"w","nodes":[{{nodes}}],"connections":[{"source":"{{first}}","target":"end"}]}""");
}
