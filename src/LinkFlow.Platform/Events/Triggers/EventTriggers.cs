using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Events.Triggers;

/// <summary>
/// Starts the workflows that wait for an event. What tells a repeat (trigger, source, event id) is written in the start's own transaction, so that
/// an event starts each workflow once, however often it comes and wherever a host crashes; and once more for each replay.
/// </summary>
internal sealed class EventTriggers(
    EventTriggerDirectory directory, IDocumentStore store, IExecutionRuntime runtime, IWorkflowSource workflows, LinkFlowOptions options, TimeProvider clock) : IEventSubscriber
{
    /// <summary>An event that has started a workflow.</summary>
    public static readonly DocumentType StartType = new("event-start") { Partition = "event-start" };

    private const string Mode = "event";

    public string Name => "triggers";

    public ValueTask<bool> WantsAsync(string tenant, string type, CancellationToken cancellationToken) => directory.AnyAsync(tenant, type, cancellationToken);

    public async Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
    {
        Exception? first = null;
        foreach (var trigger in await directory.FindAsync(delivery.Tenant, delivery.Event, cancellationToken))
        {
            try
            {
                await StartAsync(trigger, delivery, cancellationToken);
            }
            catch (Exception e) when (e is not (StoreUnavailableException or OperationCanceledException))
            {
                // One workflow that cannot be started keeps no other from it; the event comes again for this one.
                first ??= e;
            }
        }

        if (first is ArgumentException refused) throw new EventRefusedException("START_REFUSED", refused.Message);
        if (first is not null) throw new InvalidOperationException($"A workflow could not be started by the event '{delivery.Event.Id}': {first.Message}", first);
    }

    private async Task StartAsync(EventTrigger trigger, EventDelivery delivery, CancellationToken cancellationToken)
    {
        var @event = delivery.Event;
        var id = IdOf(trigger, @event, delivery.Replay);
        if (delivery.Try > 1 && await store.GetAsync(delivery.Tenant, StartType, id, cancellationToken) is not null) return;
        // Deactivated since the directory was read, or the active version has no such node any more.
        if (await workflows.FindActiveAsync(delivery.Tenant, trigger.WorkflowId, cancellationToken) is not { } version) return;
        if (version.Definition.Nodes.All(n => n.Id != trigger.NodeId || n.Type != EventTrigger.NodeType || n.Disabled)) return;
        var execution = Ids.Next();
        var with = new UnitOfWork(delivery.Tenant).Put(
            StartType, id, new ObjectValue(1) { { "executionId", execution } }, expected: 0, expiresAt: clock.GetUtcNow().AddDays(options.Events.RepeatDays));
        try
        {
            await runtime.StartAsync(
                new StartExecution
                {
                    Tenant = delivery.Tenant,
                    ExecutionId = execution,
                    WorkflowId = trigger.WorkflowId,
                    WorkflowVersion = version.Version,
                    StartNode = trigger.NodeId,
                    Mode = Mode,
                    StartedBy = $"event:{@event.Id}",
                    Input = [Item.Of(@event.ToJson())],
                    Cause = delivery.Cause,
                    With = with,
                }, cancellationToken);
        }
        catch (DocumentConflictException e) when (e.Type == StartType)
        {
            // It was started when the event came first.
        }
    }

    /// <summary>The lengths keep the parts from running into each other.</summary>
    private static string IdOf(EventTrigger trigger, CloudEvent @event, long? replay) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{trigger.WorkflowId} {trigger.NodeId.Length} {trigger.NodeId} {@event.Source.Length} {@event.Source} {@event.Id.Length} {@event.Id} {replay}")));
}
