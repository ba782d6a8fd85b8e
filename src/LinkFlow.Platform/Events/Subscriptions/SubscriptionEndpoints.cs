using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events.Subscriptions.Deliveries;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Events.Subscriptions;

/// <summary><c>/event-subscriptions</c>: from routes to the service, no rule.</summary>
internal sealed class SubscriptionEndpoints(SubscriptionService subscriptions, DeliveryService deliveries)
{
    private const string Path = "/event-subscriptions";

    public void Map(ApiRoutes routes)
    {
        routes.Get(Path, ListAsync).Needs(Permissions.EventSubscriptionRead).Says("List outbound webhooks").Query("enabled", "Only these.", values: ["true", "false"]).Paged()
            .Answers<ApiList<SubscriptionResource>>(200, "A page of subscriptions.");
        routes.Post(Path, CreateAsync).Needs(Permissions.EventSubscriptionWrite).Says("Have events sent to a URL").Takes<SubscriptionBody>()
            .Answers<SubscriptionResource>(201, "The subscription; 'secret' is shown this once, if it was drawn here.");
        routes.Get(Path + "/{id}", GetAsync).Needs(Permissions.EventSubscriptionRead).Says("Read an outbound webhook").Answers<SubscriptionResource>(200, "The subscription, without its secret.");
        routes.Put(Path + "/{id}", SaveAsync).Needs(Permissions.EventSubscriptionWrite).Says("Replace an outbound webhook; a secret and header values that are null or absent are kept").Takes<SubscriptionBody>()
            .Answers<SubscriptionResource>(200, "The subscription as saved.");
        routes.Delete(Path + "/{id}", DeleteAsync).Needs(Permissions.EventSubscriptionDelete).Says("Delete an outbound webhook").Answers(204, "Deleted.");
        routes.Post(Path + "/{id}/rotate", RotateAsync).Needs(Permissions.EventSubscriptionWrite).Says("Give an outbound webhook a new secret").Takes<SubscriptionRotationBody>()
            .Answers<SubscriptionResource>(200, "The subscription; 'secret' is shown this once, if it was drawn here.");
        routes.Post(Path + "/{id}/test", TestAsync).Needs(Permissions.EventSubscriptionWrite).Says("Send a ping once, enabled or not, and say what came of it").Answers<DeliveryResource>(200, "The delivery.");
        routes.Get(Path + "/{id}/deliveries", ListDeliveriesAsync).Needs(Permissions.EventSubscriptionRead).Says("List deliveries, newest first")
            .Query("status", "Only these.", values: Delivery.Words).Query("eventId", "Only those of the event with this id.").Paged().Answers<ApiList<DeliveryResource>>(200, "A page of deliveries.");
        routes.Get(Path + "/{id}/deliveries/{deliveryId}", GetDeliveryAsync).Needs(Permissions.EventSubscriptionRead).Says("Read a delivery, with the event that it brings").Answers<DeliveryResource>(200, "The delivery.");
        routes.Post(Path + "/{id}/deliveries/{deliveryId}/redeliver", RedeliverAsync).Needs(Permissions.EventSubscriptionWrite).Says("Send a delivery once more, with the same ids").Answers<DeliveryResource>(202, "The delivery, which is due now.");
    }

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var enabled = request.Query.OneOf("enabled", ["true", "false"]);
        var page = await subscriptions.ListAsync(request.Principal.Tenant, enabled is null ? null : enabled == "true", request.Limit(), request.Query.Cursor(), request.Aborted);
        var shown = new List<ObjectValue>(page.Items.Count);
        foreach (var document in page.Items) shown.Add(await ShowAsync(request, EventSubscription.FromDocument(document.Body)));
        return ApiList.Of(shown, page.NextId);
    }

    private async Task<Answer> CreateAsync(ApiRequest request)
    {
        var draft = SubscriptionRequests.Read(await request.ReadObjectAsync(), isReplaced: false);
        var answer = Answer.NoContent;
        await subscriptions.CreateAsync(request.Principal, draft, (work, subscription, drawn) =>
        {
            answer = Answer.Created(request.LocationOf($"{Path}/{subscription.Id}"), subscription.Show(SubscriptionHealth.Unknown, drawn), ETags.Of(1));
            request.Remember(work, answer, isSecret: true);
        }, request.Aborted);
        return answer;
    }

    private async Task<Answer> GetAsync(ApiRequest request)
    {
        var (subscription, etag) = await subscriptions.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        return Answer.Ok(await ShowAsync(request, subscription), ETags.Of(etag));
    }

    private async Task<Answer> SaveAsync(ApiRequest request)
    {
        var draft = SubscriptionRequests.Read(await request.ReadObjectAsync(), isReplaced: true);
        var (subscription, etag) = await subscriptions.SaveAsync(request.Principal, request.Route("id"), Check(request), draft, request.Aborted);
        return Answer.Ok(await ShowAsync(request, subscription), ETags.Of(etag));
    }

    private async Task<Answer> DeleteAsync(ApiRequest request)
    {
        await subscriptions.DeleteAsync(request.Principal, request.Route("id"), Check(request), request.Aborted);
        return Answer.NoContent;
    }

    private async Task<Answer> RotateAsync(ApiRequest request)
    {
        var (secret, overlap) = SubscriptionRequests.ReadRotation(await request.ReadOptionalObjectAsync());
        var (subscription, etag, drawn) = await subscriptions.RotateAsync(request.Principal, request.Route("id"), Check(request), secret, overlap, request.Aborted);
        return Answer.Ok(await ShowAsync(request, subscription, drawn), ETags.Of(etag)) with { IsUnrepeatable = true };
    }

    private async Task<Answer> TestAsync(ApiRequest request) =>
        Answer.Ok((await deliveries.TestAsync(request.Principal, request.Route("id"), request.Aborted)).Show(withEvent: true));

    private async Task<Answer> ListDeliveriesAsync(ApiRequest request)
    {
        var page = await deliveries.ListAsync(
            request.Principal.Tenant, request.Route("id"), request.Query.OneOf("status", Delivery.Words), request.Query.Text("eventId"), request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(page.Items.Select(d => Delivery.FromDocument(d.Body).Show(withEvent: false)), page.NextId);
    }

    private async Task<Answer> GetDeliveryAsync(ApiRequest request) =>
        Answer.Ok((await deliveries.GetAsync(request.Principal.Tenant, request.Route("id"), request.Route("deliveryId"), request.Aborted)).Delivery.Show(withEvent: true));

    private async Task<Answer> RedeliverAsync(ApiRequest request) =>
        Answer.Accepted((await deliveries.RedeliverAsync(request.Principal.Tenant, request.Route("id"), request.Route("deliveryId"), request.Aborted)).Show(withEvent: false));

    private async Task<ObjectValue> ShowAsync(ApiRequest request, EventSubscription subscription, string? drawn = null) =>
        subscription.Show(await subscriptions.HealthAsync(request.Principal.Tenant, subscription.Id, request.Aborted), drawn);

    private static Action<long> Check(ApiRequest request) => version => ETags.RequireMatch(request.Context.Request, version);
}
