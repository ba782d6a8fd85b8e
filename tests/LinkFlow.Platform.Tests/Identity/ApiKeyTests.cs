namespace LinkFlow.Platform.Tests.Identity;

public sealed class ApiKeyTests
{
    [Theory]
    [InlineData("GET", "/api/v1/workflows")]
    [InlineData("POST", "/api/v1/workflows")]
    [InlineData("GET", "/api/v1/executions")]
    [InlineData("GET", "/api/v1/nodes")]
    [InlineData("GET", "/api/v1/webhooks")]
    [InlineData("GET", "/api/v1/api-keys")]
    [InlineData("GET", "/metrics")]
    public async Task Without_a_key_there_is_no_way_in(string method, string path)
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.SendAsync(method, path, null, key: "");

        Assert.Equal((401, "UNAUTHORIZED"), (answer.Status, answer.Code));
        Assert.NotNull(answer.Header("WWW-Authenticate"));
    }

    [Theory]
    [InlineData("lf_unknown")]
    [InlineData("x")]
    public async Task An_unknown_key_is_401(string key)
    {
        await using var platform = await TestPlatform.StartAsync();

        Assert.Equal(401, (await platform.SendAsync("GET", "/api/v1/workflows", null, key)).Status);
    }

    [Fact]
    public async Task Both_headers_take_a_key_and_another_scheme_is_401()
    {
        await using var platform = await TestPlatform.StartAsync();

        Assert.Equal(200, (await platform.SendAsync("GET", "/api/v1/workflows", null, "", $"X-API-Key: {TestPlatform.OwnerKey}")).Status);
        Assert.Equal(401, (await platform.SendAsync("GET", "/api/v1/workflows", null, "", "Authorization: Basic dTpw")).Status);
        Assert.Equal(401, (await platform.SendAsync("GET", $"/api/v1/workflows?api_key={TestPlatform.OwnerKey}", null, "")).Status);
    }

    [Fact]
    public async Task A_key_is_shown_once_and_stored_hashed()
    {
        await using var platform = await TestPlatform.StartAsync();

        var made = await platform.PostAsync("/api/v1/api-keys", """{"name":"ci","scopes":["workflow:read"]}""");
        var key = made.Body["key"].AsString!;
        var shown = await platform.GetAsync($"/api/v1/api-keys/{made.Body["id"].AsString}");

        Assert.Matches("^lf_[A-Za-z0-9_-]{43}$", key);
        Assert.StartsWith(made.Body["prefix"].AsString!, key, StringComparison.Ordinal);
        Assert.True(shown.Body["key"].IsUndefined && shown.Body["hash"].IsUndefined);
        Assert.DoesNotContain(key, platform.Store.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_scopes_do_not_give_is_403_and_named()
    {
        await using var platform = await TestPlatform.StartAsync();
        var key = await platform.KeyAsync("workflow:read");

        var answer = await platform.SendAsync("POST", "/api/v1/workflows", Examples.Minimal, key);

        Assert.Equal((403, "FORBIDDEN"), (answer.Status, answer.Code));
        Assert.Contains("workflow:write", answer.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await platform.SendAsync("GET", "/api/v1/workflows", null, key)).Status);
    }

    [Theory]
    [InlineData("workflow:*", "workflow:read", 201)]
    [InlineData("*", "*", 201)]
    [InlineData("workflow:*", "*", 403)]
    [InlineData("workflow:read", "workflow:*", 403)]
    [InlineData("workflow:read", "execution:read", 403)]
    public async Task A_key_makes_keys_within_its_own_scopes(string own, string wanted, int status)
    {
        await using var platform = await TestPlatform.StartAsync();
        var creator = await platform.KeyAsync(own == "*" ? ["*"] : [own, "apikey:write"]);

        Assert.Equal(status, (await platform.SendAsync("POST", "/api/v1/api-keys", $$"""{"name":"k","scopes":["{{wanted}}"]}""", creator)).Status);
    }

    [Fact]
    public async Task A_revoked_key_is_401_at_once()
    {
        await using var platform = await TestPlatform.StartAsync();
        var made = (await platform.PostAsync("/api/v1/api-keys", """{"name":"ci"}""")).Body;
        var key = made["key"].AsString!;
        Assert.Equal(200, (await platform.SendAsync("GET", "/api/v1/workflows", null, key)).Status);

        Assert.Equal(204, (await platform.SendAsync("DELETE", $"/api/v1/api-keys/{made["id"].AsString}")).Status);

        Assert.Equal(401, (await platform.SendAsync("GET", "/api/v1/workflows", null, key)).Status);
    }

    [Fact]
    public async Task The_owners_key_can_be_revoked_too_and_never_comes_back()
    {
        await using var platform = await TestPlatform.StartAsync();
        var other = await platform.KeyAsync("*");
        var owner = (await platform.GetAsync("/api/v1/api-keys")).Body["items"].AsArray!.Single(k => k["name"].AsString == "Owner")["id"].AsString;
        await platform.SendAsync("DELETE", $"/api/v1/api-keys/{owner}");

        var isFirst = await new LinkFlow.Platform.Identity.FirstStart(platform.Store, platform.Clock).RunAsync(TestPlatform.OwnerKey, (_, _) => Task.CompletedTask, default);

        Assert.False(isFirst);
        Assert.Equal(401, (await platform.GetAsync("/api/v1/workflows")).Status);
        Assert.Equal(200, (await platform.SendAsync("GET", "/api/v1/workflows", null, other)).Status);
    }

    [Fact]
    public async Task An_expired_key_is_401()
    {
        await using var platform = await TestPlatform.StartAsync();
        var end = LinkFlow.Platform.Http.Rfc3339.Write(platform.Clock.GetUtcNow().AddHours(1));
        var key = (await platform.PostAsync("/api/v1/api-keys", $$"""{"name":"ci","expiresAt":"{{end}}"}""")).Body["key"].AsString;
        Assert.Equal(200, (await platform.SendAsync("GET", "/api/v1/workflows", null, key)).Status);

        platform.Clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal(401, (await platform.SendAsync("GET", "/api/v1/workflows", null, key)).Status);
    }

    [Theory]
    [InlineData("""{}""", "/name")]
    [InlineData("""{"name":"a\u0007b"}""", "/name")]
    [InlineData("""{"name":"k","scopes":["workflow:raed"]}""", "/scopes/0")]
    [InlineData("""{"name":"k","ipAllowList":["nowhere"]}""", "/ipAllowList/0")]
    [InlineData("""{"name":"k","expiresAt":"soon"}""", "/expiresAt")]
    [InlineData("""{"name":"k","expiresAt":"2001-01-01T00:00:00Z"}""", "/expiresAt")]
    public async Task A_bad_request_for_a_key_is_told_where(string body, string pointer)
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.PostAsync("/api/v1/api-keys", body);

        Assert.Equal(400, answer.Status);
        Assert.True(answer.Details[pointer].IsArray, answer.Text);
    }

    [Fact]
    public async Task A_key_bound_to_addresses_is_403_from_elsewhere()
    {
        await using var platform = await TestPlatform.StartAsync();
        var key = (await platform.PostAsync("/api/v1/api-keys", """{"name":"k","ipAllowList":["10.0.0.0/8"]}""")).Body["key"].AsString;

        Assert.Equal(403, (await platform.SendAsync("GET", "/api/v1/workflows", null, key)).Status);
    }

    [Fact]
    public async Task The_last_use_is_shown_coarsely_and_changes_no_ETag()
    {
        await using var platform = await TestPlatform.StartAsync();
        var made = (await platform.PostAsync("/api/v1/api-keys", """{"name":"ci"}""")).Body;
        var path = $"/api/v1/api-keys/{made["id"].AsString}";
        var before = await platform.GetAsync(path);
        await platform.SendAsync("GET", "/api/v1/workflows", null, made["key"].AsString);

        var after = await platform.GetAsync(path);

        Assert.True(before.Body["lastUsedAt"].IsNull);
        Assert.EndsWith(":00.000Z", after.Body["lastUsedAt"].AsString, StringComparison.Ordinal);
        Assert.Equal(before.Header("ETag"), after.Header("ETag"));
    }
}
