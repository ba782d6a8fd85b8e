using System.Net;
using System.Web;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials.OAuth2;
using LinkFlow.Nodes.Http;
using LinkFlow.Platform.Credentials.OAuth2;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Tests.Credentials.OAuth2;

/// <summary>Token services of several hosts over one store, and the server that they ask.</summary>
internal sealed class TokenHosts : IAsyncDisposable
{
    private static readonly IServiceProvider NoServices = new ServiceCollection().BuildServiceProvider();

    private readonly ILoggerFactory _logging;

    private TokenHosts(AuthorizationServer server)
    {
        Server = server;
        Store = new MemoryDocumentStore(Clock);
        Http = new OutboundHttp(new OutboundGuard(new OutboundAllowList(["127.0.0.0/8"])), Clock);
        _logging = LoggerFactory.Create(l => l.AddProvider(Log).SetMinimumLevel(LogLevel.Trace));
        Vault = new TokenVault(Store, Secrets, Clock, _logging.CreateLogger<TokenVault>());
        Requests = new TokenRequests(Http);
    }

    public AuthorizationServer Server { get; }
    public FixedClock Clock { get; } = new();
    public MemoryDocumentStore Store { get; }
    public MemorySecretStore Secrets { get; } = new();
    public CapturedLog Log { get; } = new();
    public OutboundHttp Http { get; }
    public TokenVault Vault { get; }
    public TokenRequests Requests { get; }

    public static async Task<TokenHosts> StartAsync() => new(await AuthorizationServer.StartAsync());

    /// <summary>Another host's service.</summary>
    public AccessTokens Host() => new(Vault, Requests, new PublicAddress(new LinkFlowOptions { PublicUrl = "https://flows.example.com" }, NoServices), Clock, _logging.CreateLogger<AccessTokens>());

    /// <param name="more">Further fields, each with a comma before it.</param>
    public OpenedCredential Client(string more = "") => Opened(OAuth2Client.ClientCredentials, $"\"tokenUrl\":\"{Server.Url}/token\"{more}");

    public OpenedCredential User(string? tokenUrl = null) =>
        Opened(OAuth2Client.AuthorizationCode, $"\"tokenUrl\":\"{tokenUrl ?? Server.Url + "/token"}\",\"authorizeUrl\":\"{Server.Url}/authorize\"");

    /// <summary>A user who has consented, with the tokens in the vault.</summary>
    public async Task<OpenedCredential> ConsentedAsync()
    {
        var credential = User();
        var client = OAuth2Client.Of(credential);
        var verifier = AuthorizationState.Random();
        var answer = await GetAsync($"{Server.Url}/authorize?response_type=code&client_id={Uri.EscapeDataString(AuthorizationServer.ClientId)}&redirect_uri=http%3A%2F%2Fus&state=s"
            + $"&code_challenge={AuthorizationState.ChallengeOf(verifier)}&code_challenge_method=S256");
        var grant = await Requests.ByCodeAsync(credential, client, HttpUtility.ParseQueryString(answer.Query)["code"]!, verifier, "http://us", CancellationToken.None);
        var (_, etag) = await Vault.ReadAsync("default", credential.Id, CancellationToken.None);
        Assert.True(await Vault.KeepAsync("default", credential.Id, Host().TimesOf(new TokenRecord { Client = TokenRecord.ClientOf(client) }, grant, client), etag, grant));
        return credential;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Http.Dispose();
        _logging.Dispose();
    }

    private static async Task<Uri> GetAsync(string url)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync(new Uri(url));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return answer.Headers.Location!;
    }

    private static OpenedCredential Opened(string type, string fields) => new(
        "c1", "Shop", type, JsonText.Parse($$"""{"clientId":"{{AuthorizationServer.ClientId}}","clientSecret":"{{AuthorizationServer.ClientSecret}}",{{fields}}}""").AsObject!)
    {
        Tenant = "default", Version = 1, Secrets = [AuthorizationServer.ClientSecret],
    };
}
