using LinkFlow.Platform.Http;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Streams;

/// <summary>Counts those who watch, event streams and sockets together: at most <c>LinkFlow:Limits:OpenStreams</c>.</summary>
public sealed class OpenStreams(LinkFlowOptions options)
{
    private int _open;

    /// <summary>Takes a place until it is disposed.</summary>
    /// <exception cref="ApiException">429: all are taken.</exception>
    public IDisposable Enter()
    {
        var place = new Place(this);
        if (Interlocked.Increment(ref _open) <= options.Limits.OpenStreams) return place;
        place.Dispose();
        throw new ApiException(new ApiError(429, "RATE_LIMITED", $"{options.Limits.OpenStreams} streams are open already. Close one, or read the history in pages.") { RetryAfter = TimeSpan.FromSeconds(5) });
    }

    private sealed class Place(OpenStreams streams) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0) Interlocked.Decrement(ref streams._open);
        }
    }
}
