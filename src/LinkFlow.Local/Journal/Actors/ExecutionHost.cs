using LinkFlow.Local.Journal.Starting;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Journal.Actors;

/// <summary>What all actors share and none of them changes.</summary>
internal sealed record ExecutionHost
{
    public required JournalOptions Options { get; init; }
    public required TimeProvider Clock { get; init; }
    public required PlannedWorkflows Workflows { get; init; }
    public required IBlobStore Blobs { get; init; }

    /// <summary>Ports lent to nodes.</summary>
    public required IServiceProvider Services { get; init; }
    public required ExecutionWatch Watch { get; init; }
    public ExecutionChanges Changes { get; } = new();
    public required ILogger Log { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
