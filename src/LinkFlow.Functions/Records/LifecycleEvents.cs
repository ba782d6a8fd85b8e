using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Records;

/// <summary>
/// The CloudEvents that recorded events stand for, as far as somebody wants them: each that is raised is a document until it
/// is published, and an execution has many more events than anyone asks for.
/// </summary>
public sealed class LifecycleEvents(IServiceProvider services)
{
    // Not in the constructor: subscribers start executions, so they need what needs this.
    private IReadOnlyList<IEventSubscriber> Subscribers => field ??= [.. services.GetServices<IEventSubscriber>()];

    /// <summary>What is to be raised with these events.</summary>
    internal async ValueTask<IReadOnlyList<OutgoingEvent>> OfAsync(string tenant, Execution execution, IEnumerable<ExecutionEvent> events, CancellationToken cancellationToken)
    {
        if (Subscribers.Count == 0) return [];
        var wanted = new Dictionary<string, bool>(StringComparer.Ordinal);
        var outgoing = new List<OutgoingEvent>();
        foreach (var @event in events)
        {
            if (ExecutionEvents.TypeOf(@event) is not { } type) continue;
            if (!wanted.TryGetValue(type, out var isWanted)) wanted.Add(type, isWanted = await IsWantedAsync(tenant, type, cancellationToken));
            if (isWanted && ExecutionEvents.Of(execution, @event) is { } raised) outgoing.Add(raised);
        }

        return outgoing;
    }

    private async ValueTask<bool> IsWantedAsync(string tenant, string type, CancellationToken cancellationToken)
    {
        foreach (var subscriber in Subscribers)
            if (await subscriber.WantsAsync(tenant, type, cancellationToken)) return true;
        return false;
    }
}
