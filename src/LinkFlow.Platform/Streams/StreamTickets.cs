using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Streams;

/// <summary>Tickets for opening a WebSocket, where browsers can send no header: good for one connection within <see cref="Lifetime"/>.</summary>
public sealed class StreamTickets(TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>Tickets that nobody used are swept out at this many.</summary>
    private const int SweepAt = 1_000;

    private readonly ConcurrentDictionary<string, (Principal Principal, DateTimeOffset Until)> _open = new(StringComparer.Ordinal);

    public string Issue(Principal principal)
    {
        var now = clock.GetUtcNow();
        if (_open.Count >= SweepAt)
        {
            foreach (var (old, (_, until)) in _open)
                if (until <= now) _open.TryRemove(old, out _);
        }

        var ticket = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _open[ticket] = (principal, now + Lifetime);
        return ticket;
    }

    /// <summary>Uses a ticket up.</summary>
    /// <returns>Who it was issued to; null: unknown, used or too old.</returns>
    public Principal? Redeem(string ticket) => _open.TryRemove(ticket, out var found) && found.Until > clock.GetUtcNow() ? found.Principal : null;
}
