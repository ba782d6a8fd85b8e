using System.Net;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using LinkFlow.Azure.Secrets;
using LinkFlow.Engine.Values;

namespace LinkFlow.Azure.Tests.Secrets;

/// <summary>A vault behind the client's transport, by the rules of Key Vault: who has no token is told where to get one, deleted names stay taken, disabled versions do not open.</summary>
internal sealed class FakeVault : HttpMessageHandler
{
    public const string Address = "https://linkflow-test.vault.azure.net";
    private const int MaxCharacters = 25_600;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<StoredVersion>> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _deleted = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Calls { get; } = [];

    /// <summary>What is answered in place of the next answers.</summary>
    public Queue<HttpStatusCode> Faults { get; } = new();
    public TimeSpan? RetryAfter { get; set; }
    public DateTimeOffset Now { get; set; } = DateTimeOffset.Parse("2026-12-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
    public IReadOnlyDictionary<string, List<StoredVersion>> Secrets => _secrets;

    public SecretClient Client()
    {
        var options = KeyVaultSecretStore.OptionsFor();
        options.DisableChallengeResourceVerification = true;
        options.Transport = new HttpClientTransport(new HttpClient(this, disposeHandler: false));
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        options.Retry.MaxDelay = TimeSpan.FromMilliseconds(5);
        options.Retry.MaxRetries = 1;
        return new SecretClient(new Uri(Address), new FakeCredential(), options);
    }

    public void Disable(string name) => _secrets[name][^1].IsEnabled = false;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? default : JsonText.Parse(await request.Content.ReadAsByteArrayAsync(cancellationToken));
        if (request.Headers.Authorization is not { Scheme: "Bearer", Parameter: FakeCredential.Token })
        {
            var challenge = new HttpResponseMessage(HttpStatusCode.Unauthorized);
            challenge.Headers.TryAddWithoutValidation("WWW-Authenticate", "Bearer authorization=\"https://login.microsoftonline.com/tenant\", resource=\"https://vault.azure.net\"");
            return challenge;
        }

        lock (_lock)
        {
            var path = request.RequestUri!.AbsolutePath.Trim('/').Split('/');
            Calls.Add($"{request.Method} {string.Join('/', path)}");
            if (Faults.TryDequeue(out var fault)) return Fail(fault, "Fault");
            return (request.Method.Method, path) switch
            {
                ("PUT", ["secrets", var name]) => Put(name, body),
                ("GET", ["secrets", var name, "versions"]) => Versions(name),
                ("GET", ["secrets", var name]) => Get(name, null),
                ("GET", ["secrets", var name, var version]) => Get(name, version),
                ("PATCH", ["secrets", var name, var version]) => Patch(name, version, body),
                ("DELETE", ["secrets", var name]) => Delete(name),
                _ => Fail(HttpStatusCode.BadRequest, "BadParameter"),
            };
        }
    }

    private HttpResponseMessage Put(string name, Value body)
    {
        if (_deleted.Contains(name)) return Fail(HttpStatusCode.Conflict, "Conflict", "ObjectIsDeletedButRecoverable");
        var value = body["value"].AsString!;
        if (name.Length > 127 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') || Encoding.UTF8.GetByteCount(value) > MaxCharacters) return Fail(HttpStatusCode.BadRequest, "BadParameter");
        if (!_secrets.TryGetValue(name, out var versions)) _secrets.Add(name, versions = []);
        versions.Add(new StoredVersion(Guid.NewGuid().ToString("N"), value, Now));
        return Answer(Show(name, versions[^1], withValue: true));
    }

    private HttpResponseMessage Get(string name, string? version)
    {
        if (Find(name, version) is not { } found) return Fail(HttpStatusCode.NotFound, "SecretNotFound");
        return found.IsEnabled ? Answer(Show(name, found, withValue: true)) : Fail(HttpStatusCode.Forbidden, "Forbidden", "SecretDisabled");
    }

    private HttpResponseMessage Versions(string name) => _secrets.TryGetValue(name, out var versions)
        ? Answer(new ObjectValue { { "value", new ArrayValue(versions.Select(v => (Value)Show(name, v, withValue: false))) }, { "nextLink", Value.Null } })
        : Fail(HttpStatusCode.NotFound, "SecretNotFound");

    private HttpResponseMessage Patch(string name, string version, Value body)
    {
        if (Find(name, version) is not { } found) return Fail(HttpStatusCode.NotFound, "SecretNotFound");
        found.IsEnabled = body["attributes"]["enabled"].AsBoolean;
        return Answer(Show(name, found, withValue: false));
    }

    private HttpResponseMessage Delete(string name)
    {
        if (!_secrets.Remove(name, out var versions)) return Fail(HttpStatusCode.NotFound, "SecretNotFound");
        _deleted.Add(name);
        return Answer(Show(name, versions[^1], withValue: false).Set("recoveryId", $"{Address}/deletedsecrets/{name}"));
    }

    private StoredVersion? Find(string name, string? version) =>
        _secrets.TryGetValue(name, out var versions) ? version is null ? versions[^1] : versions.Find(v => v.Version == version) : null;

    private static ObjectValue Show(string name, StoredVersion version, bool withValue)
    {
        var created = version.CreatedAt.ToUnixTimeSeconds();
        var shown = new ObjectValue
        {
            { "id", $"{Address}/secrets/{name}/{version.Version}" },
            { "attributes", new ObjectValue { { "enabled", version.IsEnabled }, { "created", created }, { "updated", created }, { "recoveryLevel", "Recoverable" } } },
        };
        return withValue ? shown.Set("value", version.Value) : shown;
    }

    private static HttpResponseMessage Answer(Value body) => new(HttpStatusCode.OK) { Content = new StringContent(JsonText.Write(body), Encoding.UTF8, "application/json") };

    private HttpResponseMessage Fail(HttpStatusCode status, string code, string? inner = null)
    {
        var error = new ObjectValue { { "code", code }, { "message", "It did not work." } };
        if (inner is not null) error.Set("innererror", new ObjectValue { { "code", inner } });
        var answer = Answer(new ObjectValue { { "error", error } });
        answer.StatusCode = status;
        if (RetryAfter is { } wait && status == HttpStatusCode.TooManyRequests) answer.Headers.RetryAfter = new(wait);
        return answer;
    }

    internal sealed class StoredVersion(string version, string value, DateTimeOffset createdAt)
    {
        public string Version => version;
        public string Value => value;
        public DateTimeOffset CreatedAt => createdAt;
        public bool IsEnabled { get; set; } = true;
    }

    private sealed class FakeCredential : TokenCredential
    {
        public const string Token = "a-token-for-the-vault";

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(Token, DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.Equal("https://vault.azure.net/.default", Assert.Single(requestContext.Scopes));
            return new(new AccessToken(Token, DateTimeOffset.MaxValue));
        }
    }
}
