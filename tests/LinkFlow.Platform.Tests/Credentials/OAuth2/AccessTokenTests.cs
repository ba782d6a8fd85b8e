using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Platform.Credentials.OAuth2;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Credentials.OAuth2;

public sealed class AccessTokenTests : IAsyncLifetime
{
    private TokenHosts _hosts = null!;

    private AuthorizationServer Server => _hosts.Server;

    public async Task InitializeAsync() => _hosts = await TokenHosts.StartAsync();

    public async Task DisposeAsync() => await _hosts.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData(""","authentication":"body","scope":"a b","audience":"x","extraParameters":{"resource":"r"}""")]
    public async Task A_token_is_asked_for_once_for_all_hosts_and_restarts(string more)
    {
        var (first, credential) = (_hosts.Host(), _hosts.Client(more));

        var token = await first.GetAsync(credential, default);

        Assert.Equal([token, token], [await first.GetAsync(credential, default), await _hosts.Host().GetAsync(credential, default)]);
        Assert.Equal(1, Server.Granted);
        if (more.Length > 0) Assert.Equal(("a b", "x", "r"), (Server.Requests[0]["scope"], Server.Requests[0]["audience"], Server.Requests[0]["resource"]));
    }

    [Theory]
    [InlineData(3600, 3539, 3541)]
    [InlineData(300, 269, 271)]
    [InlineData("300", 269, 271)]
    [InlineData("\"x", 3539, 3541)]
    [InlineData(null, 3539, 3541)]
    public async Task A_token_is_replaced_ahead_of_its_end(object? life, int kept, int replaced)
    {
        Server.ExpiresIn = life is "\"x" ? "soon" : life;
        var (tokens, credential) = (_hosts.Host(), _hosts.Client());
        var token = await tokens.GetAsync(credential, default);

        _hosts.Clock.Advance(TimeSpan.FromSeconds(kept));
        Assert.Equal(token, await tokens.GetAsync(credential, default));
        _hosts.Clock.Advance(TimeSpan.FromSeconds(replaced - kept));
        Assert.NotEqual(token, await tokens.GetAsync(credential, default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1e300)]
    public async Task A_strange_life_breaks_nothing(double life)
    {
        Server.ExpiresIn = life;
        var (tokens, credential) = (_hosts.Host(), _hosts.Client());

        Assert.NotNull(await tokens.GetAsync(credential, default));
        Assert.NotNull(await tokens.GetAsync(credential, default));
        Assert.Equal(life > 0 ? 1 : 2, Server.Granted);
    }

    [Fact]
    public async Task Of_many_callers_on_two_hosts_one_asks()
    {
        var credential = await _hosts.ConsentedAsync();
        AccessTokens[] hosts = [_hosts.Host(), _hosts.Host()];
        _hosts.Clock.Advance(TimeSpan.FromHours(2));
        Server.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = Server.Requests.Count;
        var calls = Enumerable.Range(0, 20).Select(i => hosts[i % 2].GetAsync(credential, default).AsTask()).ToArray();
        while (Server.Requests.Count == asked) await Task.Delay(5);
        Server.Gate.SetResult();

        Assert.Single((await Task.WhenAll(calls)).Distinct());
        Assert.Equal(asked + 1, Server.Requests.Count);
    }

    [Fact]
    public async Task A_host_that_died_while_asking_is_waited_for_no_longer_than_its_lease()
    {
        var credential = await _hosts.ConsentedAsync();
        _hosts.Clock.Advance(TimeSpan.FromHours(2));
        var (record, etag) = await _hosts.Vault.ReadAsync("default", credential.Id, default);
        Assert.True(await _hosts.Vault.TryWriteAsync("default", credential.Id, record! with { Holder = "the dead", HeldUntil = _hosts.Clock.GetUtcNow() + AccessTokens.Lease }, etag));

        var waiting = _hosts.Host().GetAsync(credential, default).AsTask();
        Assert.False(waiting.IsCompleted);
        _hosts.Clock.Advance(AccessTokens.Lease);

        Assert.NotNull(await waiting);
    }

    [Fact]
    public async Task Refresh_tokens_that_rotate_are_used_once_and_kept_one_at_a_time()
    {
        var credential = await _hosts.ConsentedAsync();
        for (var round = 0; round < 5; round++)
        {
            _hosts.Clock.Advance(TimeSpan.FromHours(1));
            await _hosts.Host().GetAsync(credential, default);
        }

        Assert.Equal(5, Server.Requests.Select(r => r.GetValueOrDefault("refresh_token")).OfType<string>().Distinct().Count());
        Assert.Equal(1, _hosts.Secrets.Count);
    }

    [Fact]
    public async Task A_refresh_token_that_does_not_rotate_stays()
    {
        var credential = await _hosts.ConsentedAsync();
        Server.Rotates = false;
        for (var round = 0; round < 3; round++)
        {
            _hosts.Clock.Advance(TimeSpan.FromHours(1));
            await _hosts.Host().GetAsync(credential, default);
        }

        Assert.Single(Server.Requests.Select(r => r.GetValueOrDefault("refresh_token")).OfType<string>().Distinct());
    }

    [Fact]
    public async Task A_withdrawn_consent_is_told_once_by_the_server_and_then_by_us()
    {
        var credential = await _hosts.ConsentedAsync();
        _hosts.Clock.Advance(TimeSpan.FromHours(2));
        Server.RevokeAll();

        for (var i = 0; i < 3; i++)
        {
            var error = await ErrorAsync(_hosts.Host(), credential);
            Assert.Equal(CredentialErrors.Reauthorize, error.Code);
            Assert.Contains("'Shop'", error.Message, StringComparison.Ordinal);
            Assert.Contains("https://flows.example.com/api/v1/credentials/c1/oauth2/authorize", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, Server.Requests.Count);
    }

    [Theory]
    [InlineData(400, "invalid_grant")]
    [InlineData(200, "bad_refresh_token")]
    [InlineData(400, "interaction_required")]
    public async Task Every_way_to_say_that_a_user_must_be_asked_is_understood(int status, string error)
    {
        var credential = await _hosts.ConsentedAsync();
        _hosts.Clock.Advance(TimeSpan.FromHours(2));
        Server.Lie = (status, $$"""{"error":"{{error}}"}""");

        Assert.Equal(CredentialErrors.Reauthorize, (await ErrorAsync(_hosts.Host(), credential)).Code);
    }

    [Fact]
    public async Task Tokens_of_a_server_are_never_sent_to_another_one()
    {
        await _hosts.ConsentedAsync();
        await using var other = await AuthorizationServer.StartAsync();
        _hosts.Clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal(CredentialErrors.Reauthorize, (await ErrorAsync(_hosts.Host(), _hosts.User(other.Url + "/token"))).Code);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_token_without_an_end_and_without_renewal_is_used_as_long_as_it_is_taken()
    {
        (Server.ExpiresIn, Server.GivesRefreshTokens) = (null, false);
        var credential = await _hosts.ConsentedAsync();
        _hosts.Clock.Advance(TimeSpan.FromDays(400));
        var tokens = _hosts.Host();

        var token = await tokens.GetAsync(credential, default);
        Assert.Null(await tokens.RenewAsync(credential, token, default));
        Assert.Null(await tokens.GetNewAsync(credential, default));
    }

    [Fact]
    public async Task A_token_that_ends_and_cannot_be_renewed_needs_consent()
    {
        Server.GivesRefreshTokens = false;
        var credential = await _hosts.ConsentedAsync();
        var tokens = _hosts.Host();
        Assert.NotNull(await tokens.GetAsync(credential, default));

        _hosts.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(CredentialErrors.Reauthorize, (await ErrorAsync(tokens, credential)).Code);
    }

    [Fact]
    public async Task A_refused_token_is_replaced_once_for_all_who_were_refused()
    {
        var credential = await _hosts.ConsentedAsync();
        AccessTokens[] hosts = [_hosts.Host(), _hosts.Host()];
        var token = await hosts[0].GetAsync(credential, default);

        var renewed = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => hosts[i % 2].RenewAsync(credential, token, default).AsTask()));

        Assert.NotEqual(token, Assert.Single(renewed.Distinct()));
        Assert.Equal(2, Server.Granted);
        Assert.Null(await hosts[0].RenewAsync(credential, renewed[0]!, default));
    }

    [Theory]
    [InlineData(200, "no json", CredentialErrors.TokenUnavailable, false)]
    [InlineData(200, "[]", CredentialErrors.TokenUnavailable, false)]
    [InlineData(200, "{}", CredentialErrors.TokenUnavailable, false)]
    [InlineData(200, """{"access_token":5}""", CredentialErrors.TokenUnavailable, false)]
    [InlineData(200, """{"access_token":"a\r\nX-Evil: 1"}""", CredentialErrors.TokenUnavailable, false)]
    [InlineData(200, """{"access_token":"a","token_type":"mac"}""", CredentialErrors.TokenUnavailable, false)]
    [InlineData(200, """{"error":"bad {secret}","error_description":"for {secret}"}""", CredentialErrors.Refused, false)]
    [InlineData(401, """{"error":"invalid_client","error_description":"{secret} is wrong\u0000<b>"}""", CredentialErrors.Refused, false)]
    [InlineData(403, "", CredentialErrors.Refused, false)]
    [InlineData(302, "", CredentialErrors.Refused, false)]
    [InlineData(400, """{"error":"invalid_grant"}""", CredentialErrors.Refused, false)]
    [InlineData(429, "", CredentialErrors.TokenUnavailable, true)]
    [InlineData(503, """{"error":"temporarily_unavailable"}""", CredentialErrors.TokenUnavailable, true)]
    [InlineData(500, "{secret}", CredentialErrors.TokenUnavailable, true)]
    [InlineData(0, "", CredentialErrors.TokenUnavailable, false)]
    public async Task A_server_that_lies_is_believed_nothing_and_repeats_no_secret(int status, string body, string code, bool transient)
    {
        Server.Lie = status == 0 ? (200, $$"""{"access_token":"a","pad":"{{new string('x', TokenRequests.MaxAnswerBytes)}}"}""") : (status, body);

        var error = await ErrorAsync(_hosts.Host(), _hosts.Client());

        Assert.Equal((code, transient), (error.Code, error.Transient));
        Assert.DoesNotContain(AuthorizationServer.ClientSecret, error.Message + string.Join('\n', _hosts.Log.Lines), StringComparison.Ordinal);
        Server.Lie = null;
        Assert.NotNull(await _hosts.Host().GetAsync(_hosts.Client(), default));
    }

    [Fact]
    public async Task A_good_token_is_used_while_its_server_fails()
    {
        var (tokens, credential) = (_hosts.Host(), _hosts.Client());
        var token = await tokens.GetAsync(credential, default);
        Server.Lie = (500, "");
        _hosts.Clock.Advance(TimeSpan.FromSeconds(3550));

        Assert.Equal([token, token], [await tokens.GetAsync(credential, default), await tokens.GetAsync(credential, default)]);
        Assert.Equal(2, Server.Requests.Count);
        _hosts.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.True((await ErrorAsync(tokens, credential)).Transient);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_end_what_others_wait_for()
    {
        Server.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (tokens, credential) = (_hosts.Host(), _hosts.Client());
        using var impatient = new CancellationTokenSource();
        var gone = tokens.GetAsync(credential, impatient.Token).AsTask();
        var stays = tokens.GetAsync(credential, default).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Server.Gate.SetResult();

        Assert.NotNull(await stays);
        Assert.Equal(1, Server.Granted);
    }

    [Fact]
    public async Task A_rotated_token_is_not_lost_because_the_store_is_busy()
    {
        var credential = await _hosts.ConsentedAsync();
        _hosts.Clock.Advance(TimeSpan.FromHours(2));
        var gate = Server.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tokens = _hosts.Host();
        var waiting = tokens.GetAsync(credential, default).AsTask();
        while (Server.Requests.Count == 1) await Task.Delay(5);
        _hosts.Store.Fault = new StoreUnavailableException("The disk is full.", TimeSpan.FromSeconds(1));
        gate.SetResult();
        while (!_hosts.Log.Lines.Any(l => l.Contains("The disk is full.", StringComparison.Ordinal))) await Task.Delay(5);
        _hosts.Store.Fault = null;

        Assert.Equal(await waiting, await _hosts.Host().GetAsync(credential, default));
    }

    [Fact]
    public async Task No_token_is_stored_or_logged_as_it_is()
    {
        var credential = await _hosts.ConsentedAsync();
        _hosts.Clock.Advance(TimeSpan.FromHours(2));
        var token = await _hosts.Host().GetAsync(credential, default);

        var seen = _hosts.Store.Dump() + string.Join('\n', _hosts.Log.Lines);
        foreach (var secret in Server.Requests.SelectMany(r => r).Where(p => p.Key is "refresh_token" or "code" or "code_verifier").Select(p => p.Value).Append(token))
            Assert.DoesNotContain(secret, seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_of_a_deleted_credential_is_swept()
    {
        await _hosts.ConsentedAsync();

        await _hosts.Vault.SweepAsync("default", _ => Task.FromResult(true), default);
        Assert.NotNull((await _hosts.Vault.ReadAsync("default", "c1", default)).Record);
        await _hosts.Vault.SweepAsync("default", _ => Task.FromResult(false), default);

        Assert.Equal((null, 0), (await _hosts.Vault.ReadAsync("default", "c1", default)));
        Assert.Equal(0, _hosts.Secrets.Count);
    }

    private static async Task<NodeError> ErrorAsync(AccessTokens tokens, OpenedCredential credential) =>
        (await Assert.ThrowsAsync<NodeException>(() => tokens.GetAsync(credential, default).AsTask())).Error;
}
