using System.Globalization;
using Azure.Messaging.ServiceBus;
using LinkFlow.Engine.Values;

namespace LinkFlow.Functions.Timers;

/// <summary>Due times as scheduled messages of one queue.</summary>
public sealed class ServiceBusDueTimes(ServiceBusClient client) : IDueTimeQueue
{
    public const string Queue = "linkflow-schedules";

    private readonly Lazy<ServiceBusSender> _sender = new(() => client.CreateSender(Queue));

    public async Task EnqueueAsync(string tenant, string scheduleId, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        await _sender.Value.ScheduleMessageAsync(Message(tenant, scheduleId, dueAt), dueAt, cancellationToken);

    /// <summary>Named by what it is for, so that the queue's duplicate detection drops a second one.</summary>
    public static ServiceBusMessage Message(string tenant, string scheduleId, DateTimeOffset dueAt) => new(JsonText.WriteBytes(new ObjectValue(2) { { "tenant", tenant }, { "scheduleId", scheduleId } }))
    {
        MessageId = $"{tenant}/{scheduleId}/{dueAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}",
        ContentType = "application/json",
    };

    /// <returns>Null: the body is none of ours.</returns>
    public static (string Tenant, string ScheduleId)? Read(BinaryData body)
    {
        try
        {
            var said = JsonText.Parse(body.ToArray());
            return said["tenant"].AsString is { } tenant && said["scheduleId"].AsString is { } id ? (tenant, id) : null;
        }
        catch (JsonTextException)
        {
            return null;
        }
    }
}
