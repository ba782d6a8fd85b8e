using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Orchestration;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>Makes orchestrations' inputs from what is stored: of an execution that begins its first events, of one that is under way its state.</summary>
internal sealed class InstanceInputs(RunningHost host, ExecutionRecords records)
{
    private const int PageSize = 2_000;

    /// <exception cref="HistoryUnreadableException">The history is damaged, unknown, or of a workflow version that is gone.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be read, or the blob store cannot take what is large.</exception>
    public async ValueTask<object> MakeAsync(ExecutionRecord record, IReadOnlyList<ExecutionEvent>? first, CancellationToken cancellationToken)
    {
        var workflow = await FindAsync(record, cancellationToken);
        if (!record.IsConfirmed)
        {
            first ??= await records.Events.ReadAsync(record, 0, int.MaxValue, cancellationToken);
            return await OrchestrationInputs.ForStartAsync(record.Tenant, workflow, first, records.Blobs, cancellationToken);
        }

        var (state, lastAt) = await FoldAsync(record, workflow, cancellationToken);
        return await OrchestrationInputs.ForStateAsync(record.Tenant, workflow, state, lastAt, record.InboxHeard, records.Blobs, cancellationToken);
    }

    private async ValueTask<PlannedWorkflow> FindAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        var execution = record.Execution;
        try
        {
            return await host.Workflows.FindAsync(record.Tenant, execution.WorkflowId, execution.WorkflowVersion, execution.StartNode, execution.Mode == "manual", cancellationToken)
                ?? throw new HistoryUnreadableException($"Version {execution.WorkflowVersion} of the workflow '{execution.WorkflowId}' is gone.");
        }
        catch (ArgumentException e)
        {
            throw new HistoryUnreadableException(e.Message, e);
        }
    }

    private async ValueTask<(ExecutionState State, long LastAt)> FoldAsync(ExecutionRecord record, PlannedWorkflow workflow, CancellationToken cancellationToken)
    {
        var snapshot = await records.ReadSnapshotAsync(record, cancellationToken);
        var state = snapshot is null ? null : ExecutionState.ReadSnapshot(workflow.Plan, snapshot.State);
        var lastAt = 0L;
        while ((state?.LastSeq ?? 0) < record.LastSeq)
        {
            foreach (var @event in await records.Events.ReadAsync(record, state?.LastSeq ?? 0, PageSize, cancellationToken))
            {
                lastAt = @event.At;
                if (state is not null) state.Apply(@event);
                else if (@event is ExecutionStarted started) state = ExecutionState.Start(workflow.Plan, started);
                else throw new HistoryUnreadableException($"The history begins with '{ExecutionEventTypes.NameOf(@event)}', not with a start.");
            }
        }

        if (lastAt == 0) lastAt = (await records.Events.ReadEventAsync(record, record.LastSeq, cancellationToken))!.At;
        return (state!, lastAt);
    }
}
