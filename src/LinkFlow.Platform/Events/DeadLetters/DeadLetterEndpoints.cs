using System.Text.Json.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Events.DeadLetters;

/// <summary><c>/dead-letters</c>.</summary>
public sealed class DeadLetterEndpoints(DeadLetterService letters)
{
    public void Map(ApiRoutes routes)
    {
        Filtered(routes.Get("/dead-letters", ListAsync)).Needs(Permissions.DeadLetterRead).Says("List events that a subscriber could not handle").Paged()
            .Answers<ApiList<DeadLetterResource>>(200, "A page of dead letters, newest first.");
        Filtered(routes.Delete("/dead-letters", PurgeAsync)).Needs(Permissions.DeadLetterDelete).Says("Delete all dead letters that a filter finds")
            .Answers<PurgedResource>(200, $"How many were deleted, at most {DeadLetterService.MostPurged} at once, and whether there may be more.");
        routes.Get("/dead-letters/{id}", GetAsync).Needs(Permissions.DeadLetterRead).Says("Read a dead letter").Answers<DeadLetterResource>(200, "The dead letter, with its event.");
        routes.Post("/dead-letters/{id}/requeue", RequeueAsync).Needs(Permissions.DeadLetterWrite).Says("Give the event to its subscriber once more")
            .Answers<RequeuedResource>(202, "It will be handled again; the dead letter is gone.");
        routes.Delete("/dead-letters/{id}", DeleteAsync).Needs(Permissions.DeadLetterDelete).Says("Delete a dead letter").Answers(204, "Deleted.");
    }

    private static ApiRoute Filtered(ApiRoute route) => route
        .Query("subscriber", "Those of this subscriber.").Query("reason", "Those with this reason.").Query("type", "Those of events of this type.")
        .Query("from", "Since this time.").Query("to", "Before this time.");

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var page = await letters.ListAsync(request.Principal.Tenant, Filter(request), request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(page.Items.Select(d => d.Body.AsObject!), page.NextId);
    }

    private async Task<Answer> GetAsync(ApiRequest request)
    {
        var (letter, etag) = await letters.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        return Answer.Ok(letter.ToDocument(), ETags.Of(etag));
    }

    private async Task<Answer> RequeueAsync(ApiRequest request)
    {
        var id = request.Route("id");
        var answer = Answer.Accepted(new ObjectValue { { "id", id }, { "status", "requeued" } });
        await letters.RequeueAsync(request.Principal, id, work => request.Remember(work, answer), request.Aborted);
        return answer;
    }

    private async Task<Answer> DeleteAsync(ApiRequest request)
    {
        await letters.DeleteAsync(request.Principal, request.Route("id"), version => ETags.RequireMatch(request.Context.Request, version), request.Aborted);
        return Answer.NoContent;
    }

    private async Task<Answer> PurgeAsync(ApiRequest request)
    {
        var (deleted, hasMore) = await letters.PurgeAsync(request.Principal, Filter(request), request.Aborted);
        return Answer.Ok(new ObjectValue { { "deleted", deleted }, { "hasMore", hasMore } });
    }

    private static DeadLetterFilter Filter(ApiRequest request) => new(
        request.Query.Text("subscriber"), request.Query.Text("reason"), request.Query.Text("type"), request.Query.Time("from"), request.Query.Time("to"));
}

/// <summary>The forms that answers of <c>/dead-letters</c> have.</summary>
public sealed record DeadLetterResource(string Id, string Subscriber, string Reason, string Message, int Tries, DateTimeOffset CreatedAt, JsonNode Event);

public sealed record PurgedResource(int Deleted, bool HasMore);

public sealed record RequeuedResource(string Id, string Status);
