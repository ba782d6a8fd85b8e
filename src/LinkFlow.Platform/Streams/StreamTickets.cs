using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Streams;

/// <summary>
/// Tickets for opening a WebSocket, where browsers can send no header: good for one connection within
/// <see cref="Lifetime"/>, with the permissions of who asked. In memory only, and hashed: a restart voids them.
/// </summary>
public sealed class StreamTickets(TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>Tickets that wait to be used, at most.</summary>
    public const int Max = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Issued> _open = new(StringComparer.Ordinal);

    /// <summary>As issued; all live equally long, so the oldest end first. Used ones stay in it until their time is over.</summary>
    private readonly Queue<(string Name, DateTimeOffset Until)> _order = new();

    /// <param name="topics">What the connection follows from its first moment.</param>
    /// <exception cref="ApiException">429: <see cref="Max"/> were issued within the last minute.</exception>
    public StreamTicket Issue(Principal principal, StreamTopics topics)
    {
        var now = clock.GetUtcNow();
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var hash = HashOf(token);
        lock (_lock)
        {
            while (_order.TryPeek(out var oldest) && oldest.Until <= now) _open.Remove(_order.Dequeue().Name);
            if (_order.Count >= Max)
                throw new ApiException(new ApiError(429, "RATE_LIMITED", $"{Max} tickets were issued within a minute, which is the limit. Try again soon.") { RetryAfter = TimeSpan.FromSeconds(5) });
            _open.Add(NameOf(hash), new Issued(hash, new TicketHolder(principal, topics), now + Lifetime));
            _order.Enqueue((NameOf(hash), now + Lifetime));
        }

        return new StreamTicket(token, now + Lifetime);
    }

    /// <summary>Uses a ticket up.</summary>
    /// <returns>Who it was issued to, and for what; null: unknown, used or too old.</returns>
    public TicketHolder? Redeem(string token)
    {
        var hash = HashOf(token);
        lock (_lock)
        {
            // Found by a part of its hash, which says nothing about the ticket; the rest is compared in constant time.
            if (!_open.TryGetValue(NameOf(hash), out var issued) || !CryptographicOperations.FixedTimeEquals(issued.Hash, hash)) return null;
            _open.Remove(NameOf(hash));
            return issued.Until > clock.GetUtcNow() ? issued.Holder : null;
        }
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static string NameOf(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, 16));

    private sealed record Issued(byte[] Hash, TicketHolder Holder, DateTimeOffset Until);
}

/// <summary>What the caller gets.</summary>
public sealed record StreamTicket(string Token, DateTimeOffset ExpiresAt);

/// <summary>Who opens a connection, and what it follows from its first moment.</summary>
public sealed record TicketHolder(Principal Principal, StreamTopics Topics);
