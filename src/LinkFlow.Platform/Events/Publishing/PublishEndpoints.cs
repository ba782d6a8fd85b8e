using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Events.Publishing;

/// <summary><c>POST /events</c>.</summary>
public sealed class PublishEndpoints(PublishedEvents published, TimeProvider clock)
{
    public void Map(ApiRoutes routes) =>
        routes.Post("/events", PublishAsync).Needs(Permissions.EventPublish)
            .Says("Publish an event, or a batch of up to 100: a CloudEvent (structured, batched or binary), or JSON with type, subject and data")
            .Takes<NewEventBody>("application/json", CloudEvent.ContentType, EventMessage.Batch)
            .Answers<PublishedEvent>(202, "Taken over; a source and id that are known are not handled again. A batch answers {items}.");

    private async Task<Answer> PublishAsync(ApiRequest request)
    {
        var (events, isBatch) = EventMessage.Read(request.Context.Request, await request.ReadBytesAsync(), request.Principal.Tenant, request.Principal.Id, clock.GetUtcNow());
        await published.PublishAsync(request.Principal.Tenant, events, request.Aborted);
        var shown = events.Select(e => new ObjectValue(2) { { "id", e.Id! }, { "source", e.Source! } });
        return Answer.Accepted(isBatch ? new ObjectValue(1) { { "items", new ArrayValue(shown.Select(e => Value.From(e))) } } : shown.Single());
    }
}

/// <summary>An event in plain JSON.</summary>
public sealed record NewEventBody(string Type, string? Subject, object? Data);

/// <summary>What an event is known by from now on.</summary>
public sealed record PublishedEvent(string Id, string Source);
