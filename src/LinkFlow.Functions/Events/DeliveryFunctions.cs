using Azure.Messaging.ServiceBus;
using LinkFlow.Platform.Events.Subscriptions.Deliveries;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Events;

/// <summary>Answers the rings of <see cref="ServiceBusDeliveries"/>: one try of one delivery. A ring that fails is rung again by the queue; when that is no use either, the minute's sweep rings.</summary>
public sealed class DeliveryFunctions(DeliveryRound deliveries, IServiceProvider services, ILogger<DeliveryFunctions> log)
{
    [Function("delivery-due")]
    public async Task Due(
        [ServiceBusTrigger(ServiceBusDeliveries.Queue, Connection = EventFunctions.Connection, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions, CancellationToken cancellationToken)
    {
        if (ServiceBusDeliveries.Read(message.Body) is not { } key)
        {
            log.DeliveryUnreadable(message.MessageId);
            await actions.DeadLetterMessageAsync(message, deadLetterReason: "UNREADABLE", deadLetterErrorDescription: "It names no delivery.", cancellationToken: cancellationToken);
            return;
        }

        // Before the message is settled: a crash in between rings twice, and the second ring finds nothing due.
        if (await deliveries.TryAsync(key, cancellationToken) is { } next)
            await services.GetRequiredService<ServiceBusDeliveries>().EnqueueAsync(key, next, cancellationToken);
        await actions.CompleteMessageAsync(message, cancellationToken);
    }
}
