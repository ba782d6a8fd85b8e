using System.Security.Cryptography;

namespace LinkFlow.Platform.Http;

/// <summary>Reads on from another stream up to a limit, and counts and hashes what goes by. It does not dispose the other one.</summary>
/// <param name="limit">In bytes.</param>
/// <param name="exceeded">What is thrown when there is more.</param>
/// <param name="hash">Gets all that is read; null: nothing is hashed.</param>
public sealed class BoundedStream(Stream inner, long limit, Func<Exception> exceeded, IncrementalHash? hash = null) : Stream
{
    /// <summary>Bytes that were read so far.</summary>
    public long BytesRead { get; private set; }
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => BytesRead; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        BytesRead += read;
        if (BytesRead > limit) throw exceeded();
        hash?.AppendData(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Request bodies are read asynchronously.");
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
