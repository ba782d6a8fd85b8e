using Azure.Messaging.ServiceBus;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Events;

/// <summary>Events as messages, and back. The data of a large one stays in the blob store, and the message bears its name.</summary>
public sealed class EventMessages(IBlobStore blobs)
{
    /// <summary>A message has 256 KB at most, its properties and the broker's own among them.</summary>
    public const int MostInline = 200 * 1024;

    /// <summary>CloudEvents' name for data that is elsewhere.</summary>
    public const string DataReference = "dataref";

    private const string TargetProperty = "target";
    private const string TenantProperty = "tenantid";

    /// <param name="id">What the topic knows a repeat by.</param>
    /// <param name="target">The only subscriber that gets it; null: all that want it.</param>
    /// <exception cref="StoreUnavailableException">Its data cannot be stored now.</exception>
    public async ValueTask<ServiceBusMessage> WriteAsync(CloudEvent @event, string id, string? target, CancellationToken cancellationToken)
    {
        var body = JsonText.WriteBytes(@event.ToJson());
        string? reference = null;
        if (body.Length > MostInline)
        {
            var data = new ObjectValue(2) { { "data", @event.Data }, { "data_base64", @event.DataBase64 is { } bytes ? Value.From(bytes) : Value.Undefined } };
            reference = await blobs.PutAsync(@event.Tenant, JsonText.WriteBytes(data), cancellationToken);
            body = JsonText.WriteBytes((@event with { Data = Value.Undefined, DataBase64 = null }).ToJson());
        }

        var message = new ServiceBusMessage(body)
        {
            MessageId = id, SessionId = EventTopic.SessionOf(@event), Subject = @event.Type, ContentType = CloudEvent.ContentType, CorrelationId = @event.CorrelationId,
        };
        message.ApplicationProperties[TenantProperty] = @event.Tenant;
        if (reference is not null) message.ApplicationProperties[DataReference] = reference;
        if (target is not null) message.ApplicationProperties[TargetProperty] = target;
        return message;
    }

    /// <exception cref="FormatException">It is no event, or its data is not in the blob store any more.</exception>
    /// <exception cref="StoreUnavailableException">Its data cannot be read now.</exception>
    public async ValueTask<(CloudEvent Event, string? Target)> ReadAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        CloudEvent @event;
        try
        {
            @event = CloudEvent.FromJson(JsonText.ParseStored(message.Body.ToMemory().Span));
        }
        catch (JsonTextException e)
        {
            throw new FormatException($"The message is no JSON: {e.Message}", e);
        }

        // Events are one tenant's; one that says none is nobody's.
        _ = @event.Tenant;
        var target = message.ApplicationProperties.GetValueOrDefault(TargetProperty) as string;
        if (message.ApplicationProperties.GetValueOrDefault(DataReference) is not string reference) return (@event, target);
        var stored = await blobs.GetAsync(@event.Tenant, reference, cancellationToken)
            ?? throw new FormatException($"The data of the event '{@event.Id}' is not in the blob store any more ('{reference}').");
        var data = JsonText.ParseStored(stored.Span);
        return (@event with { Data = data["data"], DataBase64 = data["data_base64"].AsString }, target);
    }
}
