using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Schedules;

/// <summary><c>/schedules</c>.</summary>
public sealed class ScheduleEndpoints(ScheduleService schedules)
{
    private const int MostTimes = 1000;
    private const int LongestWindow = 31 * 24 * 3600;
    private static readonly string[] Writable = ["workflowId", "nodeId", "enabled", .. ScheduleRuleJson.Fields];

    /// <summary>What <c>GET</c> shows besides: accepted in a <c>PUT</c>, and ignored.</summary>
    private static readonly string[] Shown = ["id", "nextAt", "lastAt", "source", "disabledReason", "enabledAt", "createdAt", "updatedAt", "createdBy"];

    public void Map(ApiRoutes routes)
    {
        routes.Get("/schedules", ListAsync).Needs(Permissions.ScheduleRead).Says("List schedules").Paged()
            .Query("workflowId", "Only this workflow's.").Query("enabled", "Only enabled or disabled ones.", "boolean", ["true", "false"])
            .Answers<ApiList<ScheduleResource>>(200, "A page of schedules, newest first.");
        routes.Post("/schedules", CreateAsync).Needs(Permissions.ScheduleWrite).Says("Create a schedule").Takes<NewScheduleBody>().Answers<ScheduleResource>(201, "The schedule.");
        routes.Get("/schedules/conflicts", ConflictsAsync).Needs(Permissions.ScheduleRead).Says("Find schedules of one workflow that are due within a minute of each other")
            .Query("window", "Seconds to look ahead, at most 31 days; default a day.", "integer").Answers<ScheduleConflictList>(200, "The first such time of each pair.");
        routes.Get("/schedules/{id}", GetAsync).Needs(Permissions.ScheduleRead).Says("Read a schedule").Answers<ScheduleResource>(200, "The schedule.");
        routes.Put("/schedules/{id}", SaveAsync).Needs(Permissions.ScheduleWrite).Says("Replace a schedule").Takes<NewScheduleBody>().Answers<ScheduleResource>(200, "The schedule.");
        routes.Delete("/schedules/{id}", DeleteAsync).Needs(Permissions.ScheduleDelete).Says("Delete a schedule").Answers(204, "Deleted: it fires no more.");
        routes.Get("/schedules/{id}/next", NextAsync).Needs(Permissions.ScheduleRead).Says("List the next due times").Query("count", "1 to 1,000; default 10.", "integer")
            .Answers<DueTimeList>(200, "The due times from now on, whether it is enabled or not.");
        routes.Get("/schedules/{id}/firings", FiringsAsync).Needs(Permissions.ScheduleRead).Says("List what became of past due times").Paged()
            .Answers<ApiList<FiringResource>>(200, "A page of firings, latest due time first.");
    }

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var enabled = request.Query.OneOf("enabled", ["true", "false"]);
        var (items, nextId) = await schedules.ListAsync(
            request.Principal.Tenant, request.Query.Text("workflowId"), enabled is null ? null : enabled == "true", request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(items.Select(i => i.Schedule.Show(i.State)), nextId);
    }

    private async Task<Answer> CreateAsync(ApiRequest request)
    {
        var draft = ReadDraft(await request.ReadObjectAsync(), Writable);
        var answer = Answer.NoContent;
        await schedules.CreateAsync(request.Principal, draft, (work, schedule, state) =>
        {
            answer = Answer.Created(request.LocationOf($"/schedules/{schedule.Id}"), schedule.Show(state), ETags.Of(1));
            request.Remember(work, answer);
        }, request.Aborted);
        return answer;
    }

    private async Task<Answer> GetAsync(ApiRequest request)
    {
        var (schedule, state, etag) = await schedules.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        return Answer.Ok(schedule.Show(state), ETags.Of(etag));
    }

    private async Task<Answer> SaveAsync(ApiRequest request)
    {
        var draft = ReadDraft(await request.ReadObjectAsync(), [.. Writable, .. Shown]);
        var (schedule, state, etag) = await schedules.SaveAsync(
            request.Principal, request.Route("id"), version => ETags.RequireMatch(request.Context.Request, version), draft, request.Aborted);
        return Answer.Ok(schedule.Show(state), ETags.Of(etag));
    }

    private async Task<Answer> DeleteAsync(ApiRequest request)
    {
        await schedules.DeleteAsync(request.Principal, request.Route("id"), version => ETags.RequireMatch(request.Context.Request, version), request.Aborted);
        return Answer.NoContent;
    }

    private async Task<Answer> NextAsync(ApiRequest request)
    {
        var times = await schedules.NextAsync(request.Principal.Tenant, request.Route("id"), request.Query.Integer("count", 1, MostTimes) ?? 10, request.Aborted);
        return Answer.Ok(new ObjectValue { { "items", new ArrayValue(times.Select(t => Value.From(Rfc3339.Write(t)))) } });
    }

    private async Task<Answer> FiringsAsync(ApiRequest request)
    {
        var page = await schedules.FiringsAsync(request.Principal.Tenant, request.Route("id"), request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(page.Items.Select(d => Firing.FromDocument(d.Body).Show()), page.NextId);
    }

    private async Task<Answer> ConflictsAsync(ApiRequest request)
    {
        var window = TimeSpan.FromSeconds(request.Query.Integer("window", 1, LongestWindow) ?? 24 * 3600);
        var found = await schedules.ConflictsAsync(request.Principal.Tenant, window, request.Aborted);
        return Answer.Ok(new ObjectValue { { "items", new ArrayValue(found.Select(c => Value.From(c.Show()))) } });
    }

    private static ScheduleDraft ReadDraft(ObjectValue body, IReadOnlyCollection<string> known)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(known);
        var workflowId = fields.Name("workflowId", 64);
        var nodeId = fields.Text("nodeId", 128, 1);
        var enabled = fields.Boolean("enabled") ?? true;
        var rule = ScheduleRuleJson.Read(fields, "UTC");
        problems.ThrowIfAny();
        return new ScheduleDraft(workflowId!, nodeId, rule!, enabled);
    }
}
