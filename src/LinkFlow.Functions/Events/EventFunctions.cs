using Azure.Messaging.ServiceBus;
using LinkFlow.Functions.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Events;

/// <summary>The one function that takes events from Service Bus, for all subscribers: each such function scales apart, and each would read every event once more.</summary>
public sealed class EventFunctions(EventConsumer consumer, CurrentDurableClient durable)
{
    public const string Connection = "ServiceBusConnection";

    [Function("events-dispatch")]
    public async Task Dispatch(
        [ServiceBusTrigger(EventTopic.Name, EventTopic.Subscription, Connection = Connection, IsSessionsEnabled = true, IsBatched = false, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        using var _ = durable.Use(client);
        await consumer.HandleAsync(message, actions, cancellationToken);
    }
}
