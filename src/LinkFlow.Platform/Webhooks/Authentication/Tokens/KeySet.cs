using Microsoft.IdentityModel.Tokens;

namespace LinkFlow.Platform.Webhooks.Authentication.Tokens;

/// <summary>The public keys that an issuer published, as last read.</summary>
/// <param name="Keys">Those that sign; no secret ones.</param>
internal sealed record KeySet(IReadOnlyList<JsonWebKey> Keys, DateTimeOffset ReadAt)
{
    /// <summary>Keys of one set that are looked at.</summary>
    public const int MaxKeys = 100;

    /// <exception cref="ArgumentException">It is no key set.</exception>
    public static KeySet Parse(string json, DateTimeOffset now)
    {
        var keys = new JsonWebKeySet(json).Keys.Where(k => k.Kty is "RSA" or "EC" && k.Use is null or "" or "sig").Take(MaxKeys).ToArray();
        return new KeySet(keys, now);
    }

    /// <summary>Those that may have signed a token: of the algorithm's kind, and of its key id where it names one.</summary>
    public IEnumerable<JsonWebKey> For(string algorithm, string? keyId)
    {
        var kind = algorithm.StartsWith("ES", StringComparison.Ordinal) ? "EC" : "RSA";
        return Keys.Where(k => k.Kty == kind && (string.IsNullOrEmpty(k.Alg) || k.Alg == algorithm) && (string.IsNullOrEmpty(keyId) || k.Kid == keyId));
    }
}
