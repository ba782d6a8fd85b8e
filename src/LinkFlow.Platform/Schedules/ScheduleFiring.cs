using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules.Timing;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace LinkFlow.Platform.Schedules;

/// <summary>
/// Does what one schedule's time asks for. The start of the execution, the record of the firing and the schedule's next
/// time are one commit, so a due time fires once, however many hosts look at it and wherever they crash.
/// </summary>
public sealed class ScheduleFiring(
    IDocumentStore store, IExecutionRuntime runtime, IExecutionHistory history, IWorkflowSource workflows, CalendarService calendars, LinkFlowOptions options,
    TimeProvider clock, ILogger<ScheduleFiring> log)
{
    private const string Mode = "schedule";

    private static readonly TimeSpan AfterConflict = TimeSpan.FromMilliseconds(1);

    /// <summary>How soon to look again whether an execution has ended, for what waits for that.</summary>
    public TimeSpan LookAgain { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Looks at a schedule and does at most one thing about it.</summary>
    /// <returns>When to look again; null: not until it is changed.</returns>
    /// <exception cref="StoreUnavailableException">Nothing was done.</exception>
    public async Task<DateTimeOffset?> TickAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(tenant, Schedule.Type, id, cancellationToken) is not { } document
            || await store.GetAsync(tenant, ScheduleState.Type, id, cancellationToken) is not { } stateDocument) return null;
        var schedule = Schedule.FromDocument(document.Body);
        if (!schedule.Enabled) return null;
        var tick = new Tick(tenant, schedule, ScheduleState.FromDocument(stateDocument.Body), stateDocument.ETag, clock.GetUtcNow());
        try
        {
            return await DisableAsync(tick, document.ETag, cancellationToken)
                ? null
                : await ActAsync(tick, cancellationToken);
        }
        catch (DocumentConflictException)
        {
            // Another host fired it, or someone changed it: look at what is there now.
            return tick.Now + AfterConflict;
        }
    }

    private async Task<DateTimeOffset?> ActAsync(Tick tick, CancellationToken cancellationToken)
    {
        var (schedule, state) = (tick.Schedule, tick.State);
        var due = state.NextAt is { } next && next + Jitter(schedule, next) <= tick.Now ? state.NextAt : null;
        if (due is null && state.Queued.Count == 0) return Attention(schedule, state, await IsRunningAsync(tick, cancellationToken));

        var times = await calendars.TimesAsync(tick.Tenant, schedule.Rule, schedule.CreatedAt, cancellationToken);
        if (await workflows.FindActiveAsync(tick.Tenant, schedule.WorkflowId, cancellationToken) is not { } version)
        {
            // While its workflow rests, so does the schedule; what passes meanwhile is not missed.
            return due is null ? null : await SaveAsync(tick, state with { NextAt = Next(times, tick.Now), Queued = [] }, null, cancellationToken);
        }

        var running = await IsRunningAsync(tick, cancellationToken);
        if (due is null)
        {
            return running
                ? Attention(schedule, state, running)
                : await StartAsync(tick, state with { Queued = [.. state.Queued.Skip(1)] }, state.Queued[0], version, cancellationToken);
        }

        var isLate = tick.Now - (due.Value + Jitter(schedule, due.Value)) > TimeSpan.FromSeconds(options.Schedules.MisfireSeconds);
        if (isLate && schedule.Rule.Misfire != MisfireRule.RunAll) return await MissAsync(tick, times, due.Value, version, cancellationToken);
        var after = state with { NextAt = Next(times, due.Value) };
        if (running || state.Queued.Count > 0)
        {
            switch (schedule.Rule.Overlap)
            {
                case OverlapRule.Queue when state.Queued.Count < ScheduleState.MostQueued:
                    return await SaveAsync(tick, after with { Queued = [.. state.Queued, due.Value] }, null, cancellationToken);
                case OverlapRule.Queue or OverlapRule.Skip:
                    return await SaveAsync(tick, after, new Firing(schedule.Id, due.Value, tick.Now, FiringOutcome.Skipped) { Reason = $"The execution {state.LastExecutionId} had not ended." }, cancellationToken);
                case OverlapRule.CancelPrevious:
                    await runtime.SendAsync(tick.Tenant, state.LastExecutionId!, new CancelCommand(Compensate: false), cancellationToken);
                    break;
            }
        }

        return await StartAsync(tick, after, due.Value, version, cancellationToken);
    }

    /// <summary>Due times that passed while nothing could fire.</summary>
    private async Task<DateTimeOffset?> MissAsync(Tick tick, DueTimes times, DateTimeOffset due, WorkflowVersion version, CancellationToken cancellationToken)
    {
        var after = tick.State with { NextAt = Next(times, tick.Now) };
        var missed = new MissedTimes(times, due, tick.Now);
        if (tick.Schedule.Rule.Misfire == MisfireRule.RunOnce) return await StartAsync(tick, after, missed.Last, version, cancellationToken);
        log.FiringsMissed(tick.Schedule.Id, missed.Count, due);
        return await SaveAsync(tick, after, new Firing(tick.Schedule.Id, due, tick.Now, FiringOutcome.Missed) { Reason = missed.ToString() }, cancellationToken);
    }

    private async Task<DateTimeOffset?> StartAsync(Tick tick, ScheduleState after, DateTimeOffset due, WorkflowVersion version, CancellationToken cancellationToken)
    {
        var schedule = tick.Schedule;
        var firing = new Firing(schedule.Id, due, tick.Now, FiringOutcome.Started) { ExecutionId = Ids.Next() };
        after = after with { LastAt = due, LastExecutionId = firing.ExecutionId };
        if (version.Definition.Nodes.All(n => n.Id != schedule.NodeId || n.Type != NodeSchedules.NodeType || n.Disabled))
            return await FailAsync(tick, after, firing, $"Version {version.Version} of the workflow has no schedule trigger '{schedule.NodeId}'.", cancellationToken);
        try
        {
            await runtime.StartAsync(
                new StartExecution
                {
                    Tenant = tick.Tenant,
                    ExecutionId = firing.ExecutionId,
                    WorkflowId = schedule.WorkflowId,
                    WorkflowVersion = version.Version,
                    StartNode = schedule.NodeId,
                    Mode = Mode,
                    StartedBy = $"schedule:{schedule.Id}",
                    Input = [Item.Of(new ObjectValue { { "scheduleId", schedule.Id }, { "dueAt", Rfc3339.Write(due) }, { "firedAt", Rfc3339.Write(tick.Now) } })],
                    With = Work(tick, after, firing),
                }, cancellationToken);
        }
        catch (ArgumentException e)
        {
            return await FailAsync(tick, after, firing, e.Message, cancellationToken);
        }

        return Attention(schedule, after, running: true);
    }

    private Task<DateTimeOffset?> FailAsync(Tick tick, ScheduleState after, Firing firing, string reason, CancellationToken cancellationToken)
    {
        log.FiringFailed(tick.Schedule.Id, reason);
        return SaveAsync(tick, after with { LastExecutionId = tick.State.LastExecutionId }, firing with { Outcome = FiringOutcome.Failed, ExecutionId = null, Reason = reason }, cancellationToken);
    }

    private async Task<DateTimeOffset?> SaveAsync(Tick tick, ScheduleState after, Firing? firing, CancellationToken cancellationToken)
    {
        await store.CommitAsync(Work(tick, after, firing), cancellationToken);
        return Attention(tick.Schedule, after, running: after.Queued.Count > 0);
    }

    private UnitOfWork Work(Tick tick, ScheduleState after, Firing? firing)
    {
        var work = new UnitOfWork(tick.Tenant);
        after.Put(work, tick.Schedule.Id, tick.ETag);
        if (firing is null) return work;
        firing.Put(work, tick.Now + TimeSpan.FromDays(options.Retention.Days));
        return work.Raise(firing.Told(tick.Schedule.WorkflowId));
    }

    /// <summary>Disables a schedule whose last executions all failed.</summary>
    private async Task<bool> DisableAsync(Tick tick, long etag, CancellationToken cancellationToken)
    {
        if (tick.Schedule.Rule.MaxConsecutiveFailures is not { } most || await FailuresAsync(tick, most, cancellationToken) < most) return false;
        var reason = $"Its last {most} executions failed.";
        var disabled = tick.Schedule with { Enabled = false, DisabledReason = reason, UpdatedAt = tick.Now };
        var work = new UnitOfWork(tick.Tenant).Raise(EventCatalogue.ScheduleDisabled.By(null, disabled.Id, new ObjectValue
        {
            { "scheduleId", disabled.Id }, { "workflowId", disabled.WorkflowId }, { "reason", reason },
        }, etag + 1));
        disabled.Put(work, etag);
        await store.CommitAsync(work, cancellationToken);
        log.ScheduleDisabled(disabled.Id, reason);
        return true;
    }

    /// <summary>Failures in a row, counted from the last firing back, at most as many as asked for.</summary>
    private async Task<int> FailuresAsync(Tick tick, int most, CancellationToken cancellationToken)
    {
        var failures = 0;
        await foreach (var document in store.ReadAllAsync(new DocumentQuery(tick.Tenant, Firing.Type) { Where = new Dictionary<string, string> { ["scheduleId"] = tick.Schedule.Id } }, cancellationToken))
        {
            var firing = Firing.FromDocument(document.Body);
            if (firing.FiredAt < tick.Schedule.EnabledAt) break;
            var execution = firing.ExecutionId is { } id ? await history.FindAsync(tick.Tenant, id, cancellationToken) : null;
            if (firing.Outcome == FiringOutcome.Failed || execution?.Status is ExecutionStatus.Error or ExecutionStatus.TimedOut) failures++;
            else if (execution?.Status == ExecutionStatus.Success) break;
            if (failures == most) break;
        }

        return failures;
    }

    private async Task<bool> IsRunningAsync(Tick tick, CancellationToken cancellationToken)
    {
        var matters = tick.Schedule.Rule is { Overlap: not OverlapRule.Allow } or { MaxConsecutiveFailures: not null } || tick.State.Queued.Count > 0;
        return matters && tick.State.LastExecutionId is { } id && await history.FindAsync(tick.Tenant, id, cancellationToken) is { IsFinished: false };
    }

    /// <summary>When a schedule needs a look: at its next time, and soon where something waits for an execution's end.</summary>
    private DateTimeOffset? Attention(Schedule schedule, ScheduleState state, bool running)
    {
        var next = state.NextAt is { } at ? at + Jitter(schedule, at) : (DateTimeOffset?)null;
        if (state.Queued.Count == 0 && !(running && schedule.Rule.MaxConsecutiveFailures is not null)) return next;
        var look = clock.GetUtcNow() + LookAgain;
        return next is { } due && due < look ? due : look;
    }

    /// <summary>The same for one due time, whoever asks: hosts agree, and a restart does not draw anew.</summary>
    private static TimeSpan Jitter(Schedule schedule, DateTimeOffset due)
    {
        if (schedule.Rule.JitterSeconds == 0) return TimeSpan.Zero;
        var hash = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{schedule.Id}/{due.ToUnixTimeMilliseconds()}")));
        return TimeSpan.FromMilliseconds(hash % ((ulong)schedule.Rule.JitterSeconds * 1000 + 1));
    }

    private static DateTimeOffset? Next(DueTimes times, DateTimeOffset after) => times.Next(Instant.FromDateTimeOffset(after))?.ToDateTimeOffset();

    /// <param name="ETag">Of the state.</param>
    private sealed record Tick(string Tenant, Schedule Schedule, ScheduleState State, long ETag, DateTimeOffset Now);
}
