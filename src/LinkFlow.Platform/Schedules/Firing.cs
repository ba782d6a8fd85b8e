using System.Globalization;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Schedules;

/// <summary>What became of a due time.</summary>
public enum FiringOutcome
{
    Started,

    /// <summary>It came late, and the schedule's misfire rule says to leave it out.</summary>
    Missed,

    /// <summary>The execution before had not ended, and the overlap rule says to leave it out.</summary>
    Skipped,

    /// <summary>The workflow could not be started.</summary>
    Failed,
}

/// <summary>One due time and what became of it. Its id is made of the schedule and the due time, so that the store itself refuses a second one.</summary>
public sealed record Firing(string ScheduleId, DateTimeOffset DueAt, DateTimeOffset FiredAt, FiringOutcome Outcome)
{
    public static readonly DocumentType Type = new("schedule-firing", "scheduleId");
    public static readonly string[] Words = ["started", "missed", "skipped", "failed"];

    public string? ExecutionId { get; init; }

    /// <summary>Why it was not started; how many due times this one stands for.</summary>
    public string? Reason { get; init; }

    public void Put(UnitOfWork work, DateTimeOffset expiresAt) =>
        work.Put(Type, string.Create(CultureInfo.InvariantCulture, $"{ScheduleId}/{DueAt.ToUnixTimeMilliseconds():D15}"), Show(), new Dictionary<string, string> { ["scheduleId"] = ScheduleId }, expected: 0, expiresAt);

    public ObjectValue Show() => new()
    {
        { "scheduleId", ScheduleId },
        { "dueAt", Rfc3339.Write(DueAt) },
        { "firedAt", Rfc3339.Write(FiredAt) },
        { "outcome", Words[(int)Outcome] },
        { "executionId", ScheduleRuleJson.Text(ExecutionId) },
        { "reason", ScheduleRuleJson.Text(Reason) },
    };

    /// <summary>The event about it.</summary>
    public OutgoingEvent Told(string workflowId)
    {
        var type = Outcome switch
        {
            FiringOutcome.Started => EventCatalogue.ScheduleFired,
            FiringOutcome.Missed => EventCatalogue.ScheduleMissed,
            FiringOutcome.Skipped => EventCatalogue.ScheduleSkipped,
            _ => EventCatalogue.ScheduleFailed,
        };
        var data = new ObjectValue(4) { { "scheduleId", ScheduleId }, { "workflowId", workflowId }, { "dueAt", Rfc3339.Write(DueAt) } };
        data = Outcome == FiringOutcome.Started ? data.Set("executionId", ExecutionId) : data.Set("reason", Reason ?? "");
        // It belongs to what the execution that it started will tell.
        return type.By(null, ScheduleId, data) with { Cause = ExecutionId is null ? null : new EventCause(ExecutionId) };
    }

    public static Firing FromDocument(Value body) => new(
        body["scheduleId"].AsString!, Schedule.TimeOf(body["dueAt"])!.Value, Schedule.TimeOf(body["firedAt"])!.Value, (FiringOutcome)Array.IndexOf(Words, body["outcome"].AsString))
    {
        ExecutionId = body["executionId"].AsString,
        Reason = body["reason"].AsString,
    };
}
