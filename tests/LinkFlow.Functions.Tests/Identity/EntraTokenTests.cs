using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Tests.Http;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LinkFlow.Functions.Tests.Identity;

/// <summary>Access tokens of Entra ID beside API keys: valid ones act as their roles say, and of others nobody learns why they were refused.</summary>
public sealed class EntraTokenTests
{
    private const string Directory = "11111111-1111-1111-1111-111111111111";
    private const string Application = "22222222-2222-2222-2222-222222222222";
    private const string Issuer = $"https://login.example.com/{Directory}/v2.0";

    private static readonly RsaSecurityKey Key = new(RSA.Create(2048));
    private static readonly RsaSecurityKey OthersKey = new(RSA.Create(2048));

    [Theory]
    [InlineData("viewer", "GET", "/api/v1/workflows", HttpStatusCode.OK)]
    [InlineData("viewer", "POST", "/api/v1/workflows", HttpStatusCode.Forbidden)]
    [InlineData("operator", "GET", "/api/v1/executions", HttpStatusCode.OK)]
    [InlineData("operator", "POST", "/api/v1/credentials", HttpStatusCode.Forbidden)]
    [InlineData("Editor", "POST", "/api/v1/workflows", HttpStatusCode.BadRequest)]
    [InlineData("editor", "GET", "/api/v1/api-keys", HttpStatusCode.Forbidden)]
    [InlineData("admin", "GET", "/api/v1/api-keys", HttpStatusCode.OK)]
    [InlineData("admin", "GET", "/api/v1/secrets/master-key", HttpStatusCode.Forbidden)]
    [InlineData("owner", "GET", "/api/v1/workflows", HttpStatusCode.OK)]
    [InlineData("Flows.Look", "GET", "/api/v1/nodes", HttpStatusCode.OK)]
    [InlineData("Flows.Look", "GET", "/api/v1/workflows", HttpStatusCode.Forbidden)]
    [InlineData("something-else", "GET", "/api/v1/workflows", HttpStatusCode.Forbidden)]
    public async Task A_token_may_what_its_roles_may(string role, string method, string path, HttpStatusCode expected)
    {
        await using var web = await StartAsync();

        var answer = await SendAsync(web, method, path, TokenOf(role));

        Assert.Equal(expected, answer.StatusCode);
    }

    public static TheoryData<string, string> Refused() => new()
    {
        { "expired", TokenOf("owner", expires: DateTime.UtcNow.AddHours(-1)) },
        { "not yet valid", TokenOf("owner", notBefore: DateTime.UtcNow.AddHours(1), expires: DateTime.UtcNow.AddHours(2)) },
        { "signed by another key", TokenOf("owner", key: OthersKey) },
        { "made for another application", TokenOf("owner", audience: "api://another") },
        { "made by another issuer", TokenOf("owner", issuer: "https://login.example.com/other/v2.0") },
        { "of another directory", TokenOf("owner", directory: "99999999-9999-9999-9999-999999999999") },
        { "of nobody", TokenOf("owner", user: null) },
        { "unsigned", "eyJhbGciOiJub25lIn0.eyJyb2xlcyI6WyJvd25lciJdfQ." },
        { "no token", "a.b.c" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Every_token_that_is_not_valid_is_refused_in_the_same_words(string why, string token)
    {
        await using var web = await StartAsync();

        var answer = await SendAsync(web, "GET", "/api/v1/workflows", token);

        Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, why);
        Assert.Equal("The access token is not valid here: it is expired, or made for another application or directory.", await MessageAsync(answer));
    }

    [Fact]
    public async Task API_keys_go_on_working()
    {
        await using var web = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(web, "GET", "/api/v1/api-keys", TwoHosts.OwnerKey)).StatusCode);
        Assert.Equal("The API key is not valid: it is unknown, revoked or expired.", await MessageAsync(await SendAsync(web, "GET", "/api/v1/api-keys", "lf_wrong")));
    }

    [Fact]
    public async Task A_token_in_the_header_for_keys_is_no_key()
    {
        await using var web = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/workflows") { Headers = { { "X-API-Key", TokenOf("owner") } } };

        Assert.Equal(HttpStatusCode.Unauthorized, (await web.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task What_a_token_makes_is_recorded_as_made_by_its_user()
    {
        await using var web = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/api-keys") { Content = new StringContent("""{"name":"k","scopes":["node:read"]}""", null, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenOf("admin"));

        var answer = await web.Http.SendAsync(request);

        Assert.Equal("entra:user-1", JsonText.Parse(await answer.Content.ReadAsStringAsync())["createdBy"].AsString);
    }

    [Fact]
    public async Task When_the_keys_of_the_issuer_cannot_be_had_callers_are_asked_to_try_again()
    {
        await using var web = await StartAsync(o => o.TokenValidationParameters.IssuerSigningKeyResolver = (_, _, _, _) => throw new InvalidOperationException("IDX20803: no metadata."));
        web.Services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<JwtBearerOptions>>().Get(JwtBearerDefaults.AuthenticationScheme).Events =
            new JwtBearerEvents { OnAuthenticationFailed = c => throw new InvalidOperationException(c.Exception.Message, c.Exception) };

        var answer = await SendAsync(web, "GET", "/api/v1/workflows", TokenOf("owner"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private static Task<FunctionsWeb> StartAsync(Action<JwtBearerOptions>? change = null) => FunctionsWeb.StartAsync(
        TwoHosts.Options(o => o.Entra = new EntraOptions { Roles = ["Flows.Look=node:read+webhook:read"] }),
        services =>
        {
            TwoHosts.AddPorts(services);
            services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, jwt =>
            {
                jwt.TokenValidationParameters.IssuerSigningKey = Key;
                change?.Invoke(jwt);
            });
        },
        settings: new Dictionary<string, string?> { ["AzureAd:Instance"] = "https://login.example.com/", ["AzureAd:TenantId"] = Directory, ["AzureAd:ClientId"] = Application });

    private static async Task<HttpResponseMessage> SendAsync(FunctionsWeb web, string method, string path, string token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await web.Http.SendAsync(request);
    }

    private static async Task<string?> MessageAsync(HttpResponseMessage answer) => JsonText.Parse(await answer.Content.ReadAsStringAsync())["error"]["message"].AsString;

    private static string TokenOf(
        string role, RsaSecurityKey? key = null, string audience = Application, string issuer = Issuer, string directory = Directory, string? user = "user-1", DateTime? notBefore = null, DateTime? expires = null)
    {
        var claims = new Dictionary<string, object> { ["tid"] = directory, ["roles"] = new[] { role } };
        if (user is not null) claims["oid"] = user;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = claims,
            NotBefore = notBefore ?? DateTime.UtcNow.AddHours(-2),
            IssuedAt = DateTime.UtcNow.AddHours(-2),
            Expires = expires ?? DateTime.UtcNow.AddHours(1),
            SigningCredentials = new SigningCredentials(key ?? Key, SecurityAlgorithms.RsaSha256),
        });
    }
}
