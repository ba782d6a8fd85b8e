using LinkFlow.Platform.Credentials.OAuth2;
using LinkFlow.Platform.Credentials.Use;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Credentials;

/// <summary>Every few minutes: writes down when credentials were last used, and finishes changes of secrets that a crash interrupted.</summary>
public sealed class CredentialUpkeep(CredentialUses uses, SecretKeeping keeping, TokenVault tokens, CredentialDirectory directory, TimeProvider clock, ILogger<CredentialUpkeep> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>Finishes what was interrupted. Any number of hosts may do it at once.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read or written now; the next sweep goes on.</exception>
    /// <exception cref="DocumentConflictException">Another host was at it in the same moment.</exception>
    public async Task SweepAsync(string tenant, CancellationToken cancellationToken)
    {
        if (await keeping.SweepAsync(tenant, cancellationToken) is > 0 and var count) log.SecretsSwept(count);
        await tokens.SweepAsync(tenant, async id => await directory.ReadAsync(tenant, id, cancellationToken) is not null, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do await RunAsync(sweep: true, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await RunAsync(sweep: false, CancellationToken.None);
        }
    }

    private async Task RunAsync(bool sweep, CancellationToken cancellationToken)
    {
        try
        {
            await uses.SaveAsync(cancellationToken);
            if (sweep) await SweepAsync(Tenants.Default, cancellationToken);
        }
        catch (Exception e) when (e is StoreUnavailableException or DocumentConflictException)
        {
            log.UpkeepPutOff(e.Message);
        }
    }
}
