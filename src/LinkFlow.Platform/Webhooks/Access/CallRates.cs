using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace LinkFlow.Platform.Webhooks.Access;

/// <summary>
/// Counts calls against their rates, in memory of this host: a bucket of <c>perMinute</c> calls that fills evenly. A bucket that is full and was not used
/// for some seconds is dropped, so that what is kept are the callers of about the last minute. Nothing is made before a first rate is asked for.
/// </summary>
internal sealed class CallRates : IDisposable
{
    /// <summary>Of an IPv6 address: who has one has all of its network, and could take another for each call.</summary>
    private const int NetworkBytes = 8;

    private readonly Lazy<PartitionedRateLimiter<Bucket>> _limiter = new(() => PartitionedRateLimiter.Create<Bucket, Bucket>(static bucket => RateLimitPartition.GetTokenBucketLimiter(bucket, OptionsOf)));

    /// <returns>Null: the call is within the rate, and counted. Else after what time it would be.</returns>
    public TimeSpan? Take(WebhookTarget target, CallRate rate, IPAddress? caller)
    {
        using var lease = _limiter.Value.AttemptAcquire(new Bucket(target.WorkflowId, target.NodeId, rate.PerMinute, rate.ByAddress ? NetworkOf(caller) : ""));
        if (lease.IsAcquired) return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromMinutes(1) / rate.PerMinute;
    }

    public void Dispose()
    {
        if (_limiter.IsValueCreated) _limiter.Value.Dispose();
    }

    /// <summary>What callers are told apart by: an IPv4 address, an IPv6 network of 64 bits.</summary>
    internal static string NetworkOf(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, NetworkBytes)) : address.ToString();
    }

    private static TokenBucketRateLimiterOptions OptionsOf(Bucket bucket) => new()
    {
        TokenLimit = bucket.PerMinute,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1) / bucket.PerMinute,
        AutoReplenishment = false,
    };

    /// <summary>A node has one path. Its rate is part of it, so that a changed one counts from its change.</summary>
    private readonly record struct Bucket(string WorkflowId, string NodeId, int PerMinute, string Network);
}
