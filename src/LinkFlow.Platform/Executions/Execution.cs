using System.Collections.Immutable;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions;

/// <summary>
/// The execution's document: where it stands, as <c>GET /executions/{id}</c> and the lists show it. A pure
/// projection of the events; it refers to input and output and never holds them.
/// </summary>
public sealed record Execution
{
    public required string Id { get; init; }
    public required string WorkflowId { get; init; }
    public required int WorkflowVersion { get; init; }
    public required ExecutionStatus Status { get; init; }

    /// <summary>manual, api, webhook, schedule, event, retry, subworkflow or error.</summary>
    public required string Mode { get; init; }
    public required string StartNode { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long StartedAt { get; init; }

    /// <summary>Unix milliseconds; null until it has ended.</summary>
    public long? FinishedAt { get; init; }

    /// <summary>Unix milliseconds: when its earliest wait ends by itself; null: it does not wait, or not for a time.</summary>
    public long? WaitingUntil { get; init; }
    /// <summary>The variables that it began with; null: its workflow names none, or reads the current ones. Not shown.</summary>
    public int? VariablesVersion { get; init; }
    public string? RetryOf { get; init; }
    public string? ParentExecutionId { get; init; }
    public string? StartedBy { get; init; }

    /// <summary>Common to everything that one first cause led to; null: this execution is the first cause.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The id of the event that started it, how many events lie behind it, and its trace. Not shown.</summary>
    public string? CausationId { get; init; }
    public int CausationDepth { get; init; }
    public string? Traceparent { get; init; }

    /// <summary>What follows from it: the same chain.</summary>
    public EventCause Cause => new(CorrelationId ?? Id, CausationId, CausationDepth, Traceparent);
    public ExecutionError? Error { get; init; }

    /// <summary>Compensations that failed.</summary>
    public ImmutableArray<ExecutionError> CompensationErrors { get; init; } = [];

    /// <summary>References to the output's items; empty until it has ended.</summary>
    public ImmutableArray<DataPart> Output { get; init; } = [];
    public int InputCount { get; init; }
    public int NodesRun { get; init; }
    public long PayloadBytes { get; init; }

    /// <summary>Signals that no wait has taken yet. Not shown.</summary>
    public int UnmatchedSignals { get; init; }

    /// <summary>False once saveData has removed the node data, the input and the output.</summary>
    public bool HasData { get; init; } = true;

    public bool IsFinished => Status is ExecutionStatus.Success or ExecutionStatus.Error or ExecutionStatus.Cancelled or ExecutionStatus.TimedOut;

    /// <summary>References to the input's items, for <see cref="Ports.IExecutionHistory.LoadAsync"/>.</summary>
    public ImmutableArray<DataPart> Input => InputCount == 0 ? [] : [new DataPart(1, Engine.Definitions.Connection.Main, 0, InputCount)];

    /// <summary>Where an execution stands.</summary>
    /// <param name="finished">Its last event, once it has ended; else null.</param>
    public static Execution Of(ExecutionState state, ExecutionFinished? finished) => Queued(state.Started) with
    {
        Status = finished?.Status ?? state.Status,
        FinishedAt = finished?.At,
        WaitingUntil = finished is null ? state.WaitingUntil : null,
        Error = finished?.Error,
        CompensationErrors = finished?.CompensationErrors ?? [],
        Output = finished is null ? [] : state.Output,
        NodesRun = state.NodesRun,
        PayloadBytes = state.PayloadBytes,
        UnmatchedSignals = finished is null ? state.UnmatchedSignals : 0,
    };

    /// <summary>One that is accepted and has not begun to run.</summary>
    public static Execution Queued(ExecutionStarted started) => new()
    {
        Id = started.ExecutionId,
        WorkflowId = started.WorkflowId,
        WorkflowVersion = started.WorkflowVersion,
        Status = ExecutionStatus.Queued,
        Mode = started.Mode,
        StartNode = started.StartNode,
        StartedAt = started.At,
        VariablesVersion = started.VariablesVersion,
        RetryOf = started.RetryOf,
        ParentExecutionId = started.ParentExecutionId,
        StartedBy = started.StartedBy,
        CorrelationId = started.CorrelationId,
        CausationId = started.CausationId,
        CausationDepth = started.CausationDepth,
        Traceparent = started.Traceparent,
        InputCount = started.Input.Count,
        PayloadBytes = started.Input.Bytes,
    };

    /// <summary>As clients see it.</summary>
    /// <param name="input">The items of <see cref="Input"/>; null leaves the field out, as lists do.</param>
    /// <param name="output">The items of <see cref="Output"/>; null leaves the field out, as lists do.</param>
    public ObjectValue Show(Value? input = null, Value? output = null)
    {
        var shown = new ObjectValue(20)
        {
            { "id", Id },
            { "workflowId", WorkflowId },
            { "workflowVersion", WorkflowVersion },
            { "status", Status.Word() },
            { "mode", Mode },
            { "startedAt", ExecutionJson.Time(StartedAt) },
            { "finishedAt", ExecutionJson.Time(FinishedAt) },
            { "durationMs", FinishedAt is { } end ? end - StartedAt : Value.Null },
            { "waitingUntil", ExecutionJson.Time(WaitingUntil) },
            { "retryOf", RetryOf },
            { "parentExecutionId", ParentExecutionId },
            { "startedBy", StartedBy },
            { "correlationId", CorrelationId ?? Id },
            { "error", ExecutionJson.Error(Error, CompensationErrors) },
        };
        if (input is { } i) shown.Set("input", i);
        if (output is { } o) shown.Set("output", o);
        return shown.Set("usage", new ObjectValue(2) { { "nodesRun", NodesRun }, { "payloadBytes", PayloadBytes } });
    }
}
