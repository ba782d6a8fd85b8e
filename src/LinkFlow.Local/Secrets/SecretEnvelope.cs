using System.Security.Cryptography;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;

namespace LinkFlow.Local.Secrets;

/// <summary>
/// The bytes in which a secret is stored: encrypted by a data key of its own, which is wrapped by a master key. Both
/// with AES-256-GCM, random nonces of 96 bits and tags of 128 bits. docs/credentials.md gives the format byte by byte.
/// <code>
///   0   1  format, 1
///   1   8  id of the master key
///   9  12  nonce of the wrapped data key
///  21  32  data key, wrapped
///  53  16  its tag
///  69  12  nonce of the secret
///  81   n  secret, encrypted
///  81+n 16 its tag
/// </code>
/// A rotation of the master key replaces bytes 1 to 68 and leaves the rest.
/// </summary>
internal static class SecretEnvelope
{
    public const byte Format = 1;
    public const int NonceSize = 12;
    public const int TagSize = 16;
    public const int KeyIdOffset = 1;
    public const int DataKeySize = 32;

    /// <summary>How much longer an envelope is than its secret.</summary>
    public const int Overhead = SecretOffset + TagSize;

    private const int HeaderSize = KeyIdOffset + MasterKeyId.Size;
    private const int WrapNonceOffset = HeaderSize;
    private const int WrappedOffset = WrapNonceOffset + NonceSize;
    private const int WrapTagOffset = WrappedOffset + DataKeySize;
    private const int SecretNonceOffset = WrapTagOffset + TagSize;
    private const int SecretOffset = SecretNonceOffset + NonceSize;

    /// <summary>Puts a secret into an envelope.</summary>
    /// <returns>Null: the key was dropped meanwhile.</returns>
    public static byte[]? Seal(MasterKey master, SecretPlace place, ReadOnlySpan<byte> secret)
    {
        Span<byte> random = stackalloc byte[DataKeySize + 2 * NonceSize];
        RandomNumberGenerator.Fill(random);
        try
        {
            return Seal(master, place, secret, random);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(random);
        }
    }

    /// <param name="random">The data key, the nonce of its wrapping, the nonce of the secret; each used once.</param>
    internal static byte[]? Seal(MasterKey master, SecretPlace place, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> random)
    {
        var envelope = new byte[Overhead + secret.Length];
        envelope[0] = Format;
        var dataKey = random[..DataKeySize];
        if (!TryWrap(master, place, dataKey, random.Slice(DataKeySize, NonceSize), envelope)) return null;
        random[(DataKeySize + NonceSize)..].CopyTo(envelope.AsSpan(SecretNonceOffset));
        using var cipher = new AesGcm(dataKey, TagSize);
        cipher.Encrypt(Of(envelope, SecretNonceOffset, NonceSize), secret, Of(envelope, SecretOffset, secret.Length), Of(envelope, SecretOffset + secret.Length, TagSize), AboutSecret(place));
        return envelope;
    }

    /// <summary>The id of the master key that it needs.</summary>
    /// <exception cref="SecretUnreadableException">It is no envelope, or of a format that this program does not know.</exception>
    public static MasterKeyId KeyIdOf(ReadOnlySpan<byte> envelope, SecretPlace place)
    {
        if (envelope.Length <= Overhead)
            throw new SecretUnreadableException($"The envelope of the secret '{place.Name}' is damaged: it has {envelope.Length} bytes, and more than {Overhead} were expected. Restore a backup, or set the secret anew.");
        if (envelope[0] != Format)
            throw new SecretUnreadableException($"The envelope of the secret '{place.Name}' has format {envelope[0]}; this LinkFlow knows format {Format}. Start the newer LinkFlow that wrote it, restore a backup, or set the secret anew.");
        return MasterKeyId.Read(envelope[KeyIdOffset..]);
    }

    /// <summary>Opens an envelope with the key that it names.</summary>
    /// <returns>Null: the key was dropped meanwhile.</returns>
    /// <exception cref="SecretUnreadableException">It was changed, or belongs to another place.</exception>
    public static SecretBuffer? Open(MasterKey master, SecretPlace place, ReadOnlySpan<byte> envelope)
    {
        Span<byte> dataKey = stackalloc byte[DataKeySize];
        var secret = new SecretBuffer(envelope.Length - Overhead);
        try
        {
            if (!TryUnwrap(master, place, envelope, dataKey)) return Abandon(secret);
            using var cipher = new AesGcm(dataKey, TagSize);
            cipher.Decrypt(envelope.Slice(SecretNonceOffset, NonceSize), envelope[SecretOffset..^TagSize], envelope[^TagSize..], secret.Bytes, AboutSecret(place));
            return secret;
        }
        catch (AuthenticationTagMismatchException e)
        {
            Abandon(secret);
            throw Tampered(place, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>The same secret with its data key wrapped by another master key.</summary>
    /// <returns>Null: one of the keys was dropped meanwhile.</returns>
    /// <exception cref="SecretUnreadableException">It was changed, or belongs to another place.</exception>
    public static byte[]? Rewrap(MasterKey from, MasterKey to, SecretPlace place, ReadOnlySpan<byte> envelope)
    {
        Span<byte> dataKey = stackalloc byte[DataKeySize];
        Span<byte> nonce = stackalloc byte[NonceSize];
        RandomNumberGenerator.Fill(nonce);
        try
        {
            if (!TryUnwrap(from, place, envelope, dataKey)) return null;
            var rewrapped = envelope.ToArray();
            return TryWrap(to, place, dataKey, nonce, rewrapped) ? rewrapped : null;
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw Tampered(place, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    private static bool TryWrap(MasterKey master, SecretPlace place, ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> nonce, byte[] envelope)
    {
        master.Id.Write(Of(envelope, KeyIdOffset, MasterKeyId.Size));
        nonce.CopyTo(envelope.AsSpan(WrapNonceOffset));
        return master.TryWrap(nonce, dataKey, Of(envelope, WrappedOffset, DataKeySize), Of(envelope, WrapTagOffset, TagSize), AboutKey(place, envelope));
    }

    private static bool TryUnwrap(MasterKey master, SecretPlace place, ReadOnlySpan<byte> envelope, Span<byte> dataKey) =>
        master.TryUnwrap(envelope.Slice(WrapNonceOffset, NonceSize), envelope.Slice(WrappedOffset, DataKeySize), envelope.Slice(WrapTagOffset, TagSize), dataKey, AboutKey(place, envelope));

    /// <summary>The header is part of it: format and key id are authenticated too.</summary>
    private static byte[] AboutKey(SecretPlace place, ReadOnlySpan<byte> envelope) => place.About("linkflow/wrap"u8, envelope[..HeaderSize]);

    /// <summary>Without the key id, which changes in a rotation while these bytes stay.</summary>
    private static byte[] AboutSecret(SecretPlace place) => place.About("linkflow/secret"u8, [Format]);

    private static Span<byte> Of(byte[] envelope, int offset, int length) => envelope.AsSpan(offset, length);

    private static SecretBuffer? Abandon(SecretBuffer secret)
    {
        secret.Dispose();
        return null;
    }

    private static SecretUnreadableException Tampered(SecretPlace place, Exception inner) => new(
        $"The envelope of the secret '{place.Name}' was changed, or moved here from another secret, version or tenant. Restore a backup, or set the secret anew.", inner);
}
