using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Events.Subscriptions.Deliveries;

/// <summary>
/// Takes a delivery one try further. The try is recorded behind it, so one that a crash interrupts is made again: a receiver gets each delivery at least
/// once, and knows a repeat by its id.
/// </summary>
internal sealed class DeliveryRuns(
    IDocumentStore store, SubscriptionDirectory directory, SubscriptionService subscriptions, DeliverySending sending, LinkFlowOptions options, TimeProvider clock, ILogger<DeliveryRuns> log)
{
    private static readonly DeliveryProgress Nothing = new(null, 1);
    private static readonly TimeSpan AfterUnreadableSecret = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AfterReplacedSecret = TimeSpan.FromSeconds(1);

    /// <summary>How much longer than a try may take another host keeps its hands off it.</summary>
    private static readonly TimeSpan ClaimMargin = TimeSpan.FromSeconds(20);

    /// <summary>Tries a delivery that is due.</summary>
    /// <param name="claims">Other hosts send as well: it is marked as under way before it is sent.</param>
    /// <returns>When it is due next: not any more, also, while the subscription is disabled.</returns>
    /// <exception cref="StoreUnavailableException">What came of the try, if one was made, is not recorded: it is made again.</exception>
    public async Task<DeliveryProgress> RunAsync(DeliveryKey key, bool claims, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, cancellationToken) is not ({ Status: DeliveryStatus.Pending } delivery, var etag)) return Nothing;
        if (await directory.FindAsync(key.Tenant, key.SubscriptionId, cancellationToken) is not { Enabled: true } subscription) return Nothing;
        if (delivery.NextAt > clock.GetUtcNow()) return new DeliveryProgress(delivery.NextAt, subscription.Concurrency);
        if (clock.GetUtcNow() > delivery.RetryUntil)
            return new DeliveryProgress(await SaveAsync(key, Ended(delivery, DeliveryStatus.Failed, "Its time was over before it could be sent."), etag), 1);
        if (claims)
        {
            if (await ClaimAsync(key, delivery, etag, cancellationToken) is not { } claimed) return Nothing;
            (delivery, etag) = claimed;
        }

        SubscriptionSecrets? secrets;
        try
        {
            secrets = await subscriptions.OpenAsync(key.Tenant, subscription, cancellationToken);
        }
        catch (SecretUnreadableException e)
        {
            log.SecretUnreadable(key.SubscriptionId, e.Message);
            return new DeliveryProgress(clock.GetUtcNow() + AfterUnreadableSecret, 1);
        }

        if (secrets is null)
        {
            // Replaced since the directory was read: it is read anew.
            directory.Drop(key.Tenant);
            return new DeliveryProgress(clock.GetUtcNow() + AfterReplacedSecret, 1);
        }

        var outcome = await sending.SendAsync(subscription, secrets, delivery, cancellationToken);
        var next = await SaveAsync(key, After(delivery, outcome), etag);
        await NoteHealthAsync(key, outcome);
        // A receiver that fails is asked by one at a time, until it takes something again.
        return new DeliveryProgress(next, outcome.IsDelivered ? subscription.Concurrency : 1);
    }

    /// <summary>One try of a delivery that is in no queue, and the only one.</summary>
    public async Task<Delivery> TryOnceAsync(EventSubscription subscription, SubscriptionSecrets secrets, Delivery delivery, CancellationToken cancellationToken)
    {
        var outcome = await sending.SendAsync(subscription, secrets, delivery, cancellationToken);
        var tried = delivery.With(outcome.ToAttempt(delivery.AttemptCount + 1));
        return outcome.IsDelivered ? Ended(tried, DeliveryStatus.Delivered, null) : Ended(tried, DeliveryStatus.Failed, "A test is sent once.");
    }

    public async Task<(Delivery Delivery, long ETag)?> FindAsync(DeliveryKey key, CancellationToken cancellationToken) =>
        await store.GetAsync(key.Tenant, Delivery.Type, Delivery.DocumentId(key.SubscriptionId, key.Id), cancellationToken) is { } document
            ? (Delivery.FromDocument(document.Body), document.ETag)
            : null;

    /// <summary>How long a delivery is kept that ends, or may still end.</summary>
    public DateTimeOffset KeptUntil(Delivery delivery) =>
        (delivery.FinishedAt ?? delivery.RetryUntil) + TimeSpan.FromDays(options.Events.DeliveryLogDays);

    private Delivery After(Delivery delivery, TryOutcome outcome)
    {
        var tried = delivery.With(outcome.ToAttempt(delivery.AttemptCount + 1));
        if (outcome.IsDelivered) return Ended(tried, DeliveryStatus.Delivered, null);
        if (outcome.IsGone) return Ended(tried, DeliveryStatus.Failed, "The receiver is gone.");
        return RetrySchedule.Next(tried.Tries, clock.GetUtcNow(), delivery.RetryUntil, outcome.RetryAfter, Random.Shared.NextDouble()) is { } next
            ? tried with { NextAt = next }
            : Ended(tried, DeliveryStatus.Failed, $"It failed {tried.Tries} times, until its time was over.");
    }

    private Delivery Ended(Delivery delivery, DeliveryStatus status, string? reason) => delivery with { Status = status, Reason = reason, NextAt = null, FinishedAt = clock.GetUtcNow() };

    /// <returns>Null: another host has it, or someone has changed it.</returns>
    private async Task<(Delivery Delivery, long ETag)?> ClaimAsync(DeliveryKey key, Delivery delivery, long etag, CancellationToken cancellationToken)
    {
        var claimed = delivery with { NextAt = clock.GetUtcNow() + TimeSpan.FromSeconds(options.Events.DeliveryTimeoutSeconds) + ClaimMargin };
        try
        {
            await store.CommitAsync(claimed.Put(new UnitOfWork(key.Tenant), etag, KeptUntil(claimed)), cancellationToken);
            return (claimed, etag + 1);
        }
        catch (DocumentConflictException)
        {
            return null;
        }
    }

    /// <summary>What the receiver has got it has got, whether or not this host is stopping.</summary>
    private async Task<DateTimeOffset?> SaveAsync(DeliveryKey key, Delivery after, long etag)
    {
        try
        {
            await store.CommitAsync(after.Put(new UnitOfWork(key.Tenant), etag, KeptUntil(after)), CancellationToken.None);
            return after.NextAt;
        }
        catch (DocumentConflictException)
        {
            // Somebody asked to send it once more meanwhile: it is due when they said.
            return (await FindAsync(key, CancellationToken.None))?.Delivery is { Status: DeliveryStatus.Pending } changed ? changed.NextAt : null;
        }
    }

    /// <summary>Remembers since when a receiver fails, and disables the subscription when that is too long.</summary>
    private async Task NoteHealthAsync(DeliveryKey key, TryOutcome outcome)
    {
        var document = await store.GetAsync(key.Tenant, SubscriptionHealth.Type, key.SubscriptionId);
        var health = SubscriptionHealth.FromDocument(document);
        try
        {
            if (outcome.IsGone)
            {
                await DisableAsync(key, "The receiver answered 410: it is gone for good.");
                return;
            }

            if (outcome.IsDelivered)
            {
                if (health.FailingSince is null && health.LastDeliveredAt > outcome.At - SubscriptionHealth.Coarseness) return;
                health = health with { FailingSince = null, LastDeliveredAt = outcome.At };
            }
            else
            {
                if (health.FailingSince is { } since)
                {
                    var longest = TimeSpan.FromHours(options.Events.DisableAfterHours);
                    if (outcome.At - since >= longest) await DisableAsync(key, $"Every delivery has failed for {longest.TotalHours} hours, the last with: {outcome.Error}");
                    return;
                }

                health = health with { FailingSince = outcome.At };
            }

            var work = new UnitOfWork(key.Tenant);
            health.Put(work, key.SubscriptionId, document?.ETag ?? 0);
            await store.CommitAsync(work);
        }
        catch (DocumentConflictException)
        {
            // Another delivery has found the same, or the subscription was changed: the next one looks again.
        }
    }

    private async Task DisableAsync(DeliveryKey key, string reason)
    {
        await subscriptions.DisableAsync(key.Tenant, key.SubscriptionId, reason, CancellationToken.None);
        log.SubscriptionDisabled(key.SubscriptionId, reason);
    }
}
