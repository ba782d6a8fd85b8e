using LinkFlow.Local.Sqlite;
using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Credentials.Reminders;
using LinkFlow.Platform.Files;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Variables;
using Microsoft.Azure.Functions.Worker;

namespace LinkFlow.Functions.Timers;

/// <summary>
/// What a server does in its loops, whether anybody calls or not. Each only sweeps: what it looks for was done at once where it
/// happened, unless a crash came in between. Two instances may run the same one at once.
/// </summary>
/// <param name="standIns">Null: documents are in Cosmos DB, which deletes what has expired by itself.</param>
public sealed class UpkeepTimers(
    CredentialReminders reminders, CredentialUpkeep credentials, VariableSetCleaning variables, FileSweep files, TimerRun run, TimeProvider clock, Housekeeping? standIns = null)
{
    /// <summary>UTC.</summary>
    private const int QuietHour = 3;

    /// <summary>Tells of credentials that are old or end soon.</summary>
    [Function("timer-reminders")]
    public Task Reminders([TimerTrigger("20 */15 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        run.DoAsync("reminders", null, async c => await reminders.SweepAsync(Tenants.Default, c), cancellationToken);

    /// <summary>Finishes changes of secrets that a crash interrupted.</summary>
    [Function("timer-credentials")]
    public Task Credentials([TimerTrigger("40 */10 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        run.DoAsync("credentials", null, async c =>
        {
            await credentials.SweepAsync(Tenants.Default, c);
            return 0;
        }, cancellationToken);

    /// <summary>Deletes earlier sets of variables that no execution has any more.</summary>
    [Function("timer-variables")]
    public Task Variables([TimerTrigger("0 25 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        run.DoAsync("variables", null, async c =>
        {
            await variables.CleanAsync(Tenants.Default, c);
            return 0;
        }, cancellationToken);

    /// <summary>Deletes files whose executions are gone, and contents that no file names; once a day it looks through everything.</summary>
    [Function("timer-files")]
    public Task Files([TimerTrigger("0 45 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        run.DoAsync("files", null, async c =>
        {
            var (deleted, contents) = await files.RunAsync(Tenants.Default, isWhole: clock.GetUtcNow().Hour == QuietHour, c);
            return deleted + contents + (standIns is null ? 0 : await standIns.DeleteExpiredAsync(c));
        }, cancellationToken);
}
