using System.Security.Cryptography;

namespace LinkFlow.Local.Secrets;

/// <summary>
/// A key that wraps data keys and does nothing else. It is held in memory that does not move, never given out but to
/// <see cref="MasterKeyFile"/>, and zeroed when it is disposed. Safe to use from several threads.
/// </summary>
public sealed class MasterKey : IDisposable
{
    /// <summary>In bytes: AES-256.</summary>
    public const int Size = 32;

    private readonly Lock _lock = new();
    private readonly byte[] _key = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
    private AesGcm? _cipher;

    private MasterKey(ReadOnlySpan<byte> key, DateTimeOffset? madeAt)
    {
        key.CopyTo(_key);
        _cipher = new AesGcm(_key, SecretEnvelope.TagSize);
        Id = IdOf(_key);
        MadeAt = madeAt;
    }

    public MasterKeyId Id { get; }

    /// <summary>Null: it came from outside, and nobody said.</summary>
    public DateTimeOffset? MadeAt { get; }

    /// <param name="key">32 bytes; the caller zeroes them.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public static MasterKey From(ReadOnlySpan<byte> key, DateTimeOffset? madeAt) =>
        key.Length == Size ? new MasterKey(key, madeAt) : throw new ArgumentException($"The key has {key.Length} bytes; a master key has {Size}.", nameof(key));

    /// <summary>A new random one.</summary>
    public static MasterKey Draw(DateTimeOffset now)
    {
        Span<byte> key = stackalloc byte[Size];
        RandomNumberGenerator.Fill(key);
        try
        {
            return new MasterKey(key, now);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Encrypts a data key.</summary>
    /// <returns>False: this key was dropped.</returns>
    internal bool TryWrap(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> dataKey, Span<byte> wrapped, Span<byte> tag, ReadOnlySpan<byte> about)
    {
        lock (_lock)
        {
            _cipher?.Encrypt(nonce, dataKey, wrapped, tag, about);
            return _cipher is not null;
        }
    }

    /// <summary>Decrypts a data key.</summary>
    /// <returns>False: this key was dropped.</returns>
    /// <exception cref="AuthenticationTagMismatchException">The bytes are not those that this key wrapped for that place.</exception>
    internal bool TryUnwrap(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> tag, Span<byte> dataKey, ReadOnlySpan<byte> about)
    {
        lock (_lock)
        {
            _cipher?.Decrypt(nonce, wrapped, tag, dataKey, about);
            return _cipher is not null;
        }
    }

    /// <summary>For the key file only. The caller zeroes what it gets.</summary>
    internal void CopyTo(Span<byte> key)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_cipher is null, this);
            _key.CopyTo(key);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _cipher?.Dispose();
            _cipher = null;
            CryptographicOperations.ZeroMemory(_key);
        }
    }

    /// <summary>Its id, so that no message shows more.</summary>
    public override string ToString() => Id.ToString();

    private static MasterKeyId IdOf(ReadOnlySpan<byte> key)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, "LinkFlow master key id v1"u8, mac);
        return MasterKeyId.Read(mac);
    }
}
