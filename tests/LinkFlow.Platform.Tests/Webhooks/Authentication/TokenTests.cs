using System.Net;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Http;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Webhooks.Authentication.Tokens;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Platform.Tests.Webhooks.Authentication;

/// <summary>Tokens made by hand, so that what a library would not make is tried too.</summary>
public sealed class TokenTests : IDisposable
{
    private const string Secret = "a-secret-of-32-characters-or-more";

    private readonly FixedClock _clock = new();
    private readonly OutboundHttp _http;
    private readonly TokenVerification _tokens;

    public TokenTests()
    {
        _http = new OutboundHttp(new OutboundGuard(new OutboundAllowList(["127.0.0.0/8"])), _clock);
        _tokens = new TokenVerification(new TokenKeys(new PublishedKeys(_http, _clock, NullLogger<PublishedKeys>.Instance)), _clock);
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public async Task A_token_of_the_credentials_algorithm_is_taken(string algorithm)
    {
        using var signer = new TokenSigner(algorithm, Secret);

        Assert.Null(await ProblemAsync(signer.Sign(Claims()), signer.Credential()));
        Assert.NotNull(await ProblemAsync(signer.Sign(Claims()) + "A", signer.Credential()));
        using var other = new TokenSigner(algorithm, Secret + "2");
        Assert.NotNull(await ProblemAsync(other.Sign(Claims()), signer.Credential()));
    }

    [Theory]
    [InlineData("HS256", "short")]
    [InlineData("HS384", "a-secret-of-more-than-a-block-of-sha-256-which-is-sixty-four-bytes-long")]
    [InlineData("HS512", "é")]
    public async Task A_secret_may_have_any_length(string algorithm, string secret)
    {
        using var signer = new TokenSigner(algorithm, secret);

        Assert.Null(await ProblemAsync(signer.Sign(Claims()), signer.Credential()));
    }

    [Theory]
    [InlineData("exp", -1, false)]
    [InlineData("exp", 1, true)]
    [InlineData("nbf", 59, true)]
    [InlineData("nbf", 61, false)]
    [InlineData("nbf", -3600, true)]
    public async Task A_token_counts_within_its_time(string claim, int seconds, bool taken)
    {
        using var signer = new TokenSigner("HS256", Secret);
        var time = _clock.GetUtcNow().ToUnixTimeSeconds() + seconds;

        Assert.Equal(taken, await ProblemAsync(signer.Sign($$"""{"{{claim}}":{{time}}}"""), signer.Credential()) is null);
    }

    [Theory]
    [InlineData("""{"iss":"us","aud":"hook"}""", true)]
    [InlineData("""{"iss":"us","aud":["x","hook"]}""", true)]
    [InlineData("""{"iss":"them","aud":"hook"}""", false)]
    [InlineData("""{"iss":"us","aud":"x"}""", false)]
    [InlineData("""{"iss":"us"}""", false)]
    [InlineData("""{"aud":"hook"}""", false)]
    public async Task Issuer_and_audience_must_be_the_credentials(string claims, bool taken)
    {
        using var signer = new TokenSigner("HS256", Secret);

        Assert.Equal(taken, await ProblemAsync(signer.Sign(claims), signer.Credential(""","issuer":"us","audience":"hook" """)) is null);
    }

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"None","typ":"JWT"}""")]
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("""{"alg":"HS512"}""")]
    [InlineData("""{"alg":"RS256"}""")]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""")]
    public async Task Another_header_than_that_of_the_credentials_algorithm_is_refused(string header)
    {
        using var signer = new TokenSigner("HS256", Secret);
        var whole = signer.Sign(Claims(), header);

        Assert.NotNull(await ProblemAsync(whole, signer.Credential()));
        Assert.NotNull(await ProblemAsync(whole[..(whole.LastIndexOf('.') + 1)], signer.Credential()));
    }

    [Fact]
    public async Task A_public_key_is_no_secret_to_sign_with()
    {
        using var rsa = new TokenSigner("RS256", Secret);
        using var forger = new TokenSigner("HS256", rsa.PublicKey);

        Assert.NotNull(await ProblemAsync(forger.Sign(Claims()), rsa.Credential()));
        Assert.NotNull(await ProblemAsync(forger.Sign(Claims(), """{"alg":"RS256"}"""), rsa.Credential()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("...")]
    [InlineData("a.b")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.bnVsbA.x")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.W10.x")]
    public async Task What_is_no_token_is_refused(string token)
    {
        using var signer = new TokenSigner("HS256", Secret);

        Assert.NotNull(await ProblemAsync(token, signer.Credential()));
        Assert.NotNull(await ProblemAsync(new string('a', 20_000) + ".b.c", signer.Credential()));
    }

    [Fact]
    public async Task Published_keys_are_read_once_and_again_for_a_new_key_but_once_a_minute()
    {
        using var first = new TokenSigner("RS256", Secret, "k1");
        using var second = new TokenSigner("ES256", Secret, "k2");
        await using var issuer = await KeyServer.StartAsync(() => $$"""{"keys":[{{first.Published}}]}""");
        var credential = Of("RS256", $"\"jwksUrl\":\"{issuer.Url}\"");

        Assert.Null(await ProblemAsync(first.Sign(Claims()), credential));
        Assert.Null(await ProblemAsync(first.Sign(Claims()), credential));
        Assert.Equal(1, issuer.Reads);
        issuer.Answer = () => $$"""{"keys":[{{second.Published}}]}""";
        var rotated = Of("ES256", $"\"jwksUrl\":\"{issuer.Url}\"");
        Assert.NotNull(await ProblemAsync(second.Sign(Claims()), rotated));
        Assert.Equal(1, issuer.Reads);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await ProblemAsync(second.Sign(Claims()), rotated));
        Assert.NotNull(await ProblemAsync(first.Sign(Claims()), credential));
        Assert.Equal(2, issuer.Reads);
    }

    [Fact]
    public async Task Keys_stay_in_use_for_a_day_while_their_issuer_is_away()
    {
        using var signer = new TokenSigner("PS256", Secret, "k1");
        await using var issuer = await KeyServer.StartAsync(() => $$"""{"keys":[{{signer.Published}}]}""");
        var credential = Of("PS256", $"\"jwksUrl\":\"{issuer.Url}\"");
        Assert.Null(await ProblemAsync(signer.Sign("{}"), credential));

        issuer.Status = HttpStatusCode.InternalServerError;
        _clock.Advance(TimeSpan.FromHours(23));
        Assert.Null(await ProblemAsync(signer.Sign("{}"), credential));
        _clock.Advance(TimeSpan.FromHours(2));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ProblemAsync(signer.Sign("{}"), credential));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("""{"keys":"x"}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}""")]
    [InlineData(null)]
    public async Task An_issuer_that_publishes_no_keys_admits_nobody(string? answer)
    {
        using var signer = new TokenSigner("RS256", Secret);
        await using var issuer = await KeyServer.StartAsync(() => answer ?? new string(' ', PublishedKeys.MaxBytes) + "{\"keys\":[]}");

        var problem = await Record.ExceptionAsync(async () => Assert.NotNull(await ProblemAsync(signer.Sign("{}"), Of("RS256", $"\"jwksUrl\":\"{issuer.Url}\""))));

        Assert.True(problem is null or StoreUnavailableException, problem?.ToString());
    }

    [Fact]
    public async Task Keys_behind_an_internal_address_are_not_read()
    {
        using var signer = new TokenSigner("RS256", Secret);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => ProblemAsync(signer.Sign("{}"), Of("RS256", "\"jwksUrl\":\"http://169.254.169.254/keys\"")));
    }

    public void Dispose() => _http.Dispose();

    private string Claims() => $$"""{"sub":"x","exp":{{_clock.GetUtcNow().ToUnixTimeSeconds() + 60}}}""";

    private Task<string?> ProblemAsync(string token, OpenedCredential credential) => _tokens.ProblemOfAsync(token, credential, CancellationToken.None).AsTask();

    private static OpenedCredential Of(string algorithm, string fields) =>
        new("id", "name", "jwt", JsonText.Parse($$"""{"algorithm":"{{algorithm}}",{{fields}}}""").AsObject!);

    /// <summary>Signs as RFC 7515 says, whatever it is given.</summary>
    private sealed class TokenSigner : IDisposable
    {
        private readonly string _algorithm;
        private readonly string? _keyId;
        private readonly byte[] _secret;
        private readonly RSA? _rsa;
        private readonly ECDsa? _curve;

        public TokenSigner(string algorithm, string secret, string? keyId = null)
        {
            (_algorithm, _keyId, _secret) = (algorithm, keyId, Encoding.UTF8.GetBytes(secret));
            if (algorithm[0] is 'R' or 'P') _rsa = RSA.Create(2048);
            if (algorithm[0] == 'E') _curve = ECDsa.Create(algorithm switch { "ES256" => ECCurve.NamedCurves.nistP256, "ES384" => ECCurve.NamedCurves.nistP384, _ => ECCurve.NamedCurves.nistP521 });
        }

        public string PublicKey => _rsa?.ExportSubjectPublicKeyInfoPem() ?? _curve!.ExportSubjectPublicKeyInfoPem();

        public string Published => _rsa is not null
            ? $$"""{"kty":"RSA","use":"sig","kid":"{{_keyId}}","n":"{{Url(_rsa.ExportParameters(false).Modulus!)}}","e":"{{Url(_rsa.ExportParameters(false).Exponent!)}}"}"""
            : $$"""{"kty":"EC","crv":"P-256","kid":"{{_keyId}}","x":"{{Url(_curve!.ExportParameters(false).Q.X!)}}","y":"{{Url(_curve.ExportParameters(false).Q.Y!)}}"}""";

        public OpenedCredential Credential(string more = "") =>
            Of(_algorithm, (_rsa is null && _curve is null ? $"\"secret\":\"{Encoding.UTF8.GetString(_secret)}\"" : $"\"publicKey\":{JsonText.Write(PublicKey)}") + more);

        public string Sign(string claims, string? header = null)
        {
            header ??= _keyId is null ? $$"""{"alg":"{{_algorithm}}"}""" : $$"""{"alg":"{{_algorithm}}","kid":"{{_keyId}}"}""";
            var text = $"{Url(Encoding.UTF8.GetBytes(header))}.{Url(Encoding.UTF8.GetBytes(claims))}";
            return $"{text}.{Url(Signature(Encoding.ASCII.GetBytes(text)))}";
        }

        public void Dispose()
        {
            _rsa?.Dispose();
            _curve?.Dispose();
        }

        private byte[] Signature(byte[] data)
        {
            var hash = _algorithm[2..] switch { "256" => HashAlgorithmName.SHA256, "384" => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };
            if (_rsa is not null) return _rsa.SignData(data, hash, _algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
            if (_curve is not null) return _curve.SignData(data, hash);
            return _algorithm[2..] switch { "256" => HMACSHA256.HashData(_secret, data), "384" => HMACSHA384.HashData(_secret, data), _ => HMACSHA512.HashData(_secret, data) };
        }

        private static string Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }
}
