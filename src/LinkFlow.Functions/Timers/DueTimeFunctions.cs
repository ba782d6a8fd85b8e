using Azure.Messaging.ServiceBus;
using LinkFlow.Functions.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Timers;

/// <summary>Answers the rings of <see cref="ServiceBusDueTimes"/>. A ring that fails is rung again by the queue; when that is no use either, the minute's round has the schedule.</summary>
public sealed class DueTimeFunctions(ScheduleRound schedules, CurrentDurableClient durable, ILogger<DueTimeFunctions> log)
{
    public const string Connection = "ServiceBusConnection";

    [Function("schedule-due")]
    public async Task Due(
        [ServiceBusTrigger(ServiceBusDueTimes.Queue, Connection = Connection, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        using var _ = durable.Use(client);
        if (ServiceBusDueTimes.Read(message.Body) is not { } due)
        {
            log.RingUnreadable(message.MessageId);
            await actions.DeadLetterMessageAsync(message, deadLetterReason: "UNREADABLE", deadLetterErrorDescription: "It names no schedule.", cancellationToken: cancellationToken);
            return;
        }

        await schedules.LookAsync(due.Tenant, due.ScheduleId, cancellationToken);
        await actions.CompleteMessageAsync(message, cancellationToken);
    }
}
