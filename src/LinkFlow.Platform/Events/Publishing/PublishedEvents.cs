using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Events.Publishing;

/// <summary>
/// Takes over events that users make. What tells a repeat (the tenant's <c>source</c> and <c>id</c>) is written with the event itself, so that the
/// store decides between two that come at the same time, and a repeat is acknowledged and not published again.
/// </summary>
public sealed class PublishedEvents(IDocumentStore store, LinkFlowOptions options, TimeProvider clock)
{
    private static readonly DocumentType Type = new("published-event") { Partition = "published-event" };

    /// <summary>Durable when it returns. Events of one subject are taken over in their order; when it fails, some may have been.</summary>
    /// <param name="events">Each with an id and a source.</param>
    /// <exception cref="StoreUnavailableException">Not all were taken over: trying all of them again is right.</exception>
    public async Task PublishAsync(string tenant, IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken) =>
        await Task.WhenAll(events.GroupBy(e => e.Subject, StringComparer.Ordinal).Select(ofSubject => PublishInOrderAsync(tenant, ofSubject, cancellationToken)));

    private async Task PublishInOrderAsync(string tenant, IEnumerable<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        foreach (var @event in events)
        {
            var until = clock.GetUtcNow().AddDays(options.Events.RepeatDays);
            try
            {
                await store.CommitAsync(new UnitOfWork(tenant).Put(Type, IdOf(@event.Source!, @event.Id!), new ObjectValue(0), expected: 0, expiresAt: until).Raise(@event), cancellationToken);
            }
            catch (DocumentConflictException e) when (e.Type == Type)
            {
                // Known: it was published when it came first.
            }
        }
    }

    /// <summary>The length keeps a source and an id from running into each other.</summary>
    private static string IdOf(string source, string id) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{source.Length} {source} {id}")));
}
