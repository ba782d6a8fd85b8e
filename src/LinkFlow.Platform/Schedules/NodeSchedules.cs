using LinkFlow.Engine.Definitions;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using NodaTime;

namespace LinkFlow.Platform.Schedules;

/// <summary>The schedules that <c>schedule</c> nodes ask for: made when their workflow is activated, gone when it is not active any more.</summary>
public sealed class NodeSchedules(IDocumentStore store, CalendarService calendars, ScheduleAlarm alarm, TimeProvider clock)
{
    public const string NodeType = "schedule";

    /// <summary>What a definition's schedule nodes say.</summary>
    /// <param name="problem">Told what is wrong, by JSON pointer into the definition.</param>
    public static IReadOnlyList<(string NodeId, string Pointer, ScheduleRule Rule)> Of(WorkflowDefinition definition, Action<string, string> problem)
    {
        var found = new List<(string, string, ScheduleRule)>();
        for (var i = 0; i < definition.Nodes.Count; i++)
        {
            var node = definition.Nodes[i];
            if (node.Type != NodeType || node.Disabled) continue;
            var problems = new Problems();
            var pointer = $"/nodes/{i}/parameters";
            if (ScheduleRuleJson.Read(new BodyFields(node.Parameters, problems, pointer), definition.Settings.Timezone) is { } rule) found.Add((node.Id, pointer, rule));
            foreach (var (where, message) in problems.Pairs) problem(where, message);
        }

        return found;
    }

    /// <summary>Adds to an activation's writes what its schedule nodes need, and takes away what they no longer do.</summary>
    /// <exception cref="ApiException">400: there is no such calendar.</exception>
    public async Task SyncAsync(Principal principal, string workflowId, WorkflowDefinition definition, UnitOfWork work, CancellationToken cancellationToken)
    {
        var held = await HeldAsync(principal.Tenant, workflowId, cancellationToken);
        foreach (var (nodeId, pointer, rule) in Of(definition, (_, _) => { }))
        {
            if (rule.CalendarId is { } calendar && await store.GetAsync(principal.Tenant, HolidayCalendar.Type, calendar, cancellationToken) is null)
                throw ApiException.Validation($"{pointer}/calendarId", $"There is no calendar '{calendar}'.");
            if (!held.Remove(nodeId, out var mine)) await PutAsync(principal, work, New(principal, workflowId, nodeId, rule), 0, cancellationToken);
            else if (mine.Schedule.Rule != rule) await PutAsync(principal, work, mine.Schedule with { Rule = rule, UpdatedAt = clock.GetUtcNow() }, mine.ETag, cancellationToken);
        }

        foreach (var (schedule, etag) in held.Values) Delete(principal, work, schedule, etag);
    }

    /// <summary>Adds to a deactivation's writes that the nodes' schedules go.</summary>
    public async Task RemoveAsync(Principal principal, string workflowId, UnitOfWork work, CancellationToken cancellationToken)
    {
        foreach (var (schedule, etag) in (await HeldAsync(principal.Tenant, workflowId, cancellationToken)).Values) Delete(principal, work, schedule, etag);
    }

    /// <summary>Adds to a workflow's deletion that all of its schedules go.</summary>
    public async Task RemoveAllAsync(Principal principal, string workflowId, UnitOfWork work, CancellationToken cancellationToken)
    {
        await foreach (var document in store.ReadAllAsync(OfWorkflow(principal.Tenant, workflowId), cancellationToken))
            Delete(principal, work, Schedule.FromDocument(document.Body), document.ETag);
    }

    /// <summary>To be called behind the commit of writes that hold schedules.</summary>
    public void Tell(UnitOfWork work)
    {
        foreach (var write in work.Writes)
            if (write.Type == ScheduleState.Type) alarm.Tell(work.Tenant, write.Id, write.IsDelete ? null : ScheduleState.FromDocument(write.Body).NextAt);
    }

    private Schedule New(Principal principal, string workflowId, string nodeId, ScheduleRule rule)
    {
        var now = clock.GetUtcNow();
        return new Schedule { Id = Ids.Next(now), WorkflowId = workflowId, NodeId = nodeId, Rule = rule, IsNodes = true, EnabledAt = now, CreatedAt = now, UpdatedAt = now, CreatedBy = principal.Id };
    }

    private async Task PutAsync(Principal principal, UnitOfWork work, Schedule schedule, long expected, CancellationToken cancellationToken)
    {
        var times = await calendars.TimesAsync(principal.Tenant, schedule.Rule, schedule.CreatedAt, cancellationToken);
        var state = await store.GetAsync(principal.Tenant, ScheduleState.Type, schedule.Id, cancellationToken);
        var known = state is null ? new ScheduleState() : ScheduleState.FromDocument(state.Body);
        schedule.Put(work, expected);
        work.Raise((expected == 0 ? EventCatalogue.ScheduleCreated : EventCatalogue.ScheduleUpdated).By(principal.Id, schedule.Id, schedule.Told(), expected + 1));
        (known with { NextAt = times.Next(Instant.FromDateTimeOffset(clock.GetUtcNow()))?.ToDateTimeOffset(), Queued = [] }).Put(work, schedule.Id, state?.ETag ?? 0);
    }

    private static void Delete(Principal principal, UnitOfWork work, Schedule schedule, long etag) => work
        .Delete(Schedule.Type, schedule.Id, etag).Delete(ScheduleState.Type, schedule.Id).Raise(EventCatalogue.ScheduleDeleted.By(principal.Id, schedule.Id, schedule.Told(), etag + 1));

    private async Task<Dictionary<string, (Schedule Schedule, long ETag)>> HeldAsync(string tenant, string workflowId, CancellationToken cancellationToken)
    {
        var held = new Dictionary<string, (Schedule, long)>(StringComparer.Ordinal);
        await foreach (var document in store.ReadAllAsync(OfWorkflow(tenant, workflowId), cancellationToken))
            if (Schedule.FromDocument(document.Body) is { IsNodes: true } schedule) held[schedule.NodeId] = (schedule, document.ETag);
        return held;
    }

    private static DocumentQuery OfWorkflow(string tenant, string workflowId) =>
        new(tenant, Schedule.Type) { Where = new Dictionary<string, string> { ["workflowId"] = workflowId } };
}
