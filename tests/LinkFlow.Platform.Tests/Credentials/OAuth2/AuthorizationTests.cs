using System.Net;
using System.Web;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Credentials.OAuth2;

namespace LinkFlow.Platform.Tests.Credentials.OAuth2;

/// <summary>The way to a user's consent and back, over HTTP.</summary>
public sealed class AuthorizationTests : IAsyncLifetime
{
    private AuthorizationServer _server = null!;
    private TestPlatform _platform = null!;
    private string _id = "";

    public async Task InitializeAsync()
    {
        _server = await AuthorizationServer.StartAsync();
        _platform = await TestPlatform.StartAsync(o => o.PublicUrl = "https://flows.example.com/");
        _id = (await _platform.PostAsync("/api/v1/credentials", Body())).Body["id"].AsString!;
    }

    public async Task DisposeAsync()
    {
        await _platform.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_url_holds_what_the_server_needs_and_no_secret()
    {
        var answer = await BeginAsync();

        var url = new Uri(answer.Body["url"].AsString!);
        var query = HttpUtility.ParseQueryString(url.Query);
        Assert.Equal(("/authorize", "code", "S256", "a b", "offline", "1"), (url.AbsolutePath, query["response_type"], query["code_challenge_method"], query["scope"], query["access_type"], query["x"]));
        Assert.Equal((AuthorizationServer.ClientId, "https://flows.example.com/oauth2/callback"), (query["client_id"], query["redirect_uri"]));
        Assert.Equal(43, query["code_challenge"]!.Length);
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.DoesNotContain(query["state"]!, _platform.Store.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_is_sent_there()
    {
        var answer = await _platform.SendAsync("GET", $"/api/v1/credentials/{_id}/oauth2/authorize", null, null, "Accept: text/html");

        Assert.Equal(302, answer.Status);
        Assert.StartsWith(_server.Url, answer.Header("Location"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consent_makes_the_credential_usable()
    {
        Assert.Equal("reauthorize", await StatusAsync());
        var callback = await ConsentAsync();
        var page = await _platform.SendAsync("GET", callback, null, "");

        Assert.Equal((200, "text/html; charset=utf-8"), (page.Status, page.Header("Content-Type")));
        Assert.Contains("default-src 'none'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains("Shop &lt;1&gt;", page.Text, StringComparison.Ordinal);
        Assert.Equal("ok", await StatusAsync());
        Assert.True((await _platform.PostAsync($"/api/v1/credentials/{_id}/test")).Body["ok"].AsBoolean);
        // The framework's own lines on requests, which the server does not write, show whole URLs.
        var seen = page.Text + _platform.Store.Dump() + string.Join('\n', _platform.Log.Lines.Where(l => !l.Contains(" Request ", StringComparison.Ordinal)));
        foreach (var (name, value) in _server.Requests.SelectMany(r => r))
            if (name is "code" or "code_verifier" or "refresh_token") Assert.DoesNotContain(value, seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_works_once()
    {
        var callback = await ConsentAsync();
        var pages = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _platform.SendAsync("GET", callback, null, "")));

        Assert.Single(pages, p => p.Status == 200);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_state_works_for_ten_minutes()
    {
        var callback = await ConsentAsync();
        _platform.Clock.Advance(AuthorizationState.Lifetime);

        Assert.Equal(400, (await _platform.SendAsync("GET", callback, null, "")).Status);
        Assert.Empty(_server.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?code=x")]
    [InlineData("?state=x&code=x")]
    [InlineData("?state=.x&code=x")]
    [InlineData("?state=%00%ff.x&code=x")]
    [InlineData("?state=ZGVmYXVsdA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&code=x")]
    [InlineData("?state=b3RoZXI.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&code=x")]
    [InlineData("?error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E")]
    public async Task A_callback_that_nobody_began_comes_to_nothing(string query)
    {
        await BeginAsync();

        foreach (var path in new[] { "/oauth2/callback", "/api/v1/oauth2/callback" })
        {
            var page = await _platform.SendAsync("GET", path + query, null, "");
            Assert.Equal((400, "text/html; charset=utf-8"), (page.Status, page.Header("Content-Type")));
            Assert.DoesNotContain("<script", page.Text, StringComparison.Ordinal);
        }

        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_state_that_was_changed_is_not_known()
    {
        var callback = await ConsentAsync();
        var state = HttpUtility.ParseQueryString(new Uri("http://x" + callback).Query)["state"]!;

        Assert.Equal(400, (await _platform.SendAsync("GET", callback.Replace(state, state[..^1] + (state[^1] == 'A' ? 'B' : 'A'), StringComparison.Ordinal), null, "")).Status);
        Assert.Equal(400, (await _platform.SendAsync("GET", callback + "&state=" + state, null, "")).Status);
        Assert.Equal(200, (await _platform.SendAsync("GET", callback, null, "")).Status);
    }

    [Fact]
    public async Task A_refused_consent_is_told_and_escaped()
    {
        _server.Denies = true;

        var page = await _platform.SendAsync("GET", await ConsentAsync(), null, "");

        Assert.Equal(400, page.Status);
        Assert.Contains("access_denied (&lt;b&gt;no&lt;/b&gt;)", page.Text, StringComparison.Ordinal);
        Assert.Equal("reauthorize", await StatusAsync());
    }

    [Fact]
    public async Task A_code_of_another_flow_fails_at_the_challenge()
    {
        var (first, second) = (await ConsentAsync(), await ConsentAsync());
        var code = HttpUtility.ParseQueryString(new Uri("http://x" + second).Query)["code"]!;
        var mixed = first[..first.IndexOf("code=", StringComparison.Ordinal)] + "code=" + code + first[first.IndexOf('&', StringComparison.Ordinal)..];

        var page = await _platform.SendAsync("GET", mixed, null, "");

        Assert.Equal(400, page.Status);
        Assert.Contains("invalid_grant", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(code, page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_changed_the_client_meanwhile_gets_no_tokens()
    {
        var callback = await ConsentAsync();
        var put = await _platform.SendAsync("PUT", $"/api/v1/credentials/{_id}", Body(clientId: "another"));

        Assert.Equal(200, put.Status);
        Assert.Equal(400, (await _platform.SendAsync("GET", callback, null, "")).Status);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_revoked_key_completes_nothing()
    {
        var key = await _platform.PostAsync("/api/v1/api-keys", """{"name":"k","scopes":["*"]}""");
        var url = (await _platform.SendAsync("GET", $"/api/v1/credentials/{_id}/oauth2/authorize", null, key.Body["key"].AsString)).Body["url"].AsString!;
        var callback = await FollowAsync(url);
        await _platform.SendAsync("DELETE", $"/api/v1/api-keys/{key.Body["id"].AsString}");

        Assert.Equal(400, (await _platform.SendAsync("GET", callback, null, "")).Status);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Only_who_may_change_a_credential_may_authorise_it()
    {
        var reader = await _platform.KeyAsync("credential:read", "credential:use");
        var stranger = await _platform.KeyAsync("credential:write");

        Assert.Equal(403, (await _platform.SendAsync("GET", $"/api/v1/credentials/{_id}/oauth2/authorize", null, reader)).Status);
        Assert.Equal(404, (await _platform.SendAsync("GET", $"/api/v1/credentials/{_id}/oauth2/authorize", null, stranger)).Status);
        Assert.Equal(401, (await _platform.SendAsync("GET", $"/api/v1/credentials/{_id}/oauth2/authorize", null, "")).Status);
    }

    [Fact]
    public async Task A_type_without_consent_has_nothing_to_authorise()
    {
        var id = (await _platform.PostAsync("/api/v1/credentials", """{"name":"b","type":"bearer","data":{"token":"t-123456"}}""")).Body["id"].AsString;

        Assert.Equal(409, (await _platform.SendAsync("GET", $"/api/v1/credentials/{id}/oauth2/authorize")).Status);
        Assert.Equal("ok", (await _platform.GetAsync($"/api/v1/credentials/{id}")).Body["status"].AsString);
    }

    [Theory]
    [InlineData("authorizeUrl", "\"javascript:alert(1)\"")]
    [InlineData("tokenUrl", "\"ftp://x\"")]
    [InlineData("extraParameters/state", "{\"state\":\"mine\"}", "extraParameters")]
    [InlineData("extraParameters/redirect_uri", "{\"redirect_uri\":\"https://evil\"}", "extraParameters")]
    [InlineData("extraParameters/x", "{\"x\":5}", "extraParameters")]
    public async Task Fields_that_would_lead_astray_are_refused(string pointer, string value, string? field = null)
    {
        var body = JsonText.Parse(Body()).AsObject!.Copy();
        body.Set("data", body["data"].AsObject!.Copy().Set(field ?? pointer, JsonText.Parse(value)));

        var answer = await _platform.PostAsync("/api/v1/credentials", JsonText.Write(body));

        Assert.Equal((400, false), (answer.Status, answer.Details[$"/data/{pointer}"].IsUndefined));
    }

    [Fact]
    public async Task Deleting_a_credential_deletes_its_tokens()
    {
        await _platform.SendAsync("GET", await ConsentAsync(), null, "");
        Assert.Equal(204, (await _platform.SendAsync("DELETE", $"/api/v1/credentials/{_id}")).Status);

        Assert.Equal(0, _platform.Secrets.Count);
        Assert.DoesNotContain("generation", _platform.Store.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_before_the_consent_says_where_to_give_it()
    {
        var test = (await _platform.PostAsync($"/api/v1/credentials/{_id}/test")).Body;

        Assert.False(test["ok"].AsBoolean);
        Assert.Contains($"https://flows.example.com/api/v1/credentials/{_id}/oauth2/authorize", test["message"].AsString, StringComparison.Ordinal);
    }

    private Task<TestAnswer> BeginAsync() => _platform.GetAsync($"/api/v1/credentials/{_id}/oauth2/authorize");

    private async Task<string?> StatusAsync() => (await _platform.GetAsync($"/api/v1/credentials/{_id}")).Body["status"].AsString;

    /// <summary>Begins, lets the user consent, and returns where the browser is sent back to.</summary>
    private async Task<string> ConsentAsync() => await FollowAsync((await BeginAsync()).Body["url"].AsString!);

    private static async Task<string> FollowAsync(string url)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await browser.GetAsync(new Uri(url));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return answer.Headers.Location!.PathAndQuery;
    }

    private string Body(string clientId = AuthorizationServer.ClientId) => $$$"""
        {"name":"Shop <1>","type":"oauth2_authorization_code","data":{"authorizeUrl":"{{{_server.Url}}}/authorize?x=1","tokenUrl":"{{{_server.Url}}}/token","clientId":"{{{clientId}}}",
         "clientSecret":"{{{AuthorizationServer.ClientSecret}}}","scope":"a b","extraParameters":{"access_type":"offline"} } }
        """;
}
