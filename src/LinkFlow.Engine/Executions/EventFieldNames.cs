namespace LinkFlow.Engine.Executions;

/// <summary>The fields of stored events by their names in JSON.</summary>
internal static class EventFieldNames
{
    private const int LongestName = 40;

    /// <summary>The field that the current property is; none when its name is not one of an event.</summary>
    public static EventField Read(scoped ref EventTokenReader reader)
    {
        if (reader.RawPropertyName.Length > LongestName) return EventField.None;
        Span<char> buffer = stackalloc char[LongestName];
        ReadOnlySpan<char> name = buffer[..reader.CopyPropertyName(buffer)];
        return name switch
        {
            "seq" => EventField.Seq,
            "id" => EventField.Id,
            "type" => EventField.Type,
            "v" => EventField.Version,
            "at" => EventField.At,
            "node" => EventField.Node,
            "run" => EventField.Run,
            "attempt" => EventField.Attempt,
            "inputs" => EventField.Inputs,
            "outputs" => EventField.Outputs,
            "compensates" => EventField.Compensates,
            "startedAt" => EventField.StartedAt,
            "error" => EventField.Error,
            "handledError" => EventField.HandledError,
            "response" => EventField.Response,
            "copiedFrom" => EventField.CopiedFrom,
            "failures" => EventField.Failures,
            "partial" => EventField.Partial,
            "retryAt" => EventField.RetryAt,
            "count" => EventField.Count,
            "reason" => EventField.Reason,
            "wait" => EventField.Wait,
            "batchSize" => EventField.BatchSize,
            "loop" => EventField.Loop,
            "parts" => EventField.Parts,
            "compensations" => EventField.Compensations,
            "children" => EventField.Children,
            "awaited" => EventField.Awaited,
            "maxParallel" => EventField.MaxParallel,
            "childId" => EventField.ChildId,
            "status" => EventField.Status,
            "output" => EventField.Output,
            "timer" => EventField.Timer,
            "name" => EventField.Name,
            "body" => EventField.Body,
            "compensate" => EventField.Compensate,
            "compensationErrors" => EventField.CompensationErrors,
            "executionId" => EventField.ExecutionId,
            "workflowId" => EventField.WorkflowId,
            "workflowVersion" => EventField.WorkflowVersion,
            "rulesVersion" => EventField.RulesVersion,
            "variablesVersion" => EventField.VariablesVersion,
            "environment" => EventField.Environment,
            "seed" => EventField.Seed,
            "mode" => EventField.Mode,
            "startNode" => EventField.StartNode,
            "input" => EventField.Input,
            "parentExecutionId" => EventField.ParentExecutionId,
            "retryOf" => EventField.RetryOf,
            "startedBy" => EventField.StartedBy,
            "depth" => EventField.Depth,
            "inactive" => EventField.Inactive,
            "correlationId" => EventField.CorrelationId,
            "causationId" => EventField.CausationId,
            "causationDepth" => EventField.CausationDepth,
            "traceparent" => EventField.Traceparent,
            "sink" => EventField.Sink,
            "level" => EventField.Level,
            "storedSeq" => EventField.StoredSeq,
            _ => EventField.None,
        };
    }
}
