using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract.Credentials;

/// <summary>Credentials in workflows: what activation finds, who may use them, and what becomes of them in executions.</summary>
public sealed class CredentialUseScenarios(CredentialServer world) : IClassFixture<CredentialServer>
{
    [Fact]
    public async Task A_node_sends_its_credential_and_the_execution_does_not_show_it()
    {
        var id = await world.BearerAsync();
        var workflow = await world.Server.ActivateAsync(world.Workflow(id));

        var ended = await world.RunAsync(workflow, "api");
        var (_, history, _) = await world.Server.SendAsync("GET", $"/api/v1/executions/{ended["id"].AsString}/history");

        Assert.Equal("Bearer ***", ended["output"].AsArray![0]["json"]["authorization"].AsString);
        Assert.DoesNotContain("s3cret-token", history.ToString(), StringComparison.Ordinal);
        Assert.True((await world.Server.SendAsync("GET", $"/api/v1/credentials/{id}")).Body["lastUsedAt"].IsString);
    }

    [Theory]
    [InlineData("", "nope", "UNKNOWN_CREDENTIAL", "/nodes/1/credentials/auth", "auth", "", "http_request")]
    [InlineData("", null, "UNKNOWN_CREDENTIAL_SLOT", "/nodes/1/credentials/atuh", "atuh", "", "http_request")]
    [InlineData("", null, "CREDENTIAL_TYPE", "/nodes/1/parameters/authentication", "auth", ""","authentication":"basic" """, "http_request")]
    [InlineData("", null, "CREDENTIAL_TYPE", "/nodes/1/credentials/auth", "auth", "", "set_variable")]
    [InlineData(""","allowedHosts":["api.example.com"]""", null, "CREDENTIAL_NOT_ALLOWED", "/nodes/1/parameters/url", "auth", "", "http_request")]
    [InlineData(""","allowedNodeTypes":["webhook"]""", null, "CREDENTIAL_NOT_ALLOWED", "/nodes/1/credentials/auth", "auth", "", "http_request")]
    public async Task Validation_finds_a_credential_that_cannot_be_used(string more, string? id, string code, string pointer, string slot, string parameters, string type)
    {
        var workflow = world.Workflow(id ?? await world.BearerAsync(more), slot: slot, parameters: parameters, type: type);

        var (_, found, _) = await world.Server.SendAsync("POST", "/api/v1/workflows/validate", workflow);

        var error = Assert.Single(found["errors"].AsArray!, e => e["code"].AsString == code);
        Assert.Equal((pointer, "call"), (error["pointer"].AsString, error["nodeId"].AsString));
    }

