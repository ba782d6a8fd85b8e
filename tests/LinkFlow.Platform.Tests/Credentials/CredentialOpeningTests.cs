using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Credentials.Opening;
using LinkFlow.Platform.Credentials.Use;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Platform.Tests.Credentials;

public sealed class CredentialOpeningTests : IAsyncLifetime
{
    private static readonly CredentialUser User = new("workflow", "call", "http_request", CredentialTypes.ForRequests);
    private TestPlatform _platform = null!;

    public async Task InitializeAsync() => _platform = await TestPlatform.StartAsync();

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task A_credential_is_opened_with_its_secrets_and_what_hides_them()
    {
        var id = await CreateAsync("basic", """{"username":"me","password":"s3cret"}""", ""","allowedHosts":["a.example"]""");

        var opened = await OpenAsync(id);

        Assert.Equal("""{"username":"me","password":"s3cret"} a.example s3cret""", $"{Engine.Values.JsonText.Write(opened.Data)} {opened.AllowedHosts[0]} {opened.Secrets[0]}");
        Assert.DoesNotContain("s3cret", opened.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis", """{"host":"h","password":"p4ssword"}""", "", 0, CredentialErrors.WrongType, "It takes basic, bearer")]
    [InlineData("bearer", """{"token":"t0ken-123"}""", ""","expiresAt":"2100-01-01T00:00:00Z"}""", 1, CredentialErrors.Expired, "expired at 2100-01-01")]
    [InlineData("bearer", """{"token":"t0ken-123"}""", ""","allowedNodeTypes":["webhook"]""", 0, CredentialErrors.NotAllowed, "only by nodes of the types webhook")]
    public async Task One_that_may_not_be_used_is_not_opened(string type, string data, string more, int centuries, string code, string message)
    {
        var id = await CreateAsync(type, data, more.TrimEnd('}'));
        _platform.Clock.Advance(TimeSpan.FromDays(36_525L * centuries));

        var thrown = await Assert.ThrowsAsync<NodeException>(() => OpenAsync(id));

        Assert.Equal(code, thrown.Error.Code);
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, _platform.Secrets.Opened);
    }

    [Fact]
    public async Task One_that_is_not_there_is_told_by_its_id() =>
        Assert.Equal(CredentialErrors.NotFound, (await Assert.ThrowsAsync<NodeException>(() => OpenAsync("nope"))).Error.Code);

    [Fact]
    public async Task A_busy_secret_store_is_tried_again_and_a_damaged_one_is_not()
    {
        var id = await CreateAsync("bearer", """{"token":"t0ken-123"}""");

        _platform.Secrets.OpenFault = new StoreUnavailableException("throttled", TimeSpan.FromSeconds(7));
        var busy = (await Assert.ThrowsAsync<NodeException>(() => OpenAsync(id))).Error;
        _platform.Secrets.OpenFault = new SecretUnreadableException("its key is missing");
        var damaged = (await Assert.ThrowsAsync<NodeException>(() => OpenAsync(id))).Error;

        Assert.Equal((CredentialErrors.Unreadable, true, 7_000L), (busy.Code, busy.Transient, busy.RetryAfterMs));
        Assert.Equal((CredentialErrors.Unreadable, false), (damaged.Code, damaged.Transient));
    }

    [Fact]
    public async Task A_rotation_by_another_host_is_noticed_by_the_version_that_is_gone()
    {
        var id = await CreateAsync("bearer", """{"token":"t0ken-123"}""");
        await OpenAsync(id);
        var elsewhere = new CredentialDirectory(_platform.Store, _platform.Clock);
        var keeping = new SecretKeeping(_platform.Secrets, _platform.Store, elsewhere, _platform.Clock, NullLogger<SecretKeeping>.Instance);
        var before = (await elsewhere.FindAsync(Tenants.Default, id, CancellationToken.None))!;

        await keeping.ReplaceAsync(Tenants.Default, id, before.Secret!.Name, """{"token":"t0ken-456"}"""u8.ToArray(), reference => _platform.Store.CommitAsync(
            new UnitOfWork(Tenants.Default).Put(Credential.Type, id, (before with { Secret = reference, Version = 2 }).ToDocument(), new Dictionary<string, string> { ["type"] = "bearer" })), CancellationToken.None);

        Assert.Equal(("t0ken-456", 2), ((await OpenAsync(id)).Data["token"].AsString, (int)(await OpenAsync(id)).Version));
    }

    [Fact]
    public async Task Fields_may_hold_secret_variables_and_custom_headers_the_fields()
    {
        await _platform.PostAsync("/api/v1/variables", """{"name":"KEY","value":"variable-secret","type":"string","scope":"tenant","secret":true}""");
        var id = await CreateAsync("custom", """{"fields":[{"name":"token","value":"{{ $secrets.KEY }}-x"},{"name":"who","value":"me","secret":false}],"headers":{"X-A":"{{ $json.who }}/{{ $json.token }}"}}""");

        var opened = await OpenAsync(id);

        Assert.Equal("me/variable-secret-x", opened.Data["headers"]["X-A"].AsString);
        Assert.Superset(new HashSet<string> { "variable-secret", "variable-secret-x" }, opened.Secrets.ToHashSet());
    }

    [Theory]
    [InlineData("{{ $secrets.MISSING }}", "there is no secret variable 'MISSING'")]
    [InlineData("{{ $json.secret.deeper }}", "failed")]
    [InlineData("{{ 'hunter2' + x.y }}", "failed")]
    public async Task An_expression_that_fails_is_told_without_what_is_written_there(string token, string message)
    {
        var id = await CreateAsync("bearer", $$"""{"token":"{{token}}"}""");

        var thrown = await Assert.ThrowsAsync<NodeException>(() => OpenAsync(id));

        Assert.Equal(CredentialErrors.Invalid, thrown.Error.Code);
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_literal_brace_is_escaped()
    {
        var id = await CreateAsync("bearer", """{"token":"a\\{{b"}""");

        Assert.Equal("a{{b", (await OpenAsync(id)).Data["token"].AsString);
    }

    [Fact]
    public async Task When_it_was_last_used_is_written_down_now_and_then()
    {
        var id = await CreateAsync("bearer", """{"token":"t0ken-123"}""");
        var uses = _platform.Services.GetRequiredService<CredentialUses>();
        await OpenAsync(id);
        var commits = _platform.Store.Commits;

        await uses.SaveAsync(CancellationToken.None);
        await uses.SaveAsync(CancellationToken.None);
        var later = await new CredentialUses(_platform.Store, _platform.Clock).LastAsync(Tenants.Default, id, CancellationToken.None);

        Assert.Equal((commits + 1, await uses.LastAsync(Tenants.Default, id, CancellationToken.None)), (_platform.Store.Commits, later));
        Assert.NotNull(later);
    }

    [Fact]
    public async Task A_use_of_what_was_deleted_is_forgotten()
    {
        var id = await CreateAsync("bearer", """{"token":"t0ken-123"}""");
        await OpenAsync(id);
        await _platform.SendAsync("DELETE", $"/api/v1/credentials/{id}");

        await _platform.Services.GetRequiredService<CredentialUses>().SaveAsync(CancellationToken.None);

        Assert.Null(await _platform.Store.GetAsync(Tenants.Default, CredentialUses.Type, id));
    }

    [Fact]
    public async Task A_tenant_has_as_many_as_it_may_have()
    {
        await using var small = await TestPlatform.StartAsync(o => o.Limits.Credentials = 1);
        await small.PostAsync("/api/v1/credentials", """{"name":"a","type":"bearer","data":{"token":"t"}}""");

        var refused = await small.PostAsync("/api/v1/credentials", """{"name":"b","type":"bearer","data":{"token":"t"}}""");

        Assert.Equal(409, refused.Status);
        Assert.Contains("at most 1", refused.Message, StringComparison.Ordinal);
    }

    private async Task<OpenedCredential> OpenAsync(string id) =>
        await _platform.Services.GetRequiredService<CredentialOpening>().OpenForNodeAsync(Tenants.Default, User, id, CancellationToken.None);

    private async Task<string> CreateAsync(string type, string data, string more = "")
    {
        var answer = await _platform.PostAsync("/api/v1/credentials", $$"""{"name":"Shop","type":"{{type}}","data":{{data}}{{more}}}""");
        return answer.Body["id"].AsString ?? throw new InvalidOperationException(answer.Text);
    }
}
