using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Schemas;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Nodes.Http;

namespace LinkFlow.Nodes.Tests.Credentials;

public sealed class CredentialTypeTests : IDisposable
{
    private static readonly CredentialTypes Types = CredentialTypes.BuiltIn();
    private readonly OutboundHttp _http = new(new OutboundGuard(OutboundAllowList.Nothing), new ManualClock());

    public static TheoryData<string> Names => [.. Types.Names];

    public void Dispose() => _http.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_descriptor_says_all_that_the_reference_shows(string name)
    {
        var type = Types.Find(name)!.Descriptor;

        Assert.All([type.Name, type.Description, type.Tests], text => Assert.NotEqual("", text));
        Assert.Equal(Value.False, type.Schema["additionalProperties"]);
        Assert.All(type.SecretFields, f => Assert.Equal("password", type.Schema["properties"][f]["format"].AsString));
        Assert.True(type.SecretFields.Count > 0 || type.NamedFields is not null, "A credential without a secret is none.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_example_fits_its_schema_and_passes_its_checks(string name)
    {
        var type = Types.Find(name)!.Descriptor;

        Assert.Empty(JsonSchema.Compile(type.Schema).Validate(type.Example, allowExpressions: true));
        Assert.Empty(type.Check?.Invoke(type.Example) ?? []);
    }

    [Theory]
    [InlineData("basic", """{"username":"Aladdin","password":"open sesame"}""", "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")]
    [InlineData("basic", """{"username":"test","password":"123£"}""", "Authorization: Basic dGVzdDoxMjPCow==")]
    [InlineData("bearer", """{"token":"mF_9.B5f-4.1JqM"}""", "Authorization: Bearer mF_9.B5f-4.1JqM")]
    [InlineData("api_key", """{"name":"X-Key","value":"abc"}""", "X-Key: abc")]
    [InlineData("custom", """{"fields":[],"headers":{"X-A":"1","Accept":"x/y"}}""", "X-A: 1|Accept: x/y")]
    public async Task A_credential_sets_its_headers(string type, string data, string headers)
    {
        var request = new OutgoingRequest("GET", new Uri("https://api.example.com/"), [new("Accept", "*/*")]);

        await ApplyAsync(type, data, request);

        Assert.All(headers.Split('|'), h => Assert.Contains(h, request.Headers.Select(p => $"{p.Key}: {p.Value}")));
    }

    [Theory]
    [InlineData("api_key", """{"name":"api key","value":"a&b","in":"query"}""", "https://api.example.com/?x=1", "?x=1&api%20key=a%26b")]
    [InlineData("custom", """{"fields":[],"query":{"k":"v"}}""", "https://api.example.com/", "?k=v")]
    public async Task A_credential_adds_to_the_query(string type, string data, string url, string query)
    {
        var request = new OutgoingRequest("GET", new Uri(url), []);

        await ApplyAsync(type, data, request);

        Assert.Equal(query, request.Url.Query);
    }

    [Fact]
    public async Task A_body_is_signed_in_our_own_scheme()
    {
        var request = new OutgoingRequest("POST", new Uri("https://api.example.com/"), [], Encoding.UTF8.GetBytes("{}"));

        await ApplyAsync("hmac", """{"secret":"whsec"}""", request);

        // echo -n "$ts.{}" | openssl dgst -sha256 -hmac whsec
        var time = request.Header("X-Timestamp")!;
        var expected = System.Security.Cryptography.HMACSHA256.HashData("whsec"u8.ToArray(), Encoding.UTF8.GetBytes(time + ".{}"));
        Assert.Equal("sha256=" + Convert.ToHexStringLower(expected), request.Header("X-Signature-256"));
        Assert.Equal(new ManualClock().GetUtcNow().ToUnixTimeSeconds().ToString(), time);
    }

    [Theory]
    [InlineData("HS256", 43)]
    [InlineData("HS384", 64)]
    [InlineData("HS512", 86)]
    public async Task A_token_is_signed_for_a_short_time(string algorithm, int signatureLength)
    {
        var request = new OutgoingRequest("GET", new Uri("https://api.example.com/"), []);

        await ApplyAsync("jwt", $$"""{"algorithm":"{{algorithm}}","secret":"0123456789abcdef","issuer":"me","audience":"you","subject":"s","claims":{"role":"x"},"expiresInSeconds":90}""", request);

        var parts = request.Header("Authorization")!["Bearer ".Length..].Split('.');
        var claims = JsonText.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
        Assert.Equal(("x", "me", "you", "s", 90), (claims["role"].AsString, claims["iss"].AsString, claims["aud"].AsString, claims["sub"].AsString, (int)(claims["exp"].AsNumber - claims["iat"].AsNumber)));
        Assert.Equal(signatureLength, parts[2].Length);
        Assert.DoesNotContain('=', parts[2]);
    }

    [Fact]
    public async Task Temporary_keys_of_AWS_send_and_sign_their_session()
    {
        var request = new OutgoingRequest("GET", new Uri("https://bucket.s3.eu-west-1.amazonaws.com/key"), []);

        await ApplyAsync("aws", """{"accessKeyId":"AKID","secretAccessKey":"secret","sessionToken":"session-1"}""", request);

        Assert.Equal("session-1", request.Header("X-Amz-Security-Token"));
        Assert.Contains("/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, ", request.Header("Authorization"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bearer", """{"token":"ab\ncd"}""", "CREDENTIAL_INVALID", "printable ASCII")]
    [InlineData("bearer", """{"token":17}""", "CREDENTIAL_INVALID", "'token' must be a string")]
    [InlineData("bearer", """{}""", "CREDENTIAL_INVALID", "'token' is missing")]
    [InlineData("basic", """{"username":"a:b","password":"c"}""", "CREDENTIAL_INVALID", "colon")]
    [InlineData("jwt", """{"algorithm":"RS256","publicKey":"x"}""", "CREDENTIAL_INVALID", "signs nothing")]
    [InlineData("aws", """{"accessKeyId":"A","secretAccessKey":"s"}""", "CREDENTIAL_INVALID", "Set 'service'")]
    [InlineData("redis", """{"host":"h"}""", "CREDENTIAL_INVALID", "cannot be put on an HTTP request")]
    [InlineData("smtp", """{"host":"h"}""", "CREDENTIAL_INVALID", "cannot be put on an HTTP request")]
    [InlineData("ssh", """{"host":"h"}""", "CREDENTIAL_INVALID", "cannot be put on an HTTP request")]
    [InlineData("database", """{"host":"h"}""", "CREDENTIAL_INVALID", "cannot be put on an HTTP request")]
    [InlineData("custom", """{"fields":[],"headers":{"X-A":{}}}""", "CREDENTIAL_INVALID", "did not come out as a text")]
    [InlineData("api_key", """{"name":"X-Mine","value":"v"}""", "PARAMETER_INVALID", "set both by the node's 'headers' and by its credential")]
    [InlineData("api_key", """{"name":"q","value":"v","in":"query"}""", "PARAMETER_INVALID", "set both in the URL's query and by the credential")]
    public async Task What_cannot_be_sent_fails_before_it_is(string type, string data, string code, string message)
    {
        var request = new OutgoingRequest("GET", new Uri("https://api.example.com/?q=1"), [new("X-Mine", "1")]);

        var thrown = await Assert.ThrowsAsync<NodeException>(() => ApplyAsync(type, data, request));

        Assert.Equal(code, thrown.Error.Code);
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jwt", """{"algorithm":"HS256"}""", "/secret")]
    [InlineData("jwt", """{"algorithm":"HS256","secret":"s","jwksUrl":"https://a.b/c"}""", "/jwksUrl")]
    [InlineData("jwt", """{"algorithm":"RS256"}""", "/publicKey")]
    [InlineData("jwt", """{"algorithm":"RS256","publicKey":"x","jwksUrl":"https://a.b/c"}""", "/publicKey")]
    [InlineData("jwt", """{"algorithm":"RS256","jwksUrl":"https://a.b/c","secret":"s"}""", "/secret")]
    [InlineData("jwt", """{"algorithm":"ES256","jwksUrl":"file:///etc/passwd"}""", "/jwksUrl")]
    [InlineData("jwt", """{"algorithm":"RS256","publicKey":"-----BEGIN PRIVATE KEY-----"}""", "/publicKey")]
    [InlineData("bearer", """{"token":"t","testUrl":"ftp://a.b"}""", "/testUrl")]
    [InlineData("api_key", """{"name":"Host","value":"v"}""", "/name")]
    [InlineData("api_key", """{"name":"no header","value":"v"}""", "/name")]
    [InlineData("custom", """{"fields":[{"name":"a","value":"1"},{"name":"a","value":"2"}]}""", "/fields/1/name")]
    [InlineData("custom", """{"fields":[{"name":"a"}]}""", "/fields/0/value")]
    [InlineData("custom", """{"fields":[{"name":"a","value":"1"}],"headers":{"Content-Length":"1"}}""", "/headers/Content-Length")]
    [InlineData("ssh", """{"host":"h","username":"u"}""", "/password")]
    [InlineData("ssh", """{"host":"h","username":"u","privateKey":"abc"}""", "/privateKey")]
    [InlineData("ssh", """{"host":"h","username":"u","password":"p","passphrase":"q"}""", "/passphrase")]
    [InlineData("aws", """{"stsUrl":"sts"}""", "/stsUrl")]
    [InlineData("azure", """{"authority":"https://u:p@login.example"}""", "/authority")]
    public void A_misfit_between_fields_is_found_when_it_is_saved(string type, string data, string pointer) =>
        Assert.Contains(Types.Find(type)!.Descriptor.Check!(NodeTest.Object(data)), found => found.Pointer == pointer);

    [Fact]
    public void What_says_where_secrets_go_is_marked()
    {
        var all = Types.All.ToDictionary(t => t.Descriptor.Type, t => string.Join(' ', t.Descriptor.DestinationFields));

        Assert.Equal("engine host port tls", all["database"]);
        Assert.Equal("tenantId authority", all["azure"]);
        Assert.Equal("jwksUrl testUrl", all["jwt"]);
        Assert.DoesNotContain(all, a => a.Value.Length == 0);
    }

    private async Task ApplyAsync(string type, string data, OutgoingRequest request) => await Types.Find(type)!.ApplyAsync(
        request, new OpenedCredential("id", "Mine", type, NodeTest.Object(data)), new CredentialUse(_http, new SecretMask(), new NoServices()), CancellationToken.None);

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
