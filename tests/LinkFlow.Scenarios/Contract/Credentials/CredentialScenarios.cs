using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract.Credentials;

/// <summary><c>/credentials</c> over HTTP, against the whole server.</summary>
public sealed class CredentialScenarios(CredentialServer world) : IClassFixture<CredentialServer>
{
    private const string Base = "/api/v1/credentials";

    [Fact]
    public async Task A_credential_is_created_and_shown_without_its_secrets()
    {
        var (status, saved, headers) = await world.Server.SendAsync("POST", Base, """{"name":"Shop","type":"basic","data":{"username":"me","password":"s3cret-pass"},"allowedHosts":["API.example.com"]}""");

        Assert.Equal((201, $"{Base}/{saved["id"].AsString}", "\"1\""), (status, headers.Location!.ToString(), headers.ETag!.Tag));
        Assert.Equal("""{"username":"me","password":null}""", saved["data"].ToString());
        Assert.Equal("""["password"] ["api.example.com"] [] null 1""", $"{saved["secretSet"]} {saved["allowedHosts"]} {saved["warnings"]} {saved["lastUsedAt"]} {saved["version"]}");
        Assert.DoesNotContain("s3cret-pass", (await world.Server.SendAsync("GET", $"{Base}/{saved["id"].AsString}")).Body.ToString() + saved, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_PUT_takes_what_GET_gave_and_keeps_the_secrets()
    {
        var id = await world.BearerAsync();
        var (_, shown, headers) = await world.Server.SendAsync("GET", $"{Base}/{id}");

        var (status, saved, _) = await world.Server.SendAsync("PUT", $"{Base}/{id}", JsonText.Write(shown.AsObject!.Copy().Set("name", "Renamed")), ("If-Match", headers.ETag!.Tag));
        var ended = await world.RunAsync(await WorkflowAsync(id));

        Assert.Equal((200, "Renamed", 2, """["token"]"""), (status, saved["name"].AsString, (int)saved["version"].AsNumber, saved["secretSet"].ToString()));
        Assert.Equal("success", ended["status"].AsString);
        Assert.Contains("Bearer s3cret-token", world.Target.Authorizations);
    }

    [Theory]
    [InlineData("bearer", """{"token":"t0ken-123"}""", """{"token":null}""", ""","allowedHosts":["evil.example"]""", "/data/token", "'allowedHosts' changed")]
    [InlineData("bearer", """{"token":"t0ken-123"}""", """{"testUrl":"https://evil.example/"}""", "", "/data/token", "'testUrl' changed")]
    [InlineData("database", """{"host":"db.example","database":"d","username":"u","password":"t0ken-123"}""", """{"host":"evil.example","database":"d","username":"u"}""", "", "/data/password", "'host' changed")]
    [InlineData("azure", """{"tenantId":"t","clientId":"c","clientSecret":"t0ken-123"}""", """{"tenantId":"t","clientId":"c","authority":"https://evil.example"}""", "", "/data/clientSecret", "'authority' changed")]
    [InlineData("custom", """{"fields":[{"name":"a","value":"t0ken-123"}]}""", """{"fields":[{"name":"a","value":null}],"testUrl":"https://evil.example/"}""", "", "/data/fields/0/value", "'testUrl' changed")]
    public async Task Where_secrets_go_changes_only_with_the_secrets(string type, string data, string changed, string more, string pointer, string message)
    {
        var id = await world.CredentialAsync(type, data);

        var (status, answer, _) = await world.Server.SendAsync("PUT", $"{Base}/{id}", $$"""{"name":"Shop","type":"{{type}}","data":{{changed}}{{more}}}""");

        Assert.Equal(400, status);
        Assert.Contains(message, answer["error"]["details"][pointer].AsArray![0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"basic","data":{}}""", "/name", "missing")]
    [InlineData("""{"name":"x","type":"basci","data":{}}""", "/type", "Did you mean 'basic'?")]
    [InlineData("""{"name":"x","data":{}}""", "/type", "missing")]
    [InlineData("""{"name":"x","type":"basic","data":{"username":"a"}}""", "/data", "'password' is missing")]
    [InlineData("""{"name":"x","type":"basic","data":{"usrname":"a","password":"b"}}""", "/data/usrname", "Did you mean 'username'?")]
    [InlineData("""{"name":"x","type":"basic","data":"hunter2-hunter2"}""", "/data", "an object is expected")]
    [InlineData("""{"name":"x","type":"bearer","data":{"token":{"a":"hunter2-hunter2"}}}""", "/data/token", "must be a string")]
    [InlineData("""{"name":"x","type":"bearer","data":{"token":"{{ hunter2-hunter2 + }}"}}""", "/data/token", "not of the language")]
    [InlineData("""{"name":"x","type":"jwt","data":{"algorithm":"RS256","secret":"hunter2-hunter2"}}""", "/data/publicKey", "needs either")]
    [InlineData("""{"name":"x","type":"bearer","data":{"token":"t"},"allowedHosts":["https://a.b"]}""", "/allowedHosts/0", "is no host")]
    [InlineData("""{"name":"x","type":"bearer","data":{"token":"t"},"allowedNodeTypes":["http_requets"]}""", "/allowedNodeTypes/0", "Did you mean 'http_request'?")]
    [InlineData("""{"name":"x","type":"bearer","data":{"token":"t"},"expiresAt":"2020-01-01T00:00:00Z"}""", "/expiresAt", "in the past")]
    [InlineData("""{"name":"x","type":"bearer","data":{"token":"t"},"expiresAt":"soon"}""", "/expiresAt", "RFC 3339")]
    [InlineData("""{"name":"x","type":"bearer","data":{"token":"t"},"alowedHosts":[]}""", "/alowedHosts", "Did you mean 'allowedHosts'?")]
    [InlineData("""{"name":"a\u0007","type":"bearer","data":{"token":"t"}}""", "/name", "control character")]
    public async Task Bad_input_is_told_by_its_place_and_without_what_was_sent(string body, string pointer, string message)
    {
        var (status, answer, _) = await world.Server.SendAsync("POST", Base, body);

        Assert.Equal(400, status);
        Assert.Contains(message, answer["error"]["details"][pointer].ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_that_are_too_short_to_be_hidden_draw_a_warning()
    {
        var (_, saved, _) = await world.Server.SendAsync("POST", Base, """{"name":"x","type":"bearer","data":{"token":"12345"}}""");

        Assert.Contains("'token' has fewer than 6 characters", saved["warnings"].AsArray![0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_have_a_bound_together()
    {
        var (status, answer, _) = await world.Server.SendAsync("POST", Base, $$$"""{"name":"x","type":"aws","data":{"accessKeyId":"a","secretAccessKey":"b","sessionToken":"{{{new string('é', 16_000)}}}"}}""");

        Assert.Equal(400, status);
        Assert.Contains("at most 20480", answer["error"]["message"].AsString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_fields_have_a_bound_together()
    {
        var claims = string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"\"c{i}\":\"{new string('x', 100)}\""));

        var (status, answer, _) = await world.Server.SendAsync("POST", Base, """{"name":"x","type":"jwt","data":{"secret":"0123456789","claims":{""" + claims + "}}}");

        Assert.Equal(400, status);
        Assert.Contains("at most 65536", answer["error"]["details"]["/data"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Types_come_with_the_schema_of_their_data()
    {
        var (status, answer, _) = await world.Server.SendAsync("GET", $"{Base}/types");

        var basic = answer["items"].AsArray!.Single(t => t["type"].AsString == "basic");
        Assert.Equal((200, "true", """["password"]"""), (status, basic["schema"]["properties"]["password"]["writeOnly"].ToString(), basic["secretFields"].ToString()));
        Assert.Superset(new HashSet<string?> { "basic", "bearer", "api_key", "hmac", "jwt", "database", "redis", "smtp", "ssh", "aws", "azure", "custom" }, answer["items"].AsArray!.Select(t => t["type"].AsString).ToHashSet());
    }

    [Fact]
    public async Task A_repeat_of_a_POST_gets_the_first_answer_and_makes_nothing()
    {
        const string body = """{"name":"Once","type":"bearer","data":{"token":"s3cret-idempotent"}}""";
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());

        var (_, first, _) = await world.Server.SendAsync("POST", Base, body, key);
        var (status, second, _) = await world.Server.SendAsync("POST", Base, body, key);
        var (other, _, _) = await world.Server.SendAsync("POST", Base, body.Replace("Once", "Twice", StringComparison.Ordinal), key);

        Assert.Equal((201, 409, first["id"].AsString), (status, other, second["id"].AsString));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task A_change_of_what_someone_else_changed_is_refused(string method)
    {
        var id = await world.BearerAsync();

        var (status, _, _) = await world.Server.SendAsync(method, $"{Base}/{id}", """{"name":"x","type":"bearer","data":{}}""", ("If-Match", "\"7\""));

        Assert.Equal(412, status);
    }

    [Fact]
    public async Task A_rotation_replaces_secrets_and_nothing_else()
    {
        var id = await world.BearerAsync(token: "s3cret-before");

        var (status, rotated, _) = await world.Server.SendAsync("POST", $"{Base}/{id}/rotate", """{"data":{"token":"s3cret-after"},"expiresAt":"2099-01-01T00:00:00Z"}""");
        await world.RunAsync(await WorkflowAsync(id));

        Assert.Equal((200, 2, "2099-01-01T00:00:00.000Z"), (status, (int)rotated["version"].AsNumber, rotated["expiresAt"].AsString));
        Assert.Contains("Bearer s3cret-after", world.Target.Authorizations);
        Assert.DoesNotContain("Bearer s3cret-before", world.Target.Authorizations);
    }

    [Theory]
    [InlineData("{}", "/data")]
    [InlineData("""{"data":{}}""", "/data")]
    [InlineData("""{"data":{"testUrl":"https://evil.example"}}""", "/data/testUrl")]
    [InlineData("""{"data":{"token":null}}""", "/data/token")]
    [InlineData("""{"data":{"token":"t"},"expiresAt":"2001-01-01T00:00:00Z"}""", "/expiresAt")]
    public async Task A_rotation_takes_secrets_only(string body, string pointer)
    {
        var (status, answer, _) = await world.Server.SendAsync("POST", $"{Base}/{await world.BearerAsync()}/rotate", body);

        Assert.Equal(400, status);
        Assert.True(answer["error"]["details"].AsObject!.Contains(pointer), answer.ToString());
    }

    [Theory]
    [InlineData("s3cret-token", true)]
    [InlineData("wrong-token", false)]
    public async Task A_test_really_tries(string token, bool ok)
    {
        var id = await world.CredentialAsync("bearer", $$"""{"token":"{{token}}","testUrl":"{{world.Target.Url}}/me"}""");

        var (status, test, _) = await world.Server.SendAsync("POST", $"{Base}/{id}/test");

        Assert.Equal((200, ok, true), (status, test["ok"].AsBoolean, test["tried"].AsBoolean));
        Assert.Contains($"{world.Target.Url}/me was answered", test["message"].AsString, StringComparison.Ordinal);
        Assert.True(test["latencyMs"].IsNumber);
    }

    [Fact]
    public async Task Tests_are_not_for_guessing()
    {
        var id = await world.BearerAsync();
        var statuses = new List<int>();

        for (var i = 0; i < 11; i++) statuses.Add((await world.Server.SendAsync("POST", $"{Base}/{id}/test")).Status);

        Assert.Equal([.. Enumerable.Repeat(200, 10), 429], statuses);
    }

    [Fact]
    public async Task One_in_use_is_not_deleted_unless_forced()
    {
        var id = await world.BearerAsync();
        var workflow = await WorkflowAsync(id);

        var (usageStatus, usage, _) = await world.Server.SendAsync("GET", $"{Base}/{id}/usage");
        var (refused, why, _) = await world.Server.SendAsync("DELETE", $"{Base}/{id}");
        var (forced, _, _) = await world.Server.SendAsync("DELETE", $"{Base}/{id}?force=true");

        Assert.Equal((200, workflow, "call"), (usageStatus, usage["items"].AsArray![0]["workflowId"].AsString, usage["items"].AsArray![0]["nodes"].AsArray![0]["nodeId"].AsString));
        Assert.Equal((409, 204, 404), (refused, forced, (await world.Server.SendAsync("GET", $"{Base}/{id}")).Status));
        Assert.Contains(workflow, why["error"]["message"].AsString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_sees_the_active_version_behind_the_newest()
    {
        var id = await world.BearerAsync();
        var workflow = await world.Server.ActivateAsync(world.Workflow(id));

        await world.Server.SendAsync("PUT", $"/api/v1/workflows/{workflow}", """{"name":"Calls","nodes":[{"id":"start","type":"start"}],"connections":[]}""");
        var (_, usage, _) = await world.Server.SendAsync("GET", $"{Base}/{id}/usage");

        Assert.Equal("""2 1 {"nodeId":"call","name":"call","type":"http_request","slot":"auth","version":1}""", $"{usage["items"].AsArray![0]["version"]} {usage["items"].AsArray![0]["activeVersion"]} {usage["items"].AsArray![0]["nodes"].AsArray![0]}");
    }

    [Theory]
    [InlineData("GET", "/api/v1/credentials/nope")]
    [InlineData("PUT", "/api/v1/credentials/nope")]
    [InlineData("DELETE", "/api/v1/credentials/nope")]
    [InlineData("POST", "/api/v1/credentials/nope/test")]
    [InlineData("POST", "/api/v1/credentials/nope/rotate")]
    [InlineData("GET", "/api/v1/credentials/nope/usage")]
    [InlineData("GET", "/api/v1/credentials/nope/shares")]
    public async Task What_is_not_there_is_404(string method, string path)
    {
        var (status, _, _) = await world.Server.SendAsync(method, path, method is "PUT" ? """{"name":"x","type":"bearer","data":{"token":"t"}}""" : method is "POST" ? """{"data":{"token":"t"}}""" : null);

        Assert.Equal(404, status);
    }

    private async Task<string> WorkflowAsync(string credentialId) =>
        (await world.Server.SendAsync("POST", "/api/v1/workflows", world.Workflow(credentialId))).Body["id"].AsString!;
}
