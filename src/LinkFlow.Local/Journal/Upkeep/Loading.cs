using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Journal.Payloads;
using LinkFlow.Local.Journal.Starting;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Upkeep;

/// <summary>Reads executions back: the last snapshot and the events behind it. Changes nothing.</summary>
internal static class Loading
{
    /// <exception cref="HistoryUnreadableException">The history is damaged, unknown, or of a workflow version that is gone.</exception>
    public static async ValueTask<LoadedExecution> LoadAsync(JournalShell shell, ExecutionRecord record)
    {
        try
        {
            var execution = ExecutionJson.Read(JsonText.ParseStored(record.Body.Span));
            var workflow = await shell.Host.Workflows.FindAsync(record.Tenant, execution.WorkflowId, execution.WorkflowVersion, execution.StartNode, execution.Mode == "manual", default)
                ?? throw new HistoryUnreadableException($"Version {execution.WorkflowVersion} of the workflow '{execution.WorkflowId}' is gone.");
            return await FoldAsync(shell.Store, record, execution, workflow);
        }
        catch (Exception e) when (e is SegmentDamagedException or FormatException or JsonTextException or ArgumentException)
        {
            throw new HistoryUnreadableException(e.Message, e);
        }
    }

    private static async ValueTask<LoadedExecution> FoldAsync(JournalStore store, ExecutionRecord record, Execution execution, PlannedWorkflow workflow)
    {
        var snapshot = await store.ReadSnapshotAsync(record.Tenant, record.Id);
        var state = snapshot is null ? null : ExecutionState.ReadSnapshot(workflow.Plan, snapshot.Body);
        var rule = new SnapshotRule(snapshot?.Body.Length ?? 0);
        var lastAt = state?.Started.At ?? 0;
        while ((state?.LastSeq ?? 0) < record.LastSeq)
        {
            var after = state?.LastSeq ?? 0;
            var segments = await store.ReadSegmentsAsync(record.Tenant, record.Id, after);
            if (segments.Count == 0) throw new HistoryUnreadableException($"The history ends with event {after}; {record.LastSeq} were recorded.");
            foreach (var segment in segments)
            {
                var events = Segments.Read(segment);
                rule.Count(events.Count, segment.Payload.Length);
                foreach (var @event in events)
                {
                    if (@event.Seq <= after) continue;
                    if (state is not null) state.Apply(@event);
                    else if (@event is ExecutionStarted started) state = ExecutionState.Start(workflow.Plan, started);
                    else throw new HistoryUnreadableException($"The history begins with '{ExecutionEventTypes.NameOf(@event)}', not with a start.");
                    lastAt = @event.At;
                }
            }
        }

        return new LoadedExecution(state ?? throw new HistoryUnreadableException("The history is empty."), workflow, execution, lastAt, rule);
    }
}

/// <param name="LastAt">The time of its last event as far as it was read, Unix ms.</param>
/// <param name="Execution">The document as last committed.</param>
internal sealed record LoadedExecution(ExecutionState State, PlannedWorkflow Workflow, Execution Execution, long LastAt, SnapshotRule Snapshots);
