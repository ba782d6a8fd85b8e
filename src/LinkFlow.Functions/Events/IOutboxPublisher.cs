using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Events;

/// <summary>Hands events of the outbox to the broker.</summary>
public interface IOutboxPublisher
{
    /// <summary>All of them are with the broker when it returns. Whoever calls may call again with some of them: the broker or the subscribers drop repeats.</summary>
    Task PublishAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken);
}
