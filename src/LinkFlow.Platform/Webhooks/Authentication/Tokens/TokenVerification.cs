using System.Buffers.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LinkFlow.Platform.Webhooks.Authentication.Tokens;

/// <summary>
/// Checks a JSON Web Token by a <c>jwt</c> credential: signed with the one algorithm that the credential names, within its time, from its issuer and for
/// its audience. A token without <c>exp</c> does not expire (RFC 7519 leaves it open); one that is not signed is never taken.
/// </summary>
internal sealed class TokenVerification(TokenKeys keys, TimeProvider clock)
{
    /// <summary>The default of the credential type's field.</summary>
    private const string DefaultAlgorithm = "HS256";
    public const int MaxTokenLength = 16 * 1024;

    /// <summary>Clocks differ: a token that is not valid yet is taken this much early.</summary>
    private static readonly TimeSpan EarlyBy = TimeSpan.FromMinutes(1);

    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = MaxTokenLength };

    /// <summary>It must not keep keys, which are secrets, beyond a call.</summary>
    private static readonly CryptoProviderFactory Signatures = new() { CacheSignatureProviders = false };

    /// <returns>What is wrong with the token, for the log; null: it is good.</returns>
    /// <exception cref="Ports.StoreUnavailableException">The issuer's keys cannot be read now.</exception>
    public async ValueTask<string?> ProblemOfAsync(string token, OpenedCredential credential, CancellationToken cancellationToken)
    {
        var algorithm = credential.Data["algorithm"].AsString ?? DefaultAlgorithm;
        if (algorithm.Length != 5) return "the credential names no algorithm.";
        if (Read(token) is not { } header) return "what was presented is no signed token.";
        if (Parsed(header.EncodedHeader) is not { } named || !named["crit"].IsUndefined) return "the token's header asks for what is not known here (crit).";
        if (header.Alg != algorithm) return $"the token is not signed with {algorithm}.";
        var candidates = await keys.ForAsync(credential, algorithm, header.Kid, cancellationToken);
        if (candidates.Count == 0) return "the credential has no key that can have signed the token.";
        return Validate(token, Rules(credential, algorithm, candidates)) ?? TimeProblem(header);
    }

    private static TokenValidationParameters Rules(OpenedCredential credential, string algorithm, IReadOnlyList<SecurityKey> candidates)
    {
        var issuer = credential.Data["issuer"].AsString;
        var audience = credential.Data["audience"].AsString;
        return new TokenValidationParameters
        {
            CryptoProviderFactory = Signatures,
            IssuerSigningKeys = candidates,
            TryAllIssuerSigningKeys = true,
            RequireSignedTokens = true,
            ValidAlgorithms = [algorithm],
            ValidateIssuer = !string.IsNullOrEmpty(issuer),
            ValidIssuer = issuer,
            ValidateAudience = !string.IsNullOrEmpty(audience),
            ValidAudience = audience,
            // By our clock, and to the fraction of a second that the token may have.
            ValidateLifetime = false,
        };
    }

    private string? TimeProblem(JsonWebToken token)
    {
        if (Parsed(token.EncodedPayload) is not { } claims) return "the token's claims are no JSON.";
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var (expires, notBefore) = (claims["exp"], claims["nbf"]);
        if (!expires.IsUndefined && !(expires.IsNumber && expires.AsNumber > now)) return "the token has expired.";
        return notBefore.IsUndefined || (notBefore.IsNumber && notBefore.AsNumber <= now + EarlyBy.TotalSeconds) ? null : "the token is not valid yet.";
    }

    private static Value? Parsed(string part)
    {
        try
        {
            return JsonText.Parse(Base64Url.DecodeFromChars(part));
        }
        catch (Exception e) when (e is JsonTextException or FormatException)
        {
            // Stricter than the library: what is not JSON by our rules is refused.
            return null;
        }
    }

    private static JsonWebToken? Read(string token)
    {
        if (token.Length > MaxTokenLength || token.Count(c => c == '.') != 2) return null;
        try
        {
            return new JsonWebToken(token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The library's parser is not ours to know; whatever it stumbles over is no token.
            return null;
        }
    }

    private static string? Validate(string token, TokenValidationParameters rules)
    {
        try
        {
            var result = Handler.ValidateToken(token, rules);
            return result.IsValid ? null : $"the token is refused ({result.Exception?.GetType().Name ?? "invalid"}).";
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"the token cannot be read ({e.GetType().Name}).";
        }
    }
}
