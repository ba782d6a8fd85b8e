using LinkFlow.Engine.Definitions;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules.Timing;
using LinkFlow.Platform.Workflows;
using NodaTime;

namespace LinkFlow.Platform.Schedules;

/// <summary>What can be done with schedules. Fires none: <see cref="ScheduleFiring"/> does.</summary>
public sealed class ScheduleService(IDocumentStore store, WorkflowService workflows, CalendarService calendars, ScheduleAlarm alarm, TimeProvider clock)
{
    private const string TriggerType = "schedule";
    private const int MaxTries = 5;

    /// <exception cref="ApiException">404.</exception>
    public async Task<(Schedule Schedule, ScheduleState State, long ETag)> GetAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var document = await store.GetAsync(tenant, Schedule.Type, id, cancellationToken) ?? throw ApiException.NotFound("schedule", id);
        return (Schedule.FromDocument(document.Body), await StateAsync(tenant, id, cancellationToken), document.ETag);
    }

    public async Task<(IReadOnlyList<(Schedule Schedule, ScheduleState State)> Items, string? NextId)> ListAsync(
        string tenant, string? workflowId, bool? enabled, int limit, string? beforeId, CancellationToken cancellationToken)
    {
        var where = new Dictionary<string, string>();
        if (workflowId is not null) where["workflowId"] = workflowId;
        if (enabled is { } is_) where["enabled"] = is_ ? "true" : "false";
        var page = await store.QueryAsync(new DocumentQuery(tenant, Schedule.Type) { Where = where, Limit = limit, BeforeId = beforeId }, cancellationToken);
        var items = new List<(Schedule, ScheduleState)>(page.Items.Count);
        foreach (var document in page.Items) items.Add((Schedule.FromDocument(document.Body), await StateAsync(tenant, document.Id, cancellationToken)));
        return (items, page.NextId);
    }

    /// <param name="also">Adds what must become durable with the schedule.</param>
    /// <exception cref="ApiException">400: no such workflow, node or calendar, or nothing would ever be due.</exception>
    public async Task<(Schedule Schedule, ScheduleState State)> CreateAsync(Principal principal, ScheduleDraft draft, Action<UnitOfWork, Schedule, ScheduleState> also, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var schedule = new Schedule
        {
            Id = Ids.Next(now),
            WorkflowId = draft.WorkflowId,
            NodeId = await TriggerAsync(principal.Tenant, draft, cancellationToken),
            Rule = draft.Rule,
            Enabled = draft.Enabled,
            EnabledAt = now,
            CreatedAt = now,
            UpdatedAt = now,
            CreatedBy = principal.Id,
        };
        var state = new ScheduleState { NextAt = await FirstAsync(principal.Tenant, schedule, cancellationToken) };
        var work = new UnitOfWork(principal.Tenant);
        schedule.Put(work, expected: 0);
        state.Put(work, schedule.Id, expected: 0);
        work.Raise(EventCatalogue.ScheduleCreated.By(principal.Id, schedule.Id, schedule.Told(), 1));
        also(work, schedule, state);
        await store.CommitAsync(work, cancellationToken);
        Tell(principal.Tenant, schedule, state);
        return (schedule, state);
    }

    /// <summary>Replaces a schedule. Where its times change, or it is enabled again, it goes on from now.</summary>
    /// <exception cref="ApiException">409: a node made it, and says what it is; only 'enabled' can be changed here.</exception>
    public async Task<(Schedule Schedule, ScheduleState State, long ETag)> SaveAsync(Principal principal, string id, Action<long> check, ScheduleDraft draft, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (schedule, _, etag) = await GetAsync(principal.Tenant, id, cancellationToken);
            check(etag);
            var now = clock.GetUtcNow();
            var changed = schedule with
            {
                WorkflowId = draft.WorkflowId,
                NodeId = await TriggerAsync(principal.Tenant, draft with { NodeId = draft.NodeId ?? schedule.NodeId }, cancellationToken),
                Rule = draft.Rule,
                Enabled = draft.Enabled,
                EnabledAt = draft.Enabled && !schedule.Enabled ? now : schedule.EnabledAt,
                DisabledReason = draft.Enabled ? null : schedule.DisabledReason,
                UpdatedAt = now,
            };
            if (schedule.IsNodes && (changed.Rule != schedule.Rule || changed.WorkflowId != schedule.WorkflowId || changed.NodeId != schedule.NodeId))
                throw ApiException.Conflict($"The schedule belongs to the node '{schedule.NodeId}' of its workflow. Change that node; only 'enabled' can be changed here.");
            var document = await store.GetAsync(principal.Tenant, ScheduleState.Type, id, cancellationToken);
            var state = document is null ? new ScheduleState() : ScheduleState.FromDocument(document.Body);
            if (changed.Rule != schedule.Rule || (changed.Enabled && !schedule.Enabled))
                state = state with { NextAt = await FirstAsync(principal.Tenant, changed, cancellationToken), Queued = [] };
            var work = new UnitOfWork(principal.Tenant);
            changed.Put(work, etag);
            state.Put(work, id, document?.ETag ?? 0);
            work.Raise(EventCatalogue.ScheduleUpdated.By(principal.Id, id, changed.Told(), etag + 1));
            try
            {
                await store.CommitAsync(work, cancellationToken);
            }
            catch (DocumentConflictException) when (attempt < MaxTries)
            {
                // It has fired meanwhile, or someone else has changed it.
                continue;
            }

            Tell(principal.Tenant, changed, state);
            return (changed, state, etag + 1);
        }
    }

    /// <exception cref="ApiException">409: a node made it.</exception>
    public async Task DeleteAsync(Principal principal, string id, Action<long> check, CancellationToken cancellationToken)
    {
        var tenant = principal.Tenant;
        var (schedule, _, etag) = await GetAsync(tenant, id, cancellationToken);
        check(etag);
        if (schedule.IsNodes) throw ApiException.Conflict($"The schedule belongs to the node '{schedule.NodeId}' of its workflow. Remove that node, or deactivate the workflow.");
        var work = new UnitOfWork(tenant).Delete(Schedule.Type, id, etag).Delete(ScheduleState.Type, id);
        await store.CommitAsync(work.Raise(EventCatalogue.ScheduleDeleted.By(principal.Id, id, schedule.Told(), etag + 1)), cancellationToken);
        alarm.Tell(tenant, id, null);
    }

    /// <summary>The due times from now on, whether it is enabled or not.</summary>
    public async Task<IReadOnlyList<DateTimeOffset>> NextAsync(string tenant, string id, int count, CancellationToken cancellationToken)
    {
        var (schedule, _, _) = await GetAsync(tenant, id, cancellationToken);
        var times = await calendars.TimesAsync(tenant, schedule.Rule, schedule.CreatedAt, cancellationToken);
        return [.. times.After(Instant.FromDateTimeOffset(clock.GetUtcNow())).Take(count).Select(i => i.ToDateTimeOffset())];
    }

    public async Task<DocumentPage> FiringsAsync(string tenant, string id, int limit, string? beforeId, CancellationToken cancellationToken)
    {
        await GetAsync(tenant, id, cancellationToken);
        return await store.QueryAsync(
            new DocumentQuery(tenant, Firing.Type) { Where = new Dictionary<string, string> { ["scheduleId"] = id }, Limit = limit, BeforeId = beforeId }, cancellationToken);
    }

    /// <summary>Pairs of enabled schedules of one workflow that are due within a minute of each other.</summary>
    public async Task<IReadOnlyList<ScheduleConflict>> ConflictsAsync(string tenant, TimeSpan window, CancellationToken cancellationToken)
    {
        var now = Instant.FromDateTimeOffset(clock.GetUtcNow());
        var times = new List<(Schedule Schedule, DueTimes Times)>();
        await foreach (var document in store.ReadAllAsync(new DocumentQuery(tenant, Schedule.Type) { Where = new Dictionary<string, string> { ["enabled"] = "true" } }, cancellationToken))
        {
            var schedule = Schedule.FromDocument(document.Body);
            times.Add((schedule, await calendars.TimesAsync(tenant, schedule.Rule, schedule.CreatedAt, cancellationToken)));
        }

        return ScheduleConflict.Find(times, now, now + Duration.FromTimeSpan(window));
    }

    private async Task<ScheduleState> StateAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await store.GetAsync(tenant, ScheduleState.Type, id, cancellationToken) is { } document ? ScheduleState.FromDocument(document.Body) : new ScheduleState();

    /// <exception cref="ApiException">400: there is no such workflow, or no such trigger in it.</exception>
    private async Task<string> TriggerAsync(string tenant, ScheduleDraft draft, CancellationToken cancellationToken)
    {
        Workflow workflow;
        try
        {
            (workflow, _) = await workflows.GetAsync(tenant, draft.WorkflowId, cancellationToken);
        }
        catch (ApiException e) when (e.Error.Status == 404)
        {
            throw ApiException.Validation("/workflowId", $"There is no workflow '{draft.WorkflowId}'.");
        }

        var triggers = Workflow.DefinitionOf(workflow.Content).Nodes.Where(n => n.Type == TriggerType).Select(n => n.Id).ToList();
        var names = triggers.Count == 0 ? "none" : string.Join(", ", triggers.Select(t => $"'{t}'"));
        if (draft.NodeId is { } wanted)
            return triggers.Contains(wanted) ? wanted : throw ApiException.Validation("/nodeId", $"'{wanted}' is no schedule trigger of the workflow; it has {names}.");
        return triggers.Count == 1 ? triggers[0] : throw ApiException.Validation("/nodeId", $"'nodeId' is needed: the workflow has {triggers.Count} schedule triggers ({names}).");
    }

    /// <exception cref="ApiException">400: nothing would ever be due, or there is no such calendar.</exception>
    private async Task<DateTimeOffset?> FirstAsync(string tenant, Schedule schedule, CancellationToken cancellationToken)
    {
        if (schedule.Rule.CalendarId is { } calendar && await store.GetAsync(tenant, HolidayCalendar.Type, calendar, cancellationToken) is null)
            throw ApiException.Validation("/calendarId", $"There is no calendar '{calendar}'.");
        var times = await calendars.TimesAsync(tenant, schedule.Rule, schedule.CreatedAt, cancellationToken);
        if (times.Next(Instant.FromDateTimeOffset(clock.GetUtcNow())) is { } next) return next.ToDateTimeOffset();
        if (!schedule.Enabled) return null;
        var (pointer, message) = schedule.Rule.At is { } at
            ? ("/at", $"'at' is {Rfc3339.Write(at)}, which is over.")
            : schedule.Rule.EndAt is not null ? ("/endAt", "Nothing is due before 'endAt'.") : ("", "Nothing would ever be due.");
        throw ApiException.Validation(pointer, message);
    }

    private void Tell(string tenant, Schedule schedule, ScheduleState state) => alarm.Tell(tenant, schedule.Id, schedule.Enabled ? state.NextAt : null);
}

/// <summary>A schedule as a caller wants it.</summary>
/// <param name="NodeId">Null: the workflow's only schedule trigger.</param>
public sealed record ScheduleDraft(string WorkflowId, string? NodeId, ScheduleRule Rule, bool Enabled);
