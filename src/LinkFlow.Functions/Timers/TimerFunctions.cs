using System.Diagnostics;
using LinkFlow.Functions.Hosting;
using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Credentials.Reminders;
using LinkFlow.Platform.Files;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Variables;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Timers;

/// <summary>
/// What is done now and then, whether anybody calls or not. Each only sweeps: what it looks for was done at once where it
/// happened, unless a crash came in between. Two instances may run the same one at once.
/// </summary>
public sealed class TimerFunctions(
    ScheduleRound schedules, CredentialReminders reminders, CredentialUpkeep credentials, VariableSetCleaning variables, FileSweep files, CurrentDurableClient durable, TimeProvider clock, ILogger<TimerFunctions> log)
{
    /// <summary>The time that one run may take; what is left is taken up by the next.</summary>
    public static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(5);

    /// <summary>UTC.</summary>
    private const int QuietHour = 3;

    /// <summary>Fires due times that no message rang for.</summary>
    [Function("timer-schedules")]
    public Task Schedules([TimerTrigger("0 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync("schedules", client, async c =>
        {
            var (looked, failed) = await schedules.SweepAsync(c);
            return failed == 0 ? looked : throw new InvalidOperationException($"{failed} of {looked} schedules could not be looked at.");
        }, cancellationToken);

    /// <summary>Tells of credentials that are old or end soon.</summary>
    [Function("timer-reminders")]
    public Task Reminders([TimerTrigger("20 */15 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        RunAsync("reminders", null, c => reminders.SweepAsync(Tenants.Default, c), cancellationToken);

    /// <summary>Finishes changes of secrets that a crash interrupted.</summary>
    [Function("timer-credentials")]
    public Task Credentials([TimerTrigger("40 */10 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        RunAsync("credentials", null, async c =>
        {
            await credentials.SweepAsync(Tenants.Default, c);
            return 0;
        }, cancellationToken);

    /// <summary>Deletes earlier sets of variables that no execution has any more.</summary>
    [Function("timer-variables")]
    public Task Variables([TimerTrigger("0 25 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        RunAsync("variables", null, async c =>
        {
            await variables.CleanAsync(Tenants.Default, c);
            return 0;
        }, cancellationToken);

    /// <summary>Deletes files whose executions are gone, and contents that no file names.</summary>
    [Function("timer-files")]
    public Task Files([TimerTrigger("0 45 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        RunAsync("files", null, async c =>
        {
            // Once a day through everything, as a server does at its start.
            var (deleted, contents) = await files.RunAsync(Tenants.Default, isWhole: clock.GetUtcNow().Hour == QuietHour, c);
            return (int)(deleted + contents);
        }, cancellationToken);

    /// <param name="client">Null: it starts and commands nothing.</param>
    private async Task RunAsync(string name, DurableTaskClient? client, Func<CancellationToken, Task<int>> work, CancellationToken stopping)
    {
        using var _ = client is null ? null : durable.Use(client);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        bound.CancelAfter(LongestRun);
        var began = Stopwatch.GetTimestamp();
        try
        {
            var count = await work(bound.Token);
            log.TimerRan(name, count, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            log.TimerStopped(name, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception e) when (e is StoreUnavailableException or DocumentConflictException)
        {
            log.TimerPutOff(name, e.Message);
        }
    }
}
