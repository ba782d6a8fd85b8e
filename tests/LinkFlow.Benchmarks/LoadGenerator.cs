using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LinkFlow.Benchmarks;

/// <summary>
/// Sends one request over and over on keep-alive connections and measures each answer. A bare socket client, so
/// that on two cores the measured server gets most of the time.
/// </summary>
internal static class LoadGenerator
{
    /// <param name="Failures">Answers other than 2xx.</param>
    /// <param name="Latencies">Sorted, one per answer.</param>
    public sealed record Result(double PerSecond, long Failures, TimeSpan[] Latencies)
    {
        /// <param name="share">0.5 for the median, 0.99 for p99.</param>
        public TimeSpan Percentile(double share) => Latencies.Length == 0 ? TimeSpan.Zero : Latencies[Math.Min(Latencies.Length - 1, (int)(Latencies.Length * share))];
    }

    /// <summary>Runs until the duration is over or <paramref name="most"/> requests are done.</summary>
    public static async Task<Result> RunAsync(int port, Func<int, byte[]> request, int concurrency, TimeSpan duration, int most = int.MaxValue)
    {
        var watch = Stopwatch.StartNew();
        var left = most;
        long failures = 0;
        var all = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(async () =>
        {
            var latencies = new List<TimeSpan>(4096);
            using var connection = new Connection(port);
            while (watch.Elapsed < duration)
            {
                var number = Interlocked.Decrement(ref left);
                if (number < 0) break;
                var start = Stopwatch.GetTimestamp();
                var status = await connection.SendAsync(request(most - number - 1));
                latencies.Add(Stopwatch.GetElapsedTime(start));
                if (status is < 200 or > 299) Interlocked.Increment(ref failures);
            }

            return latencies;
        })));
        var elapsed = watch.Elapsed;
        var sorted = all.SelectMany(l => l).Order().ToArray();
        return new Result(sorted.Length / elapsed.TotalSeconds, failures, sorted);
    }

    /// <summary>The bytes of a request to 127.0.0.1.</summary>
    public static byte[] Request(string method, string path, string? json = null, string? apiKey = null)
    {
        var text = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        if (apiKey is not null) text.Append("X-API-Key: ").Append(apiKey).Append("\r\n");
        if (json is not null) text.Append("Content-Type: application/json\r\nContent-Length: ").Append(Encoding.UTF8.GetByteCount(json)).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.Append("\r\n").Append(json).ToString());
    }

    /// <summary>One keep-alive connection that reads answers with a Content-Length or in chunks.</summary>
    private sealed class Connection : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] _buffer = new byte[64 * 1024];
        private int _start;
        private int _end;

        public Connection(int port) => _socket.Connect(IPAddress.Loopback, port);

        public async ValueTask<int> SendAsync(byte[] request)
        {
            await _socket.SendAsync(request);
            var headersEnd = await ReadUntilAsync("\r\n\r\n"u8.ToArray());
            var headers = Encoding.ASCII.GetString(_buffer, _start, headersEnd - _start);
            _start = headersEnd;
            var status = int.Parse(headers.AsSpan(9, 3));
            var at = headers.IndexOf("content-length:", StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
            {
                var end = headers.IndexOf('\r', at);
                await SkipAsync(int.Parse(headers.AsSpan(at + 15, end - at - 15).Trim()));
            }
            else if (headers.Contains("chunked", StringComparison.OrdinalIgnoreCase))
            {
                while (true)
                {
                    var lineEnd = await ReadUntilAsync("\r\n"u8.ToArray());
                    var size = Convert.ToInt32(Encoding.ASCII.GetString(_buffer, _start, lineEnd - _start - 2), 16);
                    _start = lineEnd;
                    await SkipAsync(size + 2);
                    if (size == 0) break;
                }
            }

            return status;
        }

        private async ValueTask<int> ReadUntilAsync(byte[] mark)
        {
            while (true)
            {
                var at = _buffer.AsSpan(_start, _end - _start).IndexOf(mark);
                if (at >= 0) return _start + at + mark.Length;
                await FillAsync();
            }
        }

        private async ValueTask SkipAsync(int count)
        {
            while (count > _end - _start)
            {
                count -= _end - _start;
                _start = _end = 0;
                await FillAsync();
            }

            _start += count;
        }

        private async ValueTask FillAsync()
        {
            if (_start == _end) _start = _end = 0;
            else if (_end == _buffer.Length)
            {
                Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
                _end -= _start;
                _start = 0;
            }

            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
            if (read == 0) throw new IOException("The server closed the connection within an answer.");
            _end += read;
        }

        public void Dispose() => _socket.Dispose();
    }
}
