using System.Text.Json.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events;

/// <summary><c>/events/types</c> and <c>/events/subscribers</c>: what is published, and who inside LinkFlow acts on it.</summary>
public sealed class EventEndpoints(IEventBus? bus)
{
    public void Map(ApiRoutes routes)
    {
        routes.Get("/events/types", ListTypesAsync).Says("List the types of events that LinkFlow publishes").Answers<EventTypesResource>(200, "Each with the JSON Schema of its data.");
        routes.Get("/events/subscribers", ListSubscribersAsync).Needs(Permissions.EventReplay).Says("Show how far each subscriber is")
            .Answers<SubscribersResource>(200, "The subscribers inside LinkFlow, by name.");
        routes.Post("/events/subscribers/{name}/replay", ReplayAsync).Needs(Permissions.EventReplay).Says("Have a subscriber handle past events once more").Takes<ReplayBody>()
            .Answers<ReplayedResource>(202, "It begins with the events of that time, as far as they are kept.");
    }

    private static Task<Answer> ListTypesAsync(ApiRequest request) =>
        Task.FromResult(Answer.Ok(new ObjectValue { { "items", new ArrayValue(EventCatalogue.All.Select(e => Value.From(e.Show()))) } }));

    private async Task<Answer> ListSubscribersAsync(ApiRequest request)
    {
        IReadOnlyList<SubscriberPosition> positions = bus is null ? [] : await bus.PositionsAsync(request.Aborted);
        return Answer.Ok(new ObjectValue { { "items", new ArrayValue(positions.Select(p => Value.From(Show(p)))) } });
    }

    private async Task<Answer> ReplayAsync(ApiRequest request)
    {
        var problems = new Problems();
        var fields = new BodyFields(await request.ReadObjectAsync(), problems);
        fields.RejectUnknown(["from"]);
        var from = fields.Time("from");
        if (!fields.Has("from")) problems.Add("/from", "'from' is missing; an RFC 3339 time is expected, e.g. 2026-01-31T09:30:00Z.");
        problems.ThrowIfAny();
        var name = request.Route("name");
        try
        {
            if (bus is null || !await bus.ReplayAsync(name, from!.Value, request.Aborted)) throw ApiException.NotFound("subscriber", name);
        }
        catch (NotSupportedException e)
        {
            throw ApiException.Conflict(e.Message);
        }

        return Answer.Accepted(new ObjectValue { { "subscriber", name }, { "from", Rfc3339.Write(from.Value) } });
    }

    private static ObjectValue Show(SubscriberPosition position) => new()
    {
        { "name", position.Name }, { "waiting", position.Waiting }, { "lagSeconds", position.Lag.TotalSeconds },
        { "replayFrom", position.ReplayFrom is { } from ? Rfc3339.Write(from) : Value.Null },
    };
}

/// <summary>The forms that bodies and answers of <c>/events/types</c> and <c>/events/subscribers</c> have.</summary>
public sealed record EventTypesResource(IReadOnlyList<EventTypeResource> Items);

public sealed record EventTypeResource(string Type, string Entity, string Action, string Description, JsonNode DataSchema);

public sealed record SubscribersResource(IReadOnlyList<SubscriberResource> Items);

public sealed record SubscriberResource(string Name, int Waiting, double LagSeconds, DateTimeOffset? ReplayFrom);

public sealed record ReplayBody(DateTimeOffset From);

public sealed record ReplayedResource(string Subscriber, DateTimeOffset From);
