using System.Net;
using System.Net.Sockets;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes.Http;

/// <summary>
/// Opens the connections that workflows ask for, and no others: a name is resolved once, every address is checked,
/// and the connection goes to an address that was checked. Used for each redirect anew, as each is a connection.
/// </summary>
/// <param name="resolve">Name to addresses; null: the system's resolver.</param>
public sealed class OutboundGuard(OutboundAllowList allow, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    /// <summary>The error code of what is refused.</summary>
    public const string Blocked = "OUTBOUND_BLOCKED";

    /// <summary>With more addresses left, one that does not answer is given up after this.</summary>
    private static readonly TimeSpan PatienceWithOthersLeft = TimeSpan.FromSeconds(5);

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>The addresses of a host that may be connected to.</summary>
    /// <exception cref="NodeException">None may be: <see cref="Blocked"/>.</exception>
    /// <exception cref="SocketException">The name cannot be resolved.</exception>
    public async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default)
    {
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await _resolve(host, cancellationToken).ConfigureAwait(false);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        IPAddress[] allowed = [.. addresses.Where(a => MayReach(host, a))];
        if (allowed.Length > 0) return allowed;
        throw new NodeException(Blocked, addresses.All(OutboundAddresses.IsMetadata)
            ? $"The connection to '{host}' is refused: it is a cloud's metadata address, which nodes never reach."
            : $"The connection to '{host}' is refused: it is not a public address. The setting {OutboundAllowList.Setting} can allow it.");
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="NodeException">As <see cref="ResolveAsync"/>.</exception>
    /// <exception cref="SocketException">The name cannot be resolved, or nothing answers there.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(target.Host, cancellationToken).ConfigureAwait(false);
        for (var i = 0; ; i++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var isLast = i == addresses.Count - 1;
            if (!isLast) patience.CancelAfter(PatienceWithOthersLeft);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], target.Port), patience.Token).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (isLast || cancellationToken.IsCancellationRequested || e is not (SocketException or OperationCanceledException)) throw;
            }
        }
    }

    private bool MayReach(string host, IPAddress address) =>
        !OutboundAddresses.IsMetadata(address) && (!OutboundAddresses.IsInternal(address) || allow.Allows(host, address));
}
