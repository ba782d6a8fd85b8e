using System.Diagnostics;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Health;

/// <summary>Whether this process can do its work: tries what it depends on, at most once a second.</summary>
public sealed class HealthService(IDocumentStore store, IBlobStore blobs, TimeProvider clock, ILogger<HealthService> logger) : IDisposable
{
    public static readonly TimeSpan CachedFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly DocumentType ProbeType = new("health-probe");

    private readonly SemaphoreSlim _one = new(1, 1);
    private Readiness? _last;
    private long _checkedAt;

    /// <summary>Set once the host has begun its work.</summary>
    public bool HasStarted { get; set; }

    /// <summary>Each dependency with its latency. A dependency that cannot be written to is down.</summary>
    public async Task<Readiness> CheckAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } known) return known;
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } meanwhile) return meanwhile;
            var probe = new ObjectValue { { "at", clock.GetUtcNow().ToUnixTimeMilliseconds() } };
            var dependencies = new[]
            {
                await TryAsync("store", c => store.CommitAsync(new UnitOfWork(Tenants.Default).Put(ProbeType, "probe", probe), c), cancellationToken),
                await TryAsync("blobs", c => blobs.PutAsync(Tenants.Default, "LinkFlow's health probe"u8.ToArray(), c).AsTask(), cancellationToken),
            };
            _checkedAt = clock.GetTimestamp();
            return _last = new Readiness(dependencies);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private Readiness? Fresh() => _last is { } last && clock.GetElapsedTime(_checkedAt) < CachedFor ? last : null;

    private async Task<DependencyHealth> TryAsync(string name, Func<CancellationToken, Task> attempt, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            await attempt(cancellationToken).WaitAsync(Patience, cancellationToken);
            return new DependencyHealth(name, IsUp: true, Stopwatch.GetElapsedTime(began));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever goes wrong here, the answer is the same: this dependency cannot be used now.
            logger.DependencyDown(name, e.Message);
            return new DependencyHealth(name, IsUp: false, Stopwatch.GetElapsedTime(began));
        }
    }
}

/// <summary>What a check found.</summary>
public sealed record Readiness(IReadOnlyList<DependencyHealth> Dependencies)
{
    public bool IsReady => Dependencies.All(d => d.IsUp);
}

/// <param name="Latency">How long the try took.</param>
public sealed record DependencyHealth(string Name, bool IsUp, TimeSpan Latency);
