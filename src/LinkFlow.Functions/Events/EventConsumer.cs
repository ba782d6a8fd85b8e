using Azure.Messaging.ServiceBus;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Ports;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Events;

/// <summary>
/// Handles one message: hands its event to every subscriber that wants it, and settles it when each has handled it or has a dead letter. Pauses between tries
/// are made here, for the message holds its session meanwhile, and so the order of its subject. What was handled is noted by each subscriber, so a message
/// that comes again, because its lock was lost or its host died before it was settled, does nothing twice.
/// </summary>
public sealed class EventConsumer(
    EventMessages messages, IEnumerable<IEventSubscriber> subscribers, EventDispatch dispatch, EventMetrics metrics, TimeProvider clock, ILogger<EventConsumer> log)
{
    /// <summary>The host renews the lock for five minutes. What is not settled before is given back, and comes again.</summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(4);

    /// <summary>Longer than the broker keeps a message.</summary>
    private static readonly TimeSpan NoteLife = TimeSpan.FromDays(15);

    public async Task HandleAsync(ServiceBusReceivedMessage message, ServiceBusMessageActions actions, CancellationToken cancellationToken)
    {
        var giveBackAt = clock.GetUtcNow() + LongestHold;
        try
        {
            var (@event, target) = await ReadAsync(message, giveBackAt, cancellationToken);
            var concerned = subscribers.Where(s => target is null || s.Name == target).ToList();
            var outcomes = await Task.WhenAll(concerned.Select(s => DeliverAsync(s, @event, message.MessageId, isAsked: target is null, giveBackAt, cancellationToken)));
            if (outcomes.Any(o => o is null)) await SettleAsync(message, () => actions.AbandonMessageAsync(message, cancellationToken: CancellationToken.None));
            else if (concerned.Zip(outcomes).Where(o => o.Second == DeliveryResult.DeadLettered).Select(o => o.First.Name).ToList() is { Count: > 0 } names)
                await BuryAsync(message, actions, "DEAD_LETTERED", $"The subscribers {string.Join(", ", names)} could not handle it: see GET /api/v1/dead-letters.");
            else await SettleAsync(message, () => actions.CompleteMessageAsync(message, CancellationToken.None));
        }
        catch (FormatException e)
        {
            log.MessageUnreadable(message.MessageId, e.Message);
            await BuryAsync(message, actions, "UNREADABLE", e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or StoreUnavailableException)
        {
            // This instance ends, or its data cannot be had: another one gets it, in the same place of its session.
            await SettleAsync(message, () => actions.AbandonMessageAsync(message, cancellationToken: CancellationToken.None));
        }
    }

    private async Task<(CloudEvent Event, string? Target)> ReadAsync(ServiceBusReceivedMessage message, DateTimeOffset giveBackAt, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await messages.ReadAsync(message, cancellationToken);
            }
            catch (StoreUnavailableException e) when (clock.GetUtcNow() + e.RetryAfter < giveBackAt)
            {
                await Task.Delay(e.RetryAfter, clock, cancellationToken);
            }
        }
    }

    /// <param name="isAsked">Whether the subscriber is asked if it wants it: not when it is meant for it alone.</param>
    /// <returns>Null: it is not settled, and the time is over.</returns>
    private async Task<DeliveryResult?> DeliverAsync(
        IEventSubscriber subscriber, CloudEvent @event, string messageId, bool isAsked, DateTimeOffset giveBackAt, CancellationToken cancellationToken)
    {
        InboxNote? note = null;
        while (true)
        {
            TimeSpan pause;
            try
            {
                if (note is null && isAsked && !await subscriber.WantsAsync(@event.Tenant, @event.Type, cancellationToken)) return DeliveryResult.Handled;
                note ??= await dispatch.ReadNoteAsync(@event.Tenant, $"{subscriber.Name}/{messageId}", clock.GetUtcNow() + NoteLife, cancellationToken);
                var outcome = await dispatch.DispatchAsync(subscriber, @event, note, replay: null, cancellationToken);
                if (outcome is Settled settled)
                {
                    metrics.Settled(subscriber.Name, settled.Result, clock.GetUtcNow() - @event.Time);
                    return settled.Result;
                }

                (note, pause) = (Again)outcome;
            }
            catch (StoreUnavailableException e)
            {
                log.DeliveryPutOff(subscriber.Name, @event.Id, e.RetryAfter.TotalMilliseconds, e.Message);
                pause = e.RetryAfter;
            }

            if (clock.GetUtcNow() + pause >= giveBackAt) return null;
            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    private Task BuryAsync(ServiceBusReceivedMessage message, ServiceBusMessageActions actions, string reason, string description) =>
        SettleAsync(message, () => actions.DeadLetterMessageAsync(message, deadLetterReason: reason, deadLetterErrorDescription: description, cancellationToken: CancellationToken.None));

    private async Task SettleAsync(ServiceBusReceivedMessage message, Func<Task> settle)
    {
        try
        {
            await settle();
        }
        catch (Exception e)
        {
            // The lock was lost, or the host cannot be reached: the message comes again, and the notes say what was done.
            log.NotSettled(message.MessageId, e.Message);
        }
    }
}
