using System.Collections.Concurrent;
using LinkFlow.Platform.Events;

namespace LinkFlow.Scenarios.Contract.Events;

/// <summary>Wants every event, and remembers it; refuses those of the type that is poison to it.</summary>
internal sealed class EventRecorder : IEventSubscriber
{
    public const string Poison = "com.example.poison";

    public ConcurrentQueue<CloudEvent> Seen { get; } = new();
    public string Name => "recorder";

    public ValueTask<bool> WantsAsync(string tenant, string type, CancellationToken cancellationToken) => new(true);

    public Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.Event.Type == Poison) throw new EventRefusedException("POISON", "This can never be handled.");
        Seen.Enqueue(delivery.Event);
        return Task.CompletedTask;
    }
}

/// <summary>Runs as fast as the clock on the wall, and can be set forward.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
