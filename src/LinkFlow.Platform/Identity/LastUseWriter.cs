using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Identity;

/// <summary>Writes down every few minutes, and at the end, when keys were last used.</summary>
public sealed class LastUseWriter(ApiKeyService keys, TimeProvider clock, ILogger<LastUseWriter> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await SaveAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await SaveAsync(CancellationToken.None);
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await keys.SaveLastUsesAsync(cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            logger.LastUseNotSaved(e.Message);
        }
    }
}
