using Microsoft.DurableTask;

namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>What the history of one generation of an orchestration holds. Calls carry the number that the orchestrator's calls are counted by.</summary>
internal abstract record HistoryEvent
{
    private const int Overhead = 64;

    /// <summary>About what it takes in storage and on the way.</summary>
    public int Bytes => Overhead + (Payload?.Length ?? 0);
    protected virtual string? Payload => null;
}

internal sealed record EpisodeStarted(DateTime At) : HistoryEvent;

internal sealed record ExecutionStarted(string Name, string? Input, string Version, ParentOrchestrationInstance? Parent, int ParentCall) : HistoryEvent
{
    protected override string? Payload => Input;
}

/// <summary>What the orchestrator called; a replay must make the same call with the same number.</summary>
internal abstract record Call(int Id) : HistoryEvent;

internal sealed record ActivityScheduled(int Id, string Name, string? Input) : Call(Id)
{
    protected override string? Payload => Input;
}

internal sealed record ChildScheduled(int Id, string Name, string InstanceId, string? Input) : Call(Id)
{
    protected override string? Payload => Input;
}

internal sealed record TimerCreated(int Id, DateTime FireAt) : Call(Id);

internal sealed record EventSent(int Id, string InstanceId, string Name, string? Input) : Call(Id)
{
    protected override string? Payload => Input;
}

/// <summary>An activity, a child or a timer came to its end.</summary>
internal sealed record CallCompleted(int CallId, string? Result) : HistoryEvent
{
    protected override string? Payload => Result;
}

internal sealed record CallFailed(int CallId, TaskFailureDetails Failure) : HistoryEvent
{
    protected override string? Payload => Failure.ErrorMessage;
}

internal sealed record EventRaised(string Name, string? Input) : HistoryEvent
{
    protected override string? Payload => Input;
}

internal sealed record ExecutionSuspended : HistoryEvent;

internal sealed record ExecutionResumed : HistoryEvent;

internal sealed record ExecutionTerminated(string? Output) : HistoryEvent
{
    protected override string? Payload => Output;
}
