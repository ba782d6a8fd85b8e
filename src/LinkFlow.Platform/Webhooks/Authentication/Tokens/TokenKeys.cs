using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LinkFlow.Engine.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace LinkFlow.Platform.Webhooks.Authentication.Tokens;

/// <summary>The keys that can have signed a token, by what a <c>jwt</c> credential says: its secret, its public key, or those that its issuer published.</summary>
internal sealed class TokenKeys(PublishedKeys published)
{
    private const int MaxParsed = 1_000;

    /// <summary>SHA-256's block, the smallest of those that are used here.</summary>
    private const int BlockBytes = 64;

    /// <summary>Public keys by their text: reading one takes longer than checking a signature with it.</summary>
    private readonly ConcurrentDictionary<string, SecurityKey> _parsed = new(StringComparer.Ordinal);

    /// <param name="keyId">What the token's header says; null: nothing.</param>
    /// <returns>None: the credential has no key of that kind.</returns>
    /// <exception cref="Ports.StoreUnavailableException">The issuer's keys cannot be read now.</exception>
    public async ValueTask<IReadOnlyList<SecurityKey>> ForAsync(OpenedCredential credential, string algorithm, string? keyId, CancellationToken cancellationToken)
    {
        if (algorithm.StartsWith("HS", StringComparison.Ordinal))
            return credential.Data["secret"].AsString is { Length: > 0 } secret ? [new SymmetricSecurityKey(Padded(Encoding.UTF8.GetBytes(secret)))] : [];
        if (credential.Data["publicKey"].AsString is { Length: > 0 } pem) return Parsed(pem, algorithm) is { } key ? [key] : [];
        if (!Uri.TryCreate(credential.Data["jwksUrl"].AsString, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) return [];
        return [.. (await published.GetAsync(url, keyId, cancellationToken)).For(algorithm, keyId)];
    }

    /// <summary>HMAC fills a key up with zeros itself, so the signature is the same; the library refuses short keys, and saving one draws a warning already.</summary>
    private static byte[] Padded(byte[] key)
    {
        if (key.Length < BlockBytes) Array.Resize(ref key, BlockBytes);
        return key;
    }

    private SecurityKey? Parsed(string pem, string algorithm)
    {
        if (_parsed.TryGetValue(pem, out var known)) return known;
        if (_parsed.Count >= MaxParsed) _parsed.Clear();
        return Parse(pem, algorithm) is { } key ? _parsed.GetOrAdd(pem, key) : null;
    }

    private static SecurityKey? Parse(string pem, string algorithm)
    {
        try
        {
            if (pem.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal)) return new X509SecurityKey(X509Certificate2.CreateFromPem(pem));
            if (algorithm.StartsWith("ES", StringComparison.Ordinal))
            {
                var curve = ECDsa.Create();
                curve.ImportFromPem(pem);
                return new ECDsaSecurityKey(curve);
            }

            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return new RsaSecurityKey(rsa);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            // Saving checks the key; one that an expression made may be none, and then it admits nobody.
            return null;
        }
    }
}
