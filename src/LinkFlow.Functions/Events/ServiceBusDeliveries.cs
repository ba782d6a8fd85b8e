using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Messaging.ServiceBus;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events.Subscriptions.Deliveries;

namespace LinkFlow.Functions.Events;

/// <summary>
/// The tries of outbound webhooks as scheduled messages of one queue. Its sessions are a subscription's places: as many deliveries are under way at once as it
/// allows, and a slow receiver fills no other's.
/// </summary>
public sealed class ServiceBusDeliveries(ServiceBusClient client, DeliveryRound deliveries, TimeProvider clock)
{
    public const string Queue = "linkflow-deliveries";

    private readonly Lazy<ServiceBusSender> _sender = new(() => client.CreateSender(Queue));

    /// <summary>Asks for a ring. Asking twice for the same try within the hour is one ring.</summary>
    public async Task EnqueueAsync(DeliveryKey key, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var message = Message(key, at, await deliveries.ConcurrencyAsync(key.Tenant, key.SubscriptionId, cancellationToken));
        if (at <= clock.GetUtcNow()) await _sender.Value.SendMessageAsync(message, cancellationToken);
        else await _sender.Value.ScheduleMessageAsync(message, at, cancellationToken);
    }

    /// <param name="places">Of the subscription.</param>
    public static ServiceBusMessage Message(DeliveryKey key, DateTimeOffset at, int places)
    {
        var place = SHA256.HashData(Encoding.UTF8.GetBytes(key.Id))[0] % places;
        var body = new ObjectValue(3) { { "tenant", key.Tenant }, { "subscriptionId", key.SubscriptionId }, { "deliveryId", key.Id } };
        return new ServiceBusMessage(JsonText.WriteBytes(body))
        {
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{key.Id}/{at.ToUnixTimeMilliseconds()}"),
            SessionId = string.Create(CultureInfo.InvariantCulture, $"{key.SubscriptionId}/{place}"),
            ContentType = "application/json",
        };
    }

    /// <returns>Null: the body is none of ours.</returns>
    public static DeliveryKey? Read(BinaryData body)
    {
        try
        {
            var said = JsonText.Parse(body.ToMemory().Span);
            return said["tenant"].AsString is { } tenant && said["subscriptionId"].AsString is { } subscription && said["deliveryId"].AsString is { } id
                ? new DeliveryKey(tenant, subscription, id)
                : null;
        }
        catch (JsonTextException)
        {
            return null;
        }
    }
}
