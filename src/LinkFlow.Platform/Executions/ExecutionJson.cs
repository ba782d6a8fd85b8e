using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Executions;

/// <summary>The execution's document as it is stored, and the pieces of it that clients see too.</summary>
public static class ExecutionJson
{
    /// <summary>The stored body; <see cref="Read"/> reads it back. Fields at their default are left out.</summary>
    public static ReadOnlyMemory<byte> Write(Execution execution)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = JsonText.CreateWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("id"u8, execution.Id);
        writer.WriteString("workflowId"u8, execution.WorkflowId);
        writer.WriteNumber("workflowVersion"u8, execution.WorkflowVersion);
        writer.WriteString("status"u8, execution.Status.Word());
        writer.WriteString("mode"u8, execution.Mode);
        writer.WriteString("startNode"u8, execution.StartNode);
        writer.WriteNumber("startedAt"u8, execution.StartedAt);
        writer.WriteNumber("inputCount"u8, execution.InputCount);
        writer.WriteNumber("nodesRun"u8, execution.NodesRun);
        writer.WriteNumber("payloadBytes"u8, execution.PayloadBytes);
        if (execution.FinishedAt is { } finishedAt) writer.WriteNumber("finishedAt"u8, finishedAt);
        if (execution.WaitingUntil is { } waitingUntil) writer.WriteNumber("waitingUntil"u8, waitingUntil);
        if (execution.VariablesVersion is { } variables) writer.WriteNumber("variablesVersion"u8, variables);
        if (execution.RetryOf is { } retryOf) writer.WriteString("retryOf"u8, retryOf);
        if (execution.ParentExecutionId is { } parent) writer.WriteString("parentExecutionId"u8, parent);
        if (execution.StartedBy is { } startedBy) writer.WriteString("startedBy"u8, startedBy);
        if (execution.CorrelationId is { } correlation) writer.WriteString("correlationId"u8, correlation);
        if (execution.CausationId is { } causation) writer.WriteString("causationId"u8, causation);
        if (execution.CausationDepth > 0) writer.WriteNumber("causationDepth"u8, execution.CausationDepth);
        if (execution.Traceparent is { } trace) writer.WriteString("traceparent"u8, trace);
        if (execution.UnmatchedSignals > 0) writer.WriteNumber("unmatchedSignals"u8, execution.UnmatchedSignals);
        if (!execution.HasData) writer.WriteBoolean("hasData"u8, false);
        WriteOutcome(writer, execution);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteOutcome(Utf8JsonWriter writer, Execution execution)
    {
        if (execution.Error is { } error)
        {
            writer.WritePropertyName("error"u8);
            JsonText.Write(writer, Error(error));
        }

        if (!execution.CompensationErrors.IsEmpty)
        {
            writer.WritePropertyName("compensationErrors"u8);
            JsonText.Write(writer, Errors(execution.CompensationErrors));
        }

        if (execution.Output.IsEmpty) return;
        writer.WriteStartArray("output"u8);
        foreach (var part in execution.Output)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(part.Seq);
            writer.WriteStringValue(part.Output);
            writer.WriteNumberValue(part.Offset);
            writer.WriteNumberValue(part.Count);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    /// <exception cref="FormatException">The body was not written by <see cref="Write"/>.</exception>
    public static Execution Read(Value body) => new()
    {
        Id = Text(body, "id"),
        WorkflowId = Text(body, "workflowId"),
        WorkflowVersion = (int)body["workflowVersion"].AsNumber,
        Status = StatusWords.ExecutionStatus(Text(body, "status")) ?? throw new FormatException($"'{body["status"]}' is no status of an execution."),
        Mode = Text(body, "mode"),
        StartNode = Text(body, "startNode"),
        StartedAt = (long)body["startedAt"].AsNumber,
        FinishedAt = Number(body["finishedAt"]),
        WaitingUntil = Number(body["waitingUntil"]),
        VariablesVersion = (int?)Number(body["variablesVersion"]),
        RetryOf = body["retryOf"].AsString,
        ParentExecutionId = body["parentExecutionId"].AsString,
        StartedBy = body["startedBy"].AsString,
        CorrelationId = body["correlationId"].AsString,
        CausationId = body["causationId"].AsString,
        CausationDepth = (int)(Number(body["causationDepth"]) ?? 0),
        Traceparent = body["traceparent"].AsString,
        Error = ReadError(body["error"]),
        CompensationErrors = [.. (body["compensationErrors"].AsArray ?? []).Select(e => ReadError(e)!)],
        Output = [.. (body["output"].AsArray ?? []).Select(ReadPart)],
        InputCount = (int)body["inputCount"].AsNumber,
        NodesRun = (int)body["nodesRun"].AsNumber,
        PayloadBytes = (long)body["payloadBytes"].AsNumber,
        UnmatchedSignals = (int)body["unmatchedSignals"].AsNumber,
        HasData = body["hasData"].IsUndefined,
    };

    /// <summary>RFC 3339 in UTC with milliseconds; null for null.</summary>
    public static Value Time(long? unixMilliseconds) => unixMilliseconds is { } ms
        ? DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : Value.Null;

    /// <summary><c>{message, nodeId, code, attempt, compensation}</c>; null when nothing failed.</summary>
    public static Value Error(ExecutionError? error, ImmutableArray<ExecutionError> compensation)
    {
        if (error is null && compensation.IsDefaultOrEmpty) return Value.Null;
        var shown = error is null ? new ObjectValue(1) : Error(error);
        return compensation.IsDefaultOrEmpty ? shown : shown.Set("compensation", Errors(compensation));
    }

    /// <summary><c>{message, nodeId, code, attempt}</c>.</summary>
    public static ObjectValue Error(ExecutionError error) => new(5)
    {
        { "message", error.Message }, { "nodeId", error.NodeId }, { "code", error.Code }, { "attempt", error.Attempt },
    };

    private static ArrayValue Errors(ImmutableArray<ExecutionError> errors) => new(errors.Select(e => Value.From(Error(e))));

    private static ExecutionError? ReadError(Value error) => error.IsObject
        ? new ExecutionError(Text(error, "message"), Text(error, "code"), error["nodeId"].AsString, (int)error["attempt"].AsNumber)
        : null;

    private static DataPart ReadPart(Value part) =>
        part.AsArray is { Count: 4 } a && a[1].AsString is { } output
            ? new DataPart((long)a[0].AsNumber, output, (int)a[2].AsNumber, (int)a[3].AsNumber)
            : throw new FormatException($"'{part}' is no reference to data: it has the form [seq, output, offset, count].");

    private static string Text(Value body, string name) =>
        body[name].AsString ?? throw new FormatException($"The execution's document has no text '{name}'.");

    private static long? Number(Value value) => value.IsNumber ? (long)value.AsNumber : null;
}
