using System.Text;
using LinkFlow.Platform.Tests.Credentials.OAuth2;

namespace LinkFlow.Scenarios.Faults;

/// <summary>OAuth2 tokens through kill -9: a consent outlives it, and nothing on disk or in the log shows a token.</summary>
public sealed class TokenTests
{
    [Fact]
    public async Task A_consent_outlives_the_process_and_its_tokens_are_nowhere_to_be_read()
    {
        await using var provider = await AuthorizationServer.StartAsync();
        using var folder = new TemporaryFolder();
        var server = await StartAsync(folder.Path);
        var workflow = await CreateAsync(server, provider.Url);
        await RunAsync(server, workflow);
        var output = server.Output;
        server.Kill();

        server = await StartAsync(folder.Path);
        await using (server)
        {
            await RunAsync(server, workflow);
            provider.ExpireAll();
            await RunAsync(server, workflow);
            await server.StopAsync(TimeSpan.FromSeconds(60));
            output += server.Output;
        }

        Assert.Single(provider.Requests, r => r["grant_type"] == "refresh_token");
        var disk = string.Concat(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Select(f => Encoding.Latin1.GetString(File.ReadAllBytes(f))));
        foreach (var secret in provider.Given) Assert.DoesNotContain(secret, disk + output, StringComparison.Ordinal);
    }

    private static Task<ServerProcess> StartAsync(string folder) =>
        ServerProcess.StartAsync(folder, new Dictionary<string, string> { ["LinkFlow__Outbound__Allow"] = "127.0.0.0/8" });

    private static async Task<string> CreateAsync(ServerProcess server, string provider)
    {
        var credential = (await server.SendAsync(HttpMethod.Post, "/api/v1/credentials", $$$"""
            {"name":"Shop","type":"oauth2_authorization_code","data":{"authorizeUrl":"{{{provider}}}/authorize","tokenUrl":"{{{provider}}}/token",
             "clientId":"{{{AuthorizationServer.ClientId}}}","clientSecret":"{{{AuthorizationServer.ClientSecret}}}"} }
            """))["id"].AsString;
        var url = (await server.SendAsync(HttpMethod.Get, $"/api/v1/credentials/{credential}/oauth2/authorize"))["url"].AsString!;
        // The redirect leads back to the server itself, as it would in a browser.
        using var browser = new HttpClient();
        using var page = await browser.GetAsync(new Uri(url));
        Assert.True(page.IsSuccessStatusCode, await page.Content.ReadAsStringAsync());
        var id = (await server.SendAsync(HttpMethod.Post, "/api/v1/workflows", $$$"""
            {"name":"Calls","nodes":[{"id":"start","type":"start"},{"id":"call","type":"http_request","parameters":{"url":"{{{provider}}}/api"},"credentials":{"auth":"{{{credential}}}"}}],
             "connections":[{"source":"start","target":"call"}]}
            """))["id"].AsString!;
        await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{id}/activate");
        return id;
    }

    private static async Task RunAsync(ServerProcess server, string workflow)
    {
        var execution = await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{workflow}/execute", """{"wait":true}""");
        Assert.True(execution["status"].AsString == "success", execution.ToString());
    }
}
