using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events.DeadLetters;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Events;

/// <summary>
/// Decides about one delivery of one event to one subscriber: handled, once more later, or a dead letter. Every host delivers through this.
/// What the subscriber did and the note in the inbox are one commit, so a repeat of the delivery, or its consumer's death before the
/// acknowledgement, does nothing twice.
/// </summary>
public sealed class EventDispatch(IDocumentStore store, LinkFlowOptions options, EventMetrics metrics, TimeProvider clock, ILogger<EventDispatch> log)
{
    /// <summary>How often an event is handed to a subscriber that fails.</summary>
    public const int MaxTries = 5;

    /// <summary>A chain of more events than this, each of which caused the next, is a loop.</summary>
    public const int MaxDepth = 32;

    /// <summary>How long a subscriber may take over one event; then the try has failed.</summary>
    public static readonly TimeSpan HandlingTime = TimeSpan.FromSeconds(100);

    /// <summary>What the inbox says of a delivery.</summary>
    /// <param name="expiresAt">When to forget it, for hosts that do not clean up by themselves; null: never.</param>
    public async ValueTask<InboxNote> ReadNoteAsync(string tenant, string id, DateTimeOffset? expiresAt, CancellationToken cancellationToken = default) =>
        InboxNote.From(id, expiresAt, await store.GetAsync(tenant, InboxNote.Type, id, cancellationToken));

    /// <summary>Hands the event over, unless the note says that it is handled.</summary>
    /// <exception cref="OperationCanceledException">Stopped from outside; nothing was noted, and it is to be delivered again.</exception>
    public async Task<DispatchOutcome> DispatchAsync(IEventSubscriber subscriber, CloudEvent @event, InboxNote note, long? replay, CancellationToken cancellationToken)
    {
        if (note.IsHandled) return new Settled(DeliveryResult.Repeated);
        var tenant = @event.Tenant;
        if (@event.Depth > MaxDepth)
        {
            var loop = $"{@event.Depth} events led to this one, each caused by the one before; more than {MaxDepth} are a loop. Look at the workflows that these events start.";
            return await BuryAsync(subscriber, @event, note, new Failure(DeadLetter.Loop, loop, 0), cancellationToken);
        }

        var work = new UnitOfWork(tenant) { Cause = @event.Consequence };
        var delivery = new EventDelivery { Event = @event, Work = work, Try = note.Tries + 1, Replay = replay };
        try
        {
            using var limit = new CancellationTokenSource(HandlingTime, clock);
            using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            await subscriber.HandleAsync(delivery, time.Token).WaitAsync(time.Token);
            await store.CommitAsync(note.Handled(work), cancellationToken);
            return new Settled(DeliveryResult.Handled);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (DocumentConflictException e) when (e.Type == InboxNote.Type)
        {
            // Another host, or an earlier delivery whose answer was lost: what was done now has not been written.
            var now = await ReadNoteAsync(tenant, note.Id, note.ExpiresAt, cancellationToken);
            return now.IsHandled ? new Settled(DeliveryResult.Repeated) : new Again(now, FirstDelay);
        }
        catch (StoreUnavailableException e)
        {
            log.DeliveryPutOff(subscriber.Name, @event.Id, e.RetryAfter.TotalMilliseconds, e.Message);
            return new Again(note, e.RetryAfter);
        }
        catch (EventRefusedException e)
        {
            return await BuryAsync(subscriber, @event, note, new Failure(e.Reason, e.Message, note.Tries + 1), cancellationToken);
        }
        catch (Exception e)
        {
            var failure = e is OperationCanceledException
                ? new Failure(DeadLetter.TimedOut, $"The subscriber took longer than {HandlingTime.TotalSeconds} s.", note.Tries + 1)
                : new Failure(DeadLetter.Failed, e.Message, note.Tries + 1);
            log.TryFailed(e, subscriber.Name, @event.Type, @event.Id, failure.Tries, MaxTries);
            return failure.Tries < MaxTries ? await PutOffAsync(tenant, note, cancellationToken) : await BuryAsync(subscriber, @event, note, failure, cancellationToken);
        }
    }

    private TimeSpan FirstDelay => TimeSpan.FromMilliseconds(options.Events.FirstRetryMilliseconds);

    /// <summary>Counts the try durably, so that neither a restart nor another host begins to count anew.</summary>
    private async Task<DispatchOutcome> PutOffAsync(string tenant, InboxNote note, CancellationToken cancellationToken)
    {
        var delay = FirstDelay * Math.Pow(2, note.Tries) * (1 + (0.2 * (Random.Shared.NextDouble() - 0.5)));
        metrics.Retried();
        try
        {
            var work = new UnitOfWork(tenant);
            var counted = note.Counted(work);
            await store.CommitAsync(work, cancellationToken);
            return new Again(counted, delay);
        }
        catch (Exception e) when (e is StoreUnavailableException or DocumentConflictException)
        {
            // The same try is then counted twice at most; what matters is that the event is not lost.
            log.DeliveryPutOff(note.Id, "", delay.TotalMilliseconds, e.Message);
            return new Again(await RereadAsync(tenant, note, e, cancellationToken), delay);
        }
    }

    private async Task<InboxNote> RereadAsync(string tenant, InboxNote note, Exception cause, CancellationToken cancellationToken) =>
        cause is DocumentConflictException ? await ReadNoteAsync(tenant, note.Id, note.ExpiresAt, cancellationToken) : note with { Tries = note.Tries + 1 };

    private async Task<DispatchOutcome> BuryAsync(IEventSubscriber subscriber, CloudEvent @event, InboxNote note, Failure failure, CancellationToken cancellationToken)
    {
        var letter = DeadLetter.Of(subscriber.Name, @event, failure.Reason, failure.Message, failure.Tries, clock.GetUtcNow());
        var work = new UnitOfWork(@event.Tenant) { Cause = @event.Consequence };
        letter.Put(work, clock.GetUtcNow().AddDays(options.Events.DeadLetterDays));
        // Nobody is told of what went wrong with telling, nor within a loop: that would be one more link.
        if (letter.IsTold) work.Raise(EventCatalogue.DeadLetterAdded.By(null, letter.Id, letter.Told()));
        try
        {
            await store.CommitAsync(note.Handled(work), cancellationToken);
        }
        catch (DocumentConflictException)
        {
            var now = await ReadNoteAsync(@event.Tenant, note.Id, note.ExpiresAt, cancellationToken);
            return now.IsHandled ? new Settled(DeliveryResult.Repeated) : new Again(now, FirstDelay);
        }
        catch (StoreUnavailableException e)
        {
            log.DeliveryPutOff(subscriber.Name, @event.Id, e.RetryAfter.TotalMilliseconds, e.Message);
            return new Again(note, e.RetryAfter);
        }

        log.Buried(subscriber.Name, @event.Type, @event.Id, failure.Reason, failure.Message);
        metrics.Buried(subscriber.Name, failure.Reason);
        return new Settled(DeliveryResult.DeadLettered);
    }

    private sealed record Failure(string Reason, string Message, int Tries);
}

/// <summary>What became of a delivery.</summary>
public abstract record DispatchOutcome;

/// <summary>It is to be acknowledged.</summary>
public sealed record Settled(DeliveryResult Result) : DispatchOutcome;

/// <summary>It is to be delivered again.</summary>
/// <param name="Note">To be handed in then.</param>
public sealed record Again(InboxNote Note, TimeSpan After) : DispatchOutcome;

public enum DeliveryResult
{
    Handled,

    /// <summary>It had been handled before.</summary>
    Repeated,
    DeadLettered,
}
