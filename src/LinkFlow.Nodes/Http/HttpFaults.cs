using System.Net.Sockets;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes.Http;

/// <summary>Tells why a request got no answer, and whether it may be tried again.</summary>
internal static class HttpFaults
{
    public const string Timeout = "HTTP_TIMEOUT";
    public const string ConnectionFailed = "HTTP_CONNECTION_FAILED";
    public const string Interrupted = "HTTP_INTERRUPTED";
    public const string TooLarge = "HTTP_RESPONSE_TOO_LARGE";
    public const string CircuitOpen = "HTTP_CIRCUIT_OPEN";

    public static NodeException Explain(HttpCall call, Exception thrown, bool timedOut)
    {
        for (var e = thrown; e is not null; e = e.InnerException)
            if (e is NodeException known) return known;
        if (timedOut) return new NodeException(new NodeError(Timeout, $"{call.Name} was not answered within {call.Timeout.TotalSeconds} s (timeoutSeconds).", Transient: call.MayRepeat), thrown);
        if (CannotHaveArrived(thrown)) return new NodeException(new NodeError(ConnectionFailed, $"{call.Name} failed: no connection. {Reason(thrown)}", Transient: true), thrown);
        return thrown is HttpRequestException or IOException
            ? new NodeException(new NodeError(Interrupted, $"{call.Name} failed: the connection broke. {Reason(thrown)}", Transient: call.MayRepeat), thrown)
            : new NodeException(new NodeError(NodeErrorCodes.NodeFailed, $"{call.Name} failed: {thrown.Message}"), thrown);
    }

    /// <summary>The failure speaks against the host, not against the request.</summary>
    public static bool IsTheHosts(NodeException error) => error.Error.Code is Timeout or ConnectionFailed or Interrupted;

    /// <summary>Nothing of the request had been sent.</summary>
    private static bool CannotHaveArrived(Exception thrown) =>
        thrown is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError };

    private static string Reason(Exception thrown)
    {
        var inner = thrown;
        while (inner.InnerException is not null && inner is not SocketException) inner = inner.InnerException;
        return inner.Message.EndsWith('.') ? inner.Message : inner.Message + ".";
    }
}