    [Fact]
    public async Task A_credential_of_another_kind_is_found_at_activation()
    {
        var id = await world.CredentialAsync("redis", """{"host":"redis.example","password":"p4ssword"}""");
        var (_, saved, _) = await world.Server.SendAsync("POST", "/api/v1/workflows", world.Workflow(id));

        var (status, answer, _) = await world.Server.SendAsync("POST", $"/api/v1/workflows/{saved["id"].AsString}/activate");

        Assert.Equal(400, status);
        Assert.Contains("does not take the credential 'Shop' of the type 'redis'", answer["error"]["details"]["/nodes/1/credentials/auth"].AsArray![0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_only_known_when_it_runs_is_checked_then()
    {
        var id = await world.BearerAsync(""","allowedHosts":["api.example.com"]""");
        var workflow = await world.Server.ActivateAsync(world.Workflow(id, url: $"{{{{ '{world.Target.Url}' }}}}/x"));

        var ended = await world.RunAsync(workflow, "api");

        Assert.Equal("error CREDENTIAL_NOT_ALLOWED call", $"{ended["status"].AsString} {ended["error"]["code"].AsString} {ended["error"]["nodeId"].AsString}");
    }

    [Fact]
    public async Task A_credential_that_was_deleted_fails_its_node()
    {
        var id = await world.BearerAsync();
        var workflow = await world.Server.ActivateAsync(world.Workflow(id));
        await world.Server.SendAsync("DELETE", $"/api/v1/credentials/{id}?force=true");

        var ended = await world.RunAsync(workflow, "api");

        Assert.Equal("error CREDENTIAL_NOT_FOUND", $"{ended["status"].AsString} {ended["error"]["code"].AsString}");
    }

    [Fact]
    public async Task Only_whoever_may_use_a_credential_activates_or_runs_a_workflow_with_it()
    {
        var (key, principal) = await world.KeyAsync("workflow:*", "credential:use", "credential:read");
        var id = await world.BearerAsync(""","allowedHosts":["127.0.0.1"]""");
        var (_, saved) = await world.AsAsync(key, "POST", "/api/v1/workflows", world.Workflow(id));
        var (activate, run) = ($"/api/v1/workflows/{saved["id"].AsString}/activate", $"/api/v1/workflows/{saved["id"].AsString}/execute");

        var refused = await world.AsAsync(key, "POST", activate);
        var refusedRun = await world.AsAsync(key, "POST", run, """{"mode":"manual","wait":true}""");
        await world.Server.SendAsync("PUT", $"/api/v1/credentials/{id}/shares/{principal}", """{"permission":"use"}""");
        var permitted = await world.AsAsync(key, "POST", activate);

        Assert.Equal((400, 400, 200), (refused.Status, refusedRun.Status, permitted.Status));
        Assert.Contains("is not shared with you", refused.Body["error"]["details"]["/nodes/1/credentials/auth"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_activated_goes_on_when_a_share_is_taken_away()
    {
        var (key, principal) = await world.KeyAsync("workflow:*", "credential:use");
        var id = await world.BearerAsync(""","allowedHosts":["127.0.0.1"]""");
        await world.Server.SendAsync("PUT", $"/api/v1/credentials/{id}/shares/{principal}", """{"permission":"use"}""");
        var (_, saved) = await world.AsAsync(key, "POST", "/api/v1/workflows", world.Workflow(id));
        await world.AsAsync(key, "POST", $"/api/v1/workflows/{saved["id"].AsString}/activate");

        await world.Server.SendAsync("DELETE", $"/api/v1/credentials/{id}/shares/{principal}");
        var (status, ended) = await world.AsAsync(key, "POST", $"/api/v1/workflows/{saved["id"].AsString}/execute", """{"mode":"api","wait":true}""");

        Assert.Equal((200, "success"), (status, ended["status"].AsString));
    }

    [Fact]
    public async Task Only_whoever_may_use_a_credential_retries_what_was_never_activated()
    {
        var (key, _) = await world.KeyAsync("workflow:*", "execution:*", "credential:use");
        var (_, saved, _) = await world.Server.SendAsync("POST", "/api/v1/workflows", world.Workflow(await world.BearerAsync()));
        var ended = await world.RunAsync(saved["id"].AsString!);
        var retry = $"/api/v1/executions/{ended["id"].AsString}/retry";

        var refused = await world.AsAsync(key, "POST", retry, """{"from":"start"}""");
        var (permitted, _, _) = await world.Server.SendAsync("POST", retry, """{"from":"start"}""");

        Assert.Equal((400, 202), (refused.Status, permitted));
        Assert.Contains("is not shared with you", refused.Body["error"]["message"].AsString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_active_may_be_run_by_hand_without_a_right_to_its_credentials()
    {
        var (key, _) = await world.KeyAsync("workflow:execute");
        var workflow = await world.Server.ActivateAsync(world.Workflow(await world.BearerAsync()));

        var (status, ended) = await world.AsAsync(key, "POST", $"/api/v1/workflows/{workflow}/execute", """{"mode":"manual","wait":true}""");

        Assert.Equal((200, "success"), (status, ended["status"].AsString));
    }

    [Fact]
    public async Task A_credential_for_requests_is_shared_only_with_allowed_hosts()
    {
        var id = await world.BearerAsync();

        var (status, answer, _) = await world.Server.SendAsync("PUT", $"/api/v1/credentials/{id}/shares/apikey:someone", """{"permission":"use"}""");

        Assert.Equal(409, status);
        Assert.Contains("allowedHosts", answer["error"]["message"].AsString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_it_is_shared_with_sees_it_and_changes_it_only_with_edit()
    {
        var (key, principal) = await world.KeyAsync("credential:read", "credential:write", "credential:use");
        var id = await world.BearerAsync(""","allowedHosts":["127.0.0.1"]""");
        var path = $"/api/v1/credentials/{id}";
        const string change = """{"name":"Mine now","type":"bearer","data":{},"allowedHosts":["127.0.0.1"]}""";

        var unseen = await world.AsAsync(key, "GET", path);
        await world.Server.SendAsync("PUT", $"{path}/shares/{principal}", """{"permission":"use"}""");
        var (seen, refused) = (await world.AsAsync(key, "GET", path), await world.AsAsync(key, "PUT", path, change));
        await world.Server.SendAsync("PUT", $"{path}/shares/{principal}", """{"permission":"edit"}""");
        var changed = await world.AsAsync(key, "PUT", path, change);

        Assert.Equal((404, 200, 403, 200), (unseen.Status, seen.Status, refused.Status, changed.Status));
    }

    [Fact]
    public async Task Shares_are_listed_read_and_taken_away()
    {
        var path = $"/api/v1/credentials/{await world.BearerAsync(""","allowedHosts":["127.0.0.1"]""")}/shares";
        await world.Server.SendAsync("PUT", $"{path}/apikey:a", """{"permission":"use"}""");
        await world.Server.SendAsync("PUT", $"{path}/everyone", """{"permission":"edit"}""");

        var (_, listed, _) = await world.Server.SendAsync("GET", path);
        var (_, one, _) = await world.Server.SendAsync("GET", $"{path}/everyone");
        var (removed, _, _) = await world.Server.SendAsync("DELETE", $"{path}/everyone");

        Assert.Equal("""[{"principal":"apikey:a","permission":"use"},{"principal":"everyone","permission":"edit"}]""", listed["items"].ToString());
        Assert.Equal(("edit", 204, 404, 404), (one["permission"].AsString, removed, (await world.Server.SendAsync("GET", $"{path}/everyone")).Status, (await world.Server.SendAsync("DELETE", $"{path}/everyone")).Status));
    }

    [Theory]
    [InlineData("nobody", """{"permission":"use"}""", "principal")]
    [InlineData("apikey:a", """{"permission":"own"}""", "/permission")]
    [InlineData("apikey:a", "{}", "/permission")]
    public async Task A_share_that_cannot_be_meant_is_refused(string principal, string body, string pointer)
    {
        var id = await world.BearerAsync(""","allowedHosts":["127.0.0.1"]""");

        var (status, answer, _) = await world.Server.SendAsync("PUT", $"/api/v1/credentials/{id}/shares/{principal}", body);

        Assert.Equal(400, status);
        Assert.True(answer["error"]["details"].AsObject!.Contains(pointer), answer.ToString());
    }

    [Theory]
    [InlineData("GET", "/api/v1/credentials", "credential:read")]
    [InlineData("GET", "/api/v1/credentials/types", "credential:read")]
    [InlineData("POST", "/api/v1/credentials", "credential:write")]
    [InlineData("POST", "/api/v1/credentials/x/test", "credential:use")]
    [InlineData("POST", "/api/v1/credentials/x/rotate", "credential:write")]
    [InlineData("DELETE", "/api/v1/credentials/x", "credential:delete")]
    public async Task Each_right_has_its_permission(string method, string path, string permission)
    {
        var (key, _) = await world.KeyAsync("workflow:*");

        var (status, answer) = await world.AsAsync(key, method, path, method == "POST" ? "{}" : null);

        Assert.Equal(403, status);
        Assert.Contains(permission, answer["error"]["message"].AsString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_shows_only_what_the_caller_may_use()
    {
        var (key, principal) = await world.KeyAsync("credential:read");
        await world.BearerAsync();
        var shared = await world.BearerAsync(""","allowedHosts":["127.0.0.1"]""");
        await world.Server.SendAsync("PUT", $"/api/v1/credentials/{shared}/shares/{principal}", """{"permission":"use"}""");

        var (_, listed) = await world.AsAsync(key, "GET", "/api/v1/credentials?type=bearer");

        Assert.Contains(listed["items"].AsArray!, c => c["id"].AsString == shared);
        Assert.All(listed["items"].AsArray!, c => Assert.NotEqual("[]", c["allowedHosts"].ToString()));
    }
}
