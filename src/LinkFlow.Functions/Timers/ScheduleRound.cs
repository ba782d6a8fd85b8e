using LinkFlow.Functions.Hosting;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Timers;

/// <summary>
/// Fires schedules where nothing runs all the time: a ring at a due time looks at one schedule, and a round every minute at
/// all that are due, which finds what no ring came for. What fires is decided by <see cref="ScheduleFiring"/> in one commit
/// with the start, so any number of rings and rounds fire a due time once.
/// </summary>
public sealed class ScheduleRound(IDocumentStore store, ScheduleFiring firing, IDueTimeQueue queue, TimeProvider clock, ILogger<ScheduleRound> log)
{
    /// <summary>Schedules looked at at once.</summary>
    private const int MostAtOnce = 32;

    /// <summary>Due times of one schedule handled in one look: a minute of one each second.</summary>
    private const int MostPerLook = 60;

    /// <summary>Looks at one schedule: does what is due, and asks for the next ring.</summary>
    /// <exception cref="StoreUnavailableException">What was not done is done by the next look.</exception>
    public async Task<int> LookAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        for (var looks = 1; ; looks++)
        {
            var before = clock.GetUtcNow();
            if (await firing.TickAsync(tenant, id, cancellationToken) is not { } next) return looks;
            if (next <= clock.GetUtcNow() && looks < MostPerLook) continue;
            // Already in the past: rings at once, on whatever instance has time.
            await queue.EnqueueAsync(tenant, id, next < before ? before : next, cancellationToken);
            return looks;
        }
    }

    /// <summary>Looks at every schedule that is due or has something waiting.</summary>
    /// <returns>How many were looked at, and how many looks failed; those are taken again by the next round.</returns>
    public async Task<(int Looked, int Failed)> SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        using var places = new SemaphoreSlim(MostAtOnce);
        var looks = new List<Task<bool>>();
        await foreach (var document in store.ReadAllAsync(new DocumentQuery(Tenants.Default, ScheduleState.Type), cancellationToken))
        {
            var state = ScheduleState.FromDocument(document.Body);
            var isDue = state.NextAt <= now;
            if (!isDue && state.Queued.Count == 0) continue;
            await places.WaitAsync(cancellationToken);
            looks.Add(LookSafelyAsync(document.Tenant, document.Id, isDue, places, cancellationToken));
        }

        var outcomes = await Task.WhenAll(looks);
        return (outcomes.Length, outcomes.Count(done => !done));
    }

    private async Task<bool> LookSafelyAsync(string tenant, string id, bool isDue, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        try
        {
            // For what only waits for an execution's end there are rings already; one more each minute would never end.
            if (isDue) await LookAsync(tenant, id, cancellationToken);
            else await firing.TickAsync(tenant, id, cancellationToken);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // One schedule that cannot be read must not keep the others from firing.
            log.LookFailed(e, id);
            return false;
        }
        finally
        {
            places.Release();
        }
    }
}
