using LinkFlow.Platform.Events;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules.Timing;

namespace LinkFlow.Platform.Schedules;

/// <summary>Keeps calendars of holidays, and works out due times with them.</summary>
public sealed class CalendarService(IDocumentStore store, ScheduleAlarm alarm, TimeProvider clock)
{
    public async Task<(HolidayCalendar Calendar, long ETag)> GetAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var document = await store.GetAsync(tenant, HolidayCalendar.Type, id, cancellationToken) ?? throw ApiException.NotFound("calendar", id);
        return (HolidayCalendar.FromDocument(document.Body), document.ETag);
    }

    public ValueTask<DocumentPage> ListAsync(string tenant, int limit, string? beforeId, CancellationToken cancellationToken) =>
        store.QueryAsync(new DocumentQuery(tenant, HolidayCalendar.Type) { Limit = limit, BeforeId = beforeId }, cancellationToken);

    public async Task<HolidayCalendar> CreateAsync(Principal principal, CalendarBody wanted, Action<UnitOfWork, HolidayCalendar> also, CancellationToken cancellationToken)
    {
        var calendar = new HolidayCalendar { Id = Ids.Next(clock.GetUtcNow()), Name = wanted.Name, Dates = wanted.Dates, CreatedAt = clock.GetUtcNow() };
        var work = new UnitOfWork(principal.Tenant).Put(HolidayCalendar.Type, calendar.Id, calendar.Show(), expected: 0);
        work.Raise(EventCatalogue.CalendarCreated.By(principal.Id, calendar.Id, calendar.Told(), 1));
        also(work, calendar);
        await store.CommitAsync(work, cancellationToken);
        return calendar;
    }

    /// <summary>Changes a calendar, and the next due times of the schedules that use it.</summary>
    public async Task<(HolidayCalendar Calendar, long ETag)> ChangeAsync(Principal principal, string id, Action<long> check, CalendarBody wanted, CancellationToken cancellationToken)
    {
        var tenant = principal.Tenant;
        var (calendar, etag) = await GetAsync(tenant, id, cancellationToken);
        check(etag);
        calendar = calendar with { Name = wanted.Name, Dates = wanted.Dates };
        var work = new UnitOfWork(tenant).Put(HolidayCalendar.Type, id, calendar.Show(), expected: etag);
        await store.CommitAsync(work.Raise(EventCatalogue.CalendarUpdated.By(principal.Id, id, calendar.Told(), etag + 1)), cancellationToken);
        foreach (var schedule in await UsersAsync(tenant, id, cancellationToken)) await ResetAsync(tenant, schedule, cancellationToken);
        return (calendar, etag + 1);
    }

    /// <exception cref="ApiException">409: schedules use it.</exception>
    public async Task DeleteAsync(Principal principal, string id, Action<long> check, CancellationToken cancellationToken)
    {
        var tenant = principal.Tenant;
        var (calendar, etag) = await GetAsync(tenant, id, cancellationToken);
        check(etag);
        if (await UsersAsync(tenant, id, cancellationToken) is [var user, ..] users)
            throw ApiException.Conflict($"{users.Count} schedules use this calendar, {user.Id} among them. Give them another one first.");
        var work = new UnitOfWork(tenant).Delete(HolidayCalendar.Type, id, etag);
        await store.CommitAsync(work.Raise(EventCatalogue.CalendarDeleted.By(principal.Id, id, calendar.Told(), etag + 1)), cancellationToken);
    }

    /// <summary>A rule's due times, with its calendar's holidays.</summary>
    public async Task<DueTimes> TimesAsync(string tenant, ScheduleRule rule, DateTimeOffset anchor, CancellationToken cancellationToken)
    {
        if (rule.CalendarId is not { } id) return rule.Times(anchor, HolidayDates.None);
        // A calendar in use cannot be deleted; two changes at once could still have left a rule without one.
        var document = await store.GetAsync(tenant, HolidayCalendar.Type, id, cancellationToken);
        return rule.Times(anchor, document is null ? HolidayDates.None : HolidayCalendar.FromDocument(document.Body).Holidays);
    }

    private async Task<List<Schedule>> UsersAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var users = new List<Schedule>();
        await foreach (var document in store.ReadAllAsync(new DocumentQuery(tenant, Schedule.Type) { Filter = body => body["calendarId"].AsString == id }, cancellationToken))
            users.Add(Schedule.FromDocument(document.Body));
        return users;
    }

    private async Task ResetAsync(string tenant, Schedule schedule, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(tenant, ScheduleState.Type, schedule.Id, cancellationToken) is not { } document) return;
        var state = ScheduleState.FromDocument(document.Body);
        if (state.NextAt is null || state.NextAt <= clock.GetUtcNow()) return;
        var times = await TimesAsync(tenant, schedule.Rule, schedule.CreatedAt, cancellationToken);
        var next = times.Next(NodaTime.Instant.FromDateTimeOffset(clock.GetUtcNow()))?.ToDateTimeOffset();
        var work = new UnitOfWork(tenant);
        (state with { NextAt = next }).Put(work, schedule.Id, document.ETag);
        try
        {
            await store.CommitAsync(work, cancellationToken);
        }
        catch (DocumentConflictException)
        {
            // It has just fired, and has worked out its next time with the new calendar.
            return;
        }

        alarm.Tell(tenant, schedule.Id, schedule.Enabled ? next : null);
    }
}

/// <summary>The body of <c>/calendars</c>.</summary>
public sealed record CalendarBody(string Name, IReadOnlyList<string> Dates);
