using System.Globalization;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Credentials.Reminders;

/// <summary>
/// Looks through all credentials now and then, and tells of those whose secrets are old or whose time is ending: an event
/// and a line in the log, once for each version of the secrets and each threshold. What was told is in a document that is
/// written with the event, so that of several hosts one tells.
/// </summary>
public sealed class CredentialReminders(IDocumentStore store, LinkFlowOptions options, TimeProvider clock, ILogger<CredentialReminders> log) : BackgroundService
{
    /// <summary>What a credential's reminders said so far; has the credential's id.</summary>
    public static readonly DocumentType Type = new("credential-reminder");

    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    private readonly IReadOnlyList<int> _noticeDays = [.. options.Credentials.ExpiryNoticeDays.Select(d => int.Parse(d, CultureInfo.InvariantCulture))];

    /// <summary>Tells what is due and was not told.</summary>
    /// <returns>How many reminders were told.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be read or written now; what was told stays told.</exception>
    public async Task<int> SweepAsync(string tenant, CancellationToken cancellationToken)
    {
        var told = 0;
        await foreach (var document in store.ReadAllAsync(new DocumentQuery(tenant, Credential.Type), cancellationToken))
            told += await RemindAsync(tenant, Credential.FromDocument(document.Body), cancellationToken);
        return told;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do await TrySweepAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start looks again.
        }
    }

    private async Task TrySweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SweepAsync(Tenants.Default, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            log.RemindersPutOff(e.Message);
        }
    }

    private async Task<int> RemindAsync(string tenant, Credential credential, CancellationToken cancellationToken)
    {
        var rotateAfterDays = credential.RotateAfterDays ?? options.Credentials.RotateAfterDays;
        var due = ReminderRules.Due(credential, clock.GetUtcNow(), rotateAfterDays, _noticeDays);
        if (due.Count == 0) return 0;

        var document = await store.GetAsync(tenant, Type, credential.Id, cancellationToken);
        var said = document?.Body["said"].AsArray?.Select(s => s.AsString!).ToHashSet(StringComparer.Ordinal) ?? [];
        var news = due.Select(d => d[0]).Where(r => !said.Contains(r.Key)).ToList();
        if (news.Count == 0) return 0;

        // Only what is so now: what was said of earlier versions will never be asked for again.
        var saying = new ArrayValue(due.SelectMany(d => d).Select(r => Value.From(r.Key)));
        var work = new UnitOfWork(tenant).Put(Type, credential.Id, new ObjectValue { { "said", saying } }, expected: document?.ETag ?? 0);
        foreach (var reminder in news) work.Raise(reminder.Event.By(null, credential.Id, DataOf(credential, reminder)));
        try
        {
            await store.CommitAsync(work, cancellationToken);
        }
        catch (DocumentConflictException)
        {
            // Another host told it at the same moment.
            return 0;
        }

        foreach (var reminder in news) Log(credential, reminder);
        return news.Count;
    }

    private static ObjectValue DataOf(Credential credential, Reminder reminder)
    {
        var data = credential.Told();
        reminder.Describe(data);
        return data;
    }

    private void Log(Credential credential, Reminder reminder)
    {
        switch (reminder)
        {
            case RotationDue due:
                log.RotationDue(credential.Name, credential.Id, due.RotatedAt.UtcDateTime, due.AfterDays);
                break;
            case Expiring expiring:
                log.Expiring(credential.Name, credential.Id, expiring.ExpiresAt.UtcDateTime);
                break;
            case Expired expired:
                log.Expired(credential.Name, credential.Id, expired.ExpiresAt.UtcDateTime);
                break;
        }
    }
}
