using System.Net;

namespace LinkFlow.Nodes.Http;

/// <summary>The HTTP connections of all workflows: one pool, guarded, with a circuit breaker per host. A host makes one and lends it to nodes.</summary>
public sealed class OutboundHttp : IDisposable
{
    private readonly HttpMessageInvoker _invoker;

    /// <param name="clock">For time-outs and the circuit breaker.</param>
    public OutboundHttp(OutboundGuard guard, TimeProvider clock)
    {
        Clock = clock;
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

    public void Dispose() => _invoker.Dispose();
}
