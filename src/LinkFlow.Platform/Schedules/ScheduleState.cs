using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Schedules;

/// <summary>How far a schedule has got. Changed in the transaction of every firing, so that no time fires twice.</summary>
public sealed record ScheduleState
{
    public static readonly DocumentType Type = new("schedule-state");

    /// <summary>Due times that wait for an execution to end; more are skipped.</summary>
    public const int MostQueued = 1000;

    /// <summary>The next due time, jitter aside; null: there is none any more.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>The due time that fired last.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>The execution that was started last.</summary>
    public string? LastExecutionId { get; init; }

    /// <summary>With overlap 'queue': due times that wait for the last execution's end, oldest first.</summary>
    public IReadOnlyList<DateTimeOffset> Queued { get; init; } = [];

    public void Put(UnitOfWork work, string scheduleId, long? expected) => work.Put(Type, scheduleId, new ObjectValue
    {
        { "nextAt", ScheduleRuleJson.Time(NextAt) },
        { "lastAt", ScheduleRuleJson.Time(LastAt) },
        { "lastExecutionId", ScheduleRuleJson.Text(LastExecutionId) },
        { "queued", new ArrayValue(Queued.Select(t => ScheduleRuleJson.Time(t))) },
    }, expected: expected);

    public static ScheduleState FromDocument(Value body) => new()
    {
        NextAt = Schedule.TimeOf(body["nextAt"]),
        LastAt = Schedule.TimeOf(body["lastAt"]),
        LastExecutionId = body["lastExecutionId"].AsString,
        Queued = [.. body["queued"].AsArray!.Select(t => Schedule.TimeOf(t)!.Value)],
    };
}
