using LinkFlow.Platform.Credentials.OAuth2;
using LinkFlow.Platform.Credentials.Use;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Credentials;

/// <summary>Every few minutes: writes down when credentials were last used, and finishes changes of secrets that a crash interrupted.</summary>
internal sealed class CredentialUpkeep(CredentialUses uses, SecretKeeping keeping, TokenVault tokens, CredentialDirectory directory, TimeProvider clock, ILogger<CredentialUpkeep> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

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
            if (sweep && await keeping.SweepAsync(Tenants.Default, cancellationToken) is > 0 and var count) log.SecretsSwept(count);
            if (sweep) await tokens.SweepAsync(Tenants.Default, async id => await directory.ReadAsync(Tenants.Default, id, cancellationToken) is not null, cancellationToken);
        }
        catch (Exception e) when (e is StoreUnavailableException or DocumentConflictException)
        {
            log.UpkeepPutOff(e.Message);
        }
    }
}
