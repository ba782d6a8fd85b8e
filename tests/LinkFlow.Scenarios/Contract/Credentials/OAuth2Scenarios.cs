using LinkFlow.Engine.Values;
using LinkFlow.Platform.Tests.Credentials.OAuth2;

namespace LinkFlow.Scenarios.Contract.Credentials;

/// <summary>OAuth2 from a user's consent to the nodes that use it, against the whole server and a real authorization server.</summary>
public sealed class OAuth2Scenarios : IAsyncLifetime
{
    private readonly CredentialServer _linkFlow = new();
    private AuthorizationServer _server = null!;

    public async Task InitializeAsync()
    {
        await _linkFlow.InitializeAsync();
        _server = await AuthorizationServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _linkFlow.DisposeAsync();
    }

    [Fact]
    public async Task A_user_consents_and_nodes_act_for_the_user_without_seeing_the_token()
    {
        var execution = await RunAsync(await WorkflowAsync(await UserAsync()));

        Assert.Equal("success", execution["status"].AsString);
        Assert.Equal((true, "Bearer ***"), (execution["output"].AsArray![0]["json"]["ok"].AsBoolean, execution["output"].AsArray![0]["json"]["sent"].AsString));
    }

    [Fact]
    public async Task A_client_acts_for_itself()
    {
        var credential = await _linkFlow.CredentialAsync("oauth2_client_credentials", Data(""));

        Assert.Equal("success", (await RunAsync(await WorkflowAsync(credential)))["status"].AsString);
        Assert.Equal("client_credentials", Assert.Single(_server.Requests)["grant_type"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ten_executions_with_a_token_that_has_expired_refresh_it_once(bool isKnownToUs)
    {
        if (isKnownToUs) _server.ExpiresIn = 0;
        var workflow = await WorkflowAsync(await UserAsync());
        _server.ExpiresIn = 3600;
        if (!isKnownToUs) await RunAsync(workflow);
        _server.ExpireAll();

        var executions = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RunAsync(workflow)));

        Assert.All(executions, e => Assert.Equal("success", e["status"].AsString));
        Assert.Single(_server.Requests, r => r["grant_type"] == "refresh_token");
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once_and_the_request_sent_once_more()
    {
        var workflow = await WorkflowAsync(await UserAsync());
        _server.ExpireAll();
        _server.RefusesAll = true;

        var first = await RunAsync(workflow);
        Assert.Equal(("HTTP_401", 2), (first["error"]["code"].AsString, _server.Calls));
        Assert.Single(_server.Requests, r => r["grant_type"] == "refresh_token");
    }

    [Fact]
    public async Task A_withdrawn_consent_is_a_clear_error_until_it_is_given_again()
    {
        var credential = await UserAsync();
        var workflow = await WorkflowAsync(credential);
        Assert.Equal("ok", await StatusAsync(credential));
        _server.RevokeAll();

        var failed = await RunAsync(workflow);

        Assert.Equal("CREDENTIAL_REAUTHORIZE", failed["error"]["code"].AsString);
        Assert.Contains("'Shop'", failed["error"]["message"].AsString, StringComparison.Ordinal);
        Assert.Contains($"/api/v1/credentials/{credential}/oauth2/authorize", failed["error"]["message"].AsString, StringComparison.Ordinal);
        Assert.Equal("reauthorize", await StatusAsync(credential));
        await ConsentAsync(credential);
        Assert.Equal("success", (await RunAsync(workflow))["status"].AsString);
        Assert.Equal("ok", await StatusAsync(credential));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_tried_again_by_the_node()
    {
        var workflow = await WorkflowAsync(await _linkFlow.CredentialAsync("oauth2_client_credentials", Data("")));
        _server.Lie = (503, "");
        var running = RunAsync(workflow);
        while (_server.Requests.Count == 0) await Task.Delay(5);
        _server.Lie = null;

        Assert.Equal("success", (await running)["status"].AsString);
    }

    /// <summary>A credential that a user has authorised.</summary>
    private async Task<string> UserAsync()
    {
        var credential = await _linkFlow.CredentialAsync("oauth2_authorization_code", Data($"\"authorizeUrl\":\"{_server.Url}/authorize\","));
        await ConsentAsync(credential);
        return credential;
    }

    private async Task ConsentAsync(string credential)
    {
        var (_, begun, _) = await _linkFlow.Server.SendAsync("GET", $"/api/v1/credentials/{credential}/oauth2/authorize");
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await browser.GetAsync(new Uri(begun["url"].AsString!));
        var (status, page, _) = await _linkFlow.Server.SendAsync("GET", answer.Headers.Location!.PathAndQuery);
        Assert.True(status == 200, page.ToString());
    }

    private async Task<string?> StatusAsync(string credential) => (await _linkFlow.Server.SendAsync("GET", $"/api/v1/credentials/{credential}")).Body["status"].AsString;

    private Task<string> WorkflowAsync(string credential) => _linkFlow.Server.ActivateAsync(_linkFlow.Workflow(credential, _server.Url + "/api"));

    private Task<Value> RunAsync(string workflow) => _linkFlow.RunAsync(workflow);

    private string Data(string more) => $$"""{ {{more}} "tokenUrl":"{{_server.Url}}/token","clientId":"{{AuthorizationServer.ClientId}}","clientSecret":"{{AuthorizationServer.ClientSecret}}"}""";
}
