using System.Net.Http.Headers;
using System.Text;

namespace LinkFlow.Scenarios.Contract.Credentials;

/// <summary>Whatever is sent to <c>/credentials</c>, the answer is the caller's fault or a success, and holds nothing of the secrets.</summary>
public sealed class CredentialMutationScenarios(CredentialServer world) : IClassFixture<CredentialServer>
{
    private const int BodiesPerTarget = 400;

    [Fact]
    public async Task No_mutated_body_gives_a_5xx_or_a_secret_back()
    {
        var mutations = new MutatedBodies(seed: 4711);
        var seen = new HashSet<int>();
        foreach (var (method, path, body) in await TargetsAsync())
        {
            for (var i = 0; i < BodiesPerTarget; i++)
            {
                var bytes = mutations.Next(body);
                using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = new ByteArrayContent(bytes) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var answer = await world.Server.Http.SendAsync(request);
                var text = await answer.Content.ReadAsStringAsync();
                Assert.True((int)answer.StatusCode < 500, $"{(int)answer.StatusCode} from {method} {path}: {Encoding.UTF8.GetString(bytes)} → {text}");
                // A mutation may make a field public, or the secret a name; what is refused tells nothing of it.
                if ((int)answer.StatusCode == 400) Assert.False(text.Contains("zq7secret", StringComparison.Ordinal), $"{Encoding.UTF8.GetString(bytes)} → {text}");
                seen.Add((int)answer.StatusCode);
            }
        }

        Assert.Superset(new HashSet<int> { 200, 201, 400 }, seen);
    }

    private async Task<IReadOnlyList<(string Method, string Path, string Body)>> TargetsAsync()
    {
        var custom = """{"name":"c","type":"custom","data":{"fields":[{"name":"a","value":"zq7secret"},{"name":"b","value":"1","secret":false}],"headers":{"X-A":"{{ $json.a }}"}},"allowedHosts":["*.example.com"]}""";
        var id = await world.CredentialAsync("custom", """{"fields":[{"name":"a","value":"zq7secret"}]}""", ""","allowedHosts":["*.example.com"]""");
        return
        [
            ("POST", "/api/v1/credentials", custom),
            ("POST", "/api/v1/credentials", """{"name":"j","type":"jwt","data":{"algorithm":"HS256","secret":"zq7secret","claims":{"a":1},"expiresInSeconds":60},"allowedNodeTypes":["http_request"],"expiresAt":"2999-01-01T00:00:00Z"}"""),
            ("POST", "/api/v1/credentials", """{"name":"s","type":"ssh","data":{"host":"h","port":22,"username":"u","password":"zq7secret","privateKey":"-----BEGIN PRIVATE KEY-----","passphrase":"zq7secret"}}"""),
            ("PUT", $"/api/v1/credentials/{id}", custom),
            ("POST", $"/api/v1/credentials/{id}/rotate", """{"data":{"fields":[{"name":"a","value":"zq7secret2"}]},"expiresAt":null}"""),
            ("PUT", $"/api/v1/credentials/{id}/shares/apikey:a", """{"permission":"use"}"""),
            ("POST", "/api/v1/workflows/validate", world.Workflow(id, parameters: ""","authentication":"custom" """)),
        ];
    }
}
