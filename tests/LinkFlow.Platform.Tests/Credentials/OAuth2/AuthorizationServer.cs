using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Tests.Credentials.OAuth2;

/// <summary>
/// A small authorization server with an API behind it, over real HTTP on the loopback interface: authorization code with PKCE, client credentials, refresh
/// tokens that rotate (the reuse of a spent one revokes its family), revocation, and the ways in which servers lie.
/// </summary>
internal sealed class AuthorizationServer : IAsyncDisposable
{
    public const string ClientId = "link flow";
    public const string ClientSecret = "cl:ent-secret/+ä1234567";

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Challenge, string RedirectUri)> _codes = [];
    private readonly Dictionary<string, int> _refreshTokens = [];
    private readonly HashSet<string> _spent = [];
    private readonly HashSet<int> _revoked = [];
    private readonly HashSet<string> _accessTokens = [];
    private int _families;

    private AuthorizationServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>What <c>expires_in</c> says; null: nothing.</summary>
    public object? ExpiresIn { get; set; } = 3600;

    /// <summary>Another answer to token requests: status and body, with {secret}, {refresh} and {code} replaced by what was sent.</summary>
    public (int Status, string Body)? Lie { get; set; }

    /// <summary>Set: token requests wait for it.</summary>
    public TaskCompletionSource? Gate { get; set; }
    public bool GivesRefreshTokens { get; set; } = true;
    public bool Rotates { get; set; } = true;
    public bool Denies { get; set; }

    /// <summary>The API takes no token at all.</summary>
    public bool RefusesAll { get; set; }

    /// <summary>Every form that the token endpoint got.</summary>
    public List<IReadOnlyDictionary<string, string>> Requests { get; } = [];

    /// <summary>Every code and token that it gave.</summary>
    public List<string> Given { get; } = [];
    public int Granted { get; private set; }
    public int Calls { get; private set; }

    public static async Task<AuthorizationServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new AuthorizationServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>No access token that was given so far is taken any more.</summary>
    public void ExpireAll()
    {
        lock (_lock) _accessTokens.Clear();
    }

    /// <summary>The user withdraws the consent.</summary>
    public void RevokeAll()
    {
        lock (_lock)
        {
            _accessTokens.Clear();
            for (var i = 0; i <= _families; i++) _revoked.Add(i);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Gate?.TrySetResult();
        await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/authorize" => AuthorizeAsync(context),
        "/token" => TokenAsync(context),
        "/api" => CallAsync(context),
        _ => WriteAsync(context, 404, "{}"),
    };

    private Task AuthorizeAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["response_type"] != "code" || query["client_id"] != ClientId || query["code_challenge_method"] != "S256") return WriteAsync(context, 400, "{}");
        var code = Draw("code");
        lock (_lock) _codes[code] = (query["code_challenge"]!, query["redirect_uri"]!);
        var result = Denies ? "error=access_denied&error_description=%3Cb%3Eno%3C%2Fb%3E" : $"code={Uri.EscapeDataString(code)}";
        context.Response.Redirect($"{query["redirect_uri"]}?{result}&state={Uri.EscapeDataString(query["state"]!)}");
        return Task.CompletedTask;
    }

    private async Task TokenAsync(HttpContext context)
    {
        var form = (await context.Request.ReadFormAsync()).ToDictionary(p => p.Key, p => p.Value.ToString());
        lock (_lock) Requests.Add(form);
        if (Gate is { } gate) await gate.Task;
        if (Lie is { } lie)
        {
            var body = lie.Body.Replace("{secret}", ClientSecret, StringComparison.Ordinal).Replace("{refresh}", form.GetValueOrDefault("refresh_token"), StringComparison.Ordinal)
                .Replace("{code}", form.GetValueOrDefault("code"), StringComparison.Ordinal);
            await WriteAsync(context, lie.Status, body);
            return;
        }

        var (status, answer) = IsClient(context.Request, form) ? Grant(form) : (401, """{"error":"invalid_client"}""");
        await WriteAsync(context, status, answer);
    }

    private (int Status, string Body) Grant(Dictionary<string, string> form)
    {
        lock (_lock)
        {
            switch (form["grant_type"])
            {
                case "client_credentials":
                    return Give(0, null);
                case "authorization_code" when _codes.Remove(form["code"], out var begun) && begun.RedirectUri == form["redirect_uri"]
                    && begun.Challenge == Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]))):
                    return Give(++_families, GivesRefreshTokens ? Draw("refresh") : null);
                case "refresh_token" when _refreshTokens.TryGetValue(form["refresh_token"], out var family) && !_revoked.Contains(family):
                    if (!Rotates) return Give(family, null);
                    if (_spent.Add(form["refresh_token"])) return Give(family, Draw("refresh"));
                    _revoked.Add(family);
                    break;
            }

            return (400, """{"error":"invalid_grant","error_description":"It is spent, revoked or never was."}""");
        }
    }

    private (int Status, string Body) Give(int family, string? refresh)
    {
        var access = Draw("access");
        _accessTokens.Add(access);
        if (refresh is not null) _refreshTokens[refresh] = family;
        Granted++;
        var life = ExpiresIn is null ? "" : $""","expires_in":{(ExpiresIn is string text ? $"\"{text}\"" : ExpiresIn)}""";
        return (200, $$"""{"access_token":"{{access}}","token_type":"Bearer"{{life}}{{(refresh is null ? "" : $",\"refresh_token\":\"{refresh}\"")}}}""");
    }

    private Task CallAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        bool isGood;
        lock (_lock)
        {
            Calls++;
            isGood = !RefusesAll && header.StartsWith("Bearer ", StringComparison.Ordinal) && _accessTokens.Contains(header[7..]);
        }

        return WriteAsync(context, isGood ? 200 : 401, $$"""{"ok":{{(isGood ? "true" : "false")}},"sent":"{{header}}"}""");
    }

    private static bool IsClient(HttpRequest request, Dictionary<string, string> form)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.Ordinal)) return form.GetValueOrDefault("client_id") == ClientId && form.GetValueOrDefault("client_secret") == ClientSecret;
        var pair = Encoding.ASCII.GetString(Convert.FromBase64String(header[6..])).Split(':');
        return pair.Length == 2 && Uri.UnescapeDataString(pair[0]) == ClientId && Uri.UnescapeDataString(pair[1]) == ClientSecret;
    }

    private string Draw(string kind)
    {
        var drawn = $"{kind}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        lock (_lock) Given.Add(drawn);
        return drawn;
    }

    private static async Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }
}
