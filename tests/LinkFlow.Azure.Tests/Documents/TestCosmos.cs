using System.Globalization;
using LinkFlow.Azure.Documents;
using LinkFlow.Azure.Tests.Documents.Fake;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Azure.Tests.Documents;

/// <summary>A store over the fake, whose waits are short.</summary>
internal sealed class TestCosmos : IDisposable
{
    private readonly CosmosMetrics _metrics = new();

    public TestCosmos(RequestPolicy? policy = null)
    {
        Cosmos = new FakeCosmos(Clock);
        Policy = policy ?? new RequestPolicy { FirstWait = TimeSpan.FromMilliseconds(1), MaxWait = TimeSpan.FromSeconds(20), Random = () => 0 };
        Store = Another();
    }

    public TestClock Clock { get; } = new();
    public FakeCosmos Cosmos { get; }
    public RequestPolicy Policy { get; }
    public MemoryBlobs Blobs { get; } = new();
    public CosmosDocumentStore Store { get; }

    /// <summary>The store of another instance: it shares the container, and remembers nothing of what this one has seen.</summary>
    public CosmosDocumentStore Another()
    {
        var requests = new CosmosRequests(Cosmos.Container(), Policy, _metrics, Clock, NullLogger.Instance);
        return new CosmosDocumentStore(requests, new CosmosOutbox(requests, Blobs, NullLogger.Instance), Blobs, _metrics, Clock, NullLogger.Instance);
    }

    public void Dispose() => _metrics.Dispose();
}

/// <summary>Stands still until it is moved; waits take their time.</summary>
internal sealed class TestClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.Parse("2026-12-01T00:00:00Z", CultureInfo.InvariantCulture);
    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>Blobs in memory.</summary>
internal sealed class MemoryBlobs : IBlobStore
{
    public Dictionary<string, byte[]> Blobs { get; } = [];

    public ValueTask<string> PutAsync(string tenant, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var name = $"{tenant}/{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content.Span))}";
        lock (Blobs) Blobs[name] = content.ToArray();
        return new ValueTask<string>(name);
    }

    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string tenant, string name, CancellationToken cancellationToken = default)
    {
        lock (Blobs) return new ValueTask<ReadOnlyMemory<byte>?>(name.StartsWith(tenant + "/", StringComparison.Ordinal) && Blobs.TryGetValue(name, out var found) ? found : (ReadOnlyMemory<byte>?)null);
    }
}
