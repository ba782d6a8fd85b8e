using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Schedules;

/// <summary><c>/calendars</c>.</summary>
public sealed class CalendarEndpoints(CalendarService calendars)
{
    public void Map(ApiRoutes routes)
    {
        routes.Get("/calendars", ListAsync).Needs(Permissions.ScheduleRead).Says("List calendars of holidays").Paged().Answers<ApiList<CalendarResource>>(200, "A page of calendars.");
        routes.Post("/calendars", CreateAsync).Needs(Permissions.ScheduleWrite).Says("Create a calendar of holidays").Takes<CalendarBody>().Answers<CalendarResource>(201, "The calendar.");
        routes.Get("/calendars/{id}", GetAsync).Needs(Permissions.ScheduleRead).Says("Read a calendar").Answers<CalendarResource>(200, "The calendar.");
        routes.Put("/calendars/{id}", SaveAsync).Needs(Permissions.ScheduleWrite).Says("Replace a calendar; schedules that use it follow at once").Takes<CalendarBody>()
            .Answers<CalendarResource>(200, "The calendar.");
        routes.Delete("/calendars/{id}", DeleteAsync).Needs(Permissions.ScheduleDelete).Says("Delete a calendar that no schedule uses").Answers(204, "Deleted.");
    }

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var page = await calendars.ListAsync(request.Principal.Tenant, request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(page.Items.Select(d => HolidayCalendar.FromDocument(d.Body).Show()), page.NextId);
    }

    private async Task<Answer> CreateAsync(ApiRequest request)
    {
        var wanted = Read(await request.ReadObjectAsync());
        var answer = Answer.NoContent;
        await calendars.CreateAsync(request.Principal, wanted, (work, calendar) =>
        {
            answer = Answer.Created(request.LocationOf($"/calendars/{calendar.Id}"), calendar.Show(), ETags.Of(1));
            request.Remember(work, answer);
        }, request.Aborted);
        return answer;
    }

    private async Task<Answer> GetAsync(ApiRequest request)
    {
        var (calendar, etag) = await calendars.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        return Answer.Ok(calendar.Show(), ETags.Of(etag));
    }

    private async Task<Answer> SaveAsync(ApiRequest request)
    {
        var wanted = Read(await request.ReadObjectAsync());
        var (calendar, etag) = await calendars.ChangeAsync(
            request.Principal, request.Route("id"), version => ETags.RequireMatch(request.Context.Request, version), wanted, request.Aborted);
        return Answer.Ok(calendar.Show(), ETags.Of(etag));
    }

    private async Task<Answer> DeleteAsync(ApiRequest request)
    {
        await calendars.DeleteAsync(request.Principal, request.Route("id"), version => ETags.RequireMatch(request.Context.Request, version), request.Aborted);
        return Answer.NoContent;
    }

    private static CalendarBody Read(ObjectValue body)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(["id", "name", "dates", "createdAt"]);
        var name = fields.Name("name", 128);
        var dates = fields.Texts("dates", HolidayCalendar.MostDates, 10) ?? [];
        if (!fields.Has("dates")) problems.Add("/dates", "'dates' is missing; a list of days is needed, e.g. [\"2026-12-25\", \"01-01\"].");
        for (var i = 0; i < dates.Count; i++)
            if (!HolidayCalendar.IsDate(dates[i])) problems.Add($"/dates/{i}", $"'{dates[i]}' is no day: write 2026-12-25, or 12-25 for every year.");
        problems.ThrowIfAny();
        return new CalendarBody(name!, dates);
    }
}
