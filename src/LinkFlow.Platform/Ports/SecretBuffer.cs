using System.Security.Cryptography;

namespace LinkFlow.Platform.Ports;

/// <summary>The bytes of an opened secret. They do not move in memory and are overwritten with zeros when it is disposed.</summary>
public sealed class SecretBuffer : IDisposable
{
    private readonly byte[] _bytes;
    private bool _disposed;

    /// <param name="length">In bytes.</param>
    public SecretBuffer(int length) => _bytes = GC.AllocateUninitializedArray<byte>(length, pinned: true);

    /// <exception cref="ObjectDisposedException">It has been zeroed already.</exception>
    public Span<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _disposed = true;
    }
}
