using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Tests.Webhooks.Authentication;

/// <summary>Who may call a webhook, over HTTP.</summary>
public sealed class WebhookAuthenticationTests : IAsyncLifetime
{
    private const string Secret = "s3cret-of-the-shop";
    private const string Body = """{"order":42}""";

    private TestPlatform _platform = null!;

    public async Task InitializeAsync() => _platform = await TestPlatform.StartAsync();

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Theory]
    [InlineData("basic", "basic", """{"username":"ada","password":"s3cret-of-the-shop"}""", "Authorization: Basic YWRhOnMzY3JldC1vZi10aGUtc2hvcA==", "Basic realm=\"LinkFlow webhook\", charset=\"UTF-8\"")]
    [InlineData("header", "bearer", """{"token":"s3cret-of-the-shop"}""", "Authorization: Bearer s3cret-of-the-shop", "Bearer realm=\"LinkFlow webhook\"")]
    [InlineData("header", "api_key", """{"name":"X-Key","value":"s3cret-of-the-shop","in":"header"}""", "X-Key: s3cret-of-the-shop", null)]
    [InlineData("hmac", "hmac", """{"secret":"s3cret-of-the-shop"}""", "X-Hub-Signature-256: sha256={github}", null)]
    public async Task Only_who_proves_it_may_call_and_the_proof_stays_outside(string auth, string type, string data, string header, string? challenge)
    {
        await ActivateAsync(auth, type, data, auth == "hmac" ? ""","scheme":"github" """ : "");
        header = header.Replace("{github}", Hex(Body), StringComparison.Ordinal);

        var refused = await CallAsync("X-Other: 1");
        var wrong = await CallAsync(header + "x");
        var taken = await CallAsync(header, "X-Echo: my key is s3cret-of-the-shop");

        Assert.Equal((401, 401, 200), (refused.Status, wrong.Status, taken.Status));
        Assert.Equal(("UNAUTHORIZED", refused.Message), (refused.Code, wrong.Message));
        Assert.Equal(challenge, refused.Header("WWW-Authenticate"));
        var item = Assert.Single(_platform.Runtime.Starts).Input.Single().Json;
        Assert.True(item["headers"][header[..header.IndexOf(':', StringComparison.Ordinal)].ToLowerInvariant()].IsUndefined);
        Assert.Equal("my key is ***", item["headers"]["x-echo"].AsString);
        Assert.DoesNotContain(Secret, _platform.Store.Dump() + string.Join('\n', _platform.Log.Lines) + refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_in_the_query_is_not_in_the_item()
    {
        await ActivateAsync("header", "api_key", """{"name":"key","value":"s3cret-of-the-shop","in":"query"}""");

        Assert.Equal(401, (await _platform.SendAsync("POST", "/webhooks/hook?key=wrong", Body, "")).Status);
        Assert.Equal(200, (await _platform.SendAsync("POST", "/webhooks/hook?key=s3cret-of-the-shop&page=2", Body, "")).Status);

        Assert.Equal(JsonText.Parse("""{"page":"2"}"""), _platform.Runtime.Starts.Single().Input.Single().Json["query"]);
    }

    [Fact]
    public async Task A_signed_token_is_taken_and_withheld()
    {
        await ActivateAsync("jwt", "jwt", """{"algorithm":"HS256","secret":"s3cret-of-the-shop","issuer":"us"}""");
        var signed = $"{Url("""{"alg":"HS256"}""")}.{Url("""{"iss":"us"}""")}";
        var token = $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes(signed)))}";

        Assert.Equal(401, (await CallAsync()).Status);
        Assert.Equal(401, (await CallAsync($"Authorization: Bearer {Url("""{"alg":"none"}""")}.{Url("{}")}.")).Status);
        Assert.Equal(200, (await CallAsync($"Authorization: Bearer {token}")).Status);
    }

    [Fact]
    public async Task A_signed_call_that_comes_again_is_answered_with_the_first_execution()
    {
        await ActivateAsync("hmac", "hmac", """{"secret":"s3cret-of-the-shop"}""");
        var time = _platform.Clock.GetUtcNow().ToUnixTimeSeconds();
        string[] headers = [$"X-Timestamp: {time}", $"X-Signature-256: sha256={Hex($"{time}.{Body}")}"];

        var first = await CallAsync(headers);
        var repeats = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => CallAsync(headers)));
        _platform.Clock.Advance(TimeSpan.FromSeconds(301));
        var late = await CallAsync(headers);

        Assert.All(repeats, r => Assert.Equal((200, first.Body["executionId"].AsString), (r.Status, r.Body["executionId"].AsString)));
        Assert.Equal(401, late.Status);
        Assert.Single(_platform.Runtime.Starts);
    }

    [Fact]
    public async Task A_delivery_is_told_apart_by_the_senders_id()
    {
        await ActivateAsync("hmac", "hmac", """{"secret":"s3cret-of-the-shop"}""", ""","scheme":"github" """);
        var signature = $"X-Hub-Signature-256: sha256={Hex(Body)}";

        var first = await CallAsync(signature, "X-GitHub-Delivery: 1");
        var again = await CallAsync(signature, "X-GitHub-Delivery: 1");
        var other = await CallAsync(signature, "X-GitHub-Delivery: 2");

        Assert.Equal(first.Body["executionId"], again.Body["executionId"]);
        Assert.NotEqual(first.Body["executionId"], other.Body["executionId"]);
        Assert.Equal("2", _platform.Runtime.Starts[1].Input.Single().Json["headers"]["x-github-delivery"].AsString);
    }

    [Fact]
    public async Task A_body_that_is_no_json_is_not_remembered()
    {
        await ActivateAsync("hmac", "hmac", """{"secret":"s3cret-of-the-shop"}""", ""","scheme":"github" """);

        for (var i = 0; i < 2; i++)
            Assert.Equal(400, (await _platform.SendAsync("POST", "/webhooks/hook", "{", "", $"X-Hub-Signature-256: sha256={Hex("{")}")).Status);
        Assert.Empty(_platform.Runtime.Starts);
    }

    [Fact]
    public async Task A_change_of_the_secret_counts_at_once()
    {
        var credential = await ActivateAsync("header", "bearer", """{"token":"s3cret-of-the-shop"}""");
        Assert.Equal(200, (await CallAsync("Authorization: Bearer s3cret-of-the-shop")).Status);

        await _platform.PostAsync($"/api/v1/credentials/{credential}/rotate", """{"data":{"token":"another-secret"}}""");

        Assert.Equal(401, (await CallAsync("Authorization: Bearer s3cret-of-the-shop")).Status);
        Assert.Equal(200, (await CallAsync("Authorization: Bearer another-secret")).Status);
    }

    [Fact]
    public async Task Nobody_is_admitted_by_a_credential_that_is_gone_and_the_log_says_so()
    {
        var credential = await ActivateAsync("header", "bearer", """{"token":"s3cret-of-the-shop"}""");
        Assert.Equal(204, (await _platform.SendAsync("DELETE", $"/api/v1/credentials/{credential}?force=true")).Status);

        Assert.Equal(401, (await CallAsync("Authorization: Bearer s3cret-of-the-shop")).Status);
        Assert.Contains(_platform.Log.Lines, l => l.Contains("can admit nobody", StringComparison.Ordinal) && l.Contains(credential, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("basic", "/nodes/0/parameters/auth", """ "bearer","data":{"token":"t-123456"} """)]
    [InlineData("header", "/nodes/0/parameters/auth", """ "hmac","data":{"secret":"t-123456"} """)]
    [InlineData("jwt", "/nodes/0/parameters/auth", """ "basic","data":{"username":"u","password":"t-123456"} """)]
    [InlineData("hmac", "/nodes/0/parameters/auth", null)]
    [InlineData("none", "/nodes/0/parameters/scheme", null)]
    public async Task Activation_says_where_credential_and_auth_do_not_fit(string auth, string pointer, string? credential)
    {
        var names = "";
        if (credential is not null)
        {
            var made = await _platform.PostAsync("/api/v1/credentials", $$"""{"name":"c","type":{{credential}}}""");
            names = $$$""","credentials":{"auth":"{{{made.Body["id"].AsString}}}"}""";
        }

        var scheme = auth == "none" ? ""","scheme":"github" """ : "";
        var id = await _platform.WorkflowAsync($$$"""{"name":"w","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"hook","auth":"{{{auth}}}" {{{scheme}}} } {{{names}}} }]}""");

        var answer = await _platform.PostAsync($"/api/v1/workflows/{id}/activate");

        Assert.Equal((400, false), (answer.Status, answer.Details[pointer].IsUndefined));
    }

    private async Task<string> ActivateAsync(string auth, string type, string data, string parameters = "")
    {
        var credential = (await _platform.PostAsync("/api/v1/credentials", $$"""{"name":"Shop","type":"{{type}}","data":{{data}}}""")).Body["id"].AsString!;
        await _platform.ActiveWorkflowAsync($$$"""
            {"name":"w","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"hook","auth":"{{{auth}}}" {{{parameters}}} },"credentials":{"auth":"{{{credential}}}"}}]}
            """);
        return credential;
    }

    private Task<TestAnswer> CallAsync(params string[] headers) => _platform.SendAsync("POST", "/webhooks/hook", Body, "", headers);

    private static string Hex(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text)));

    private static string Url(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
