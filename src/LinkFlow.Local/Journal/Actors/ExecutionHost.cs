using LinkFlow.Platform.Executions.Running;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Journal.Actors;

/// <summary>What all actors share and none of them changes.</summary>
internal sealed record ExecutionHost : RunningHost
{
    public required JournalOptions Options { get; init; }
    public required ExecutionWatch Watch { get; init; }
    public ExecutionChanges Changes { get; } = new();
    public required ILogger Log { get; init; }
}
