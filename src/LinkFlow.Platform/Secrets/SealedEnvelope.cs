using System.Security.Cryptography;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Secrets;

/// <summary>
/// The bytes of a secret that is kept elsewhere, encrypted with AES-256-GCM by its tenant's sealing key.
/// <code>
///   0   1  format, 2
///   1  16  version of the sealing key, a UUID in network order
///  17  12  nonce
///  29   n  secret, encrypted
///  29+n 16 its tag
/// </code>
/// </summary>
public static class SealedEnvelope
{
    public const byte Format = 2;

    /// <summary>How much longer an envelope is than its secret.</summary>
    public const int Overhead = SecretOffset + TagSize;

    /// <summary>Bytes of a sealing key: AES-256.</summary>
    public const int KeySize = 32;

    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int VersionSize = 16;
    private const int HeaderSize = 1 + VersionSize;
    private const int SecretOffset = HeaderSize + NonceSize;

    /// <param name="keyVersion">A UUID.</param>
    public static byte[] Seal(ReadOnlySpan<byte> key, string keyVersion, SecretPlace place, ReadOnlySpan<byte> secret)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        RandomNumberGenerator.Fill(nonce);
        return Seal(key, keyVersion, place, secret, nonce);
    }

    /// <param name="nonce">Random: at most 2^32 are drawn for one key, which no tenant's tokens come near.</param>
    public static byte[] Seal(ReadOnlySpan<byte> key, string keyVersion, SecretPlace place, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> nonce)
    {
        var envelope = new byte[Overhead + secret.Length];
        envelope[0] = Format;
        Guid.ParseExact(keyVersion, "D").TryWriteBytes(envelope.AsSpan(1), bigEndian: true, out _);
        nonce.CopyTo(envelope.AsSpan(HeaderSize));
        using var cipher = new AesGcm(key, TagSize);
        cipher.Encrypt(nonce, secret, envelope.AsSpan(SecretOffset, secret.Length), envelope.AsSpan(SecretOffset + secret.Length), About(place, envelope));
        return envelope;
    }

    /// <summary>The version of the sealing key that it needs.</summary>
    /// <exception cref="SecretUnreadableException">It is no envelope, or of a format that this program does not know.</exception>
    public static string KeyVersionOf(ReadOnlySpan<byte> envelope, string purpose)
    {
        if (envelope.Length <= Overhead)
            throw new SecretUnreadableException($"What was sealed for '{purpose}' is damaged: it has {envelope.Length} bytes, and more than {Overhead} were expected. Obtain it anew.");
        if (envelope[0] != Format)
            throw new SecretUnreadableException($"What was sealed for '{purpose}' has format {envelope[0]}; this LinkFlow knows format {Format}. Start the newer LinkFlow that wrote it, or obtain it anew.");
        return new Guid(envelope.Slice(1, VersionSize), bigEndian: true).ToString("D");
    }

    /// <exception cref="SecretUnreadableException">It was changed, or sealed for another purpose or tenant.</exception>
    public static SecretBuffer Open(ReadOnlySpan<byte> key, SecretPlace place, ReadOnlySpan<byte> envelope)
    {
        var secret = new SecretBuffer(envelope.Length - Overhead);
        try
        {
            using var cipher = new AesGcm(key, TagSize);
            cipher.Decrypt(envelope.Slice(HeaderSize, NonceSize), envelope[SecretOffset..^TagSize], envelope[^TagSize..], secret.Bytes, About(place, envelope));
            return secret;
        }
        catch (AuthenticationTagMismatchException e)
        {
            secret.Dispose();
            throw new SecretUnreadableException($"What was sealed for '{place.Name}' was changed, or was sealed for another purpose or tenant. Obtain it anew.", e);
        }
    }

    private static byte[] About(SecretPlace place, ReadOnlySpan<byte> envelope) => place.About("linkflow/sealed"u8, envelope[..HeaderSize]);
}
