using System.Net;

namespace LinkFlow.Nodes.Http;

/// <summary>The HTTP connections of all workflows: one pool, guarded, with a circuit breaker per host. A host makes one and lends it to nodes.</summary>
public sealed class OutboundHttp : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly OutboundGuard _guard;

    /// <param name="clock">For time-outs and the circuit breaker.</param>
    public OutboundHttp(OutboundGuard guard, TimeProvider clock)
    {
        Clock = clock;
        _guard = guard;
        Breaker = new CircuitBreaker(clock);
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectCallback = (connection, cancellationToken) => guard.ConnectAsync(connection.DnsEndPoint, cancellationToken),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            UseProxy = false,
        });
    }

    public TimeProvider Clock { get; }
    public CircuitBreaker Breaker { get; }

    /// <summary>Sends one request; the answer's body is not read yet. Follows no redirect.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invoker.SendAsync(request, cancellationToken);

    /// <summary>Opens a guarded connection for another protocol. The caller disposes it.</summary>
    /// <exception cref="Engine.Nodes.NodeException">It may not be reached: <see cref="OutboundGuard.Blocked"/>.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The name cannot be resolved, or nothing answers there.</exception>
    public ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken) =>
        _guard.ConnectAsync(new DnsEndPoint(host, port), cancellationToken);

    public void Dispose() => _invoker.Dispose();
}
