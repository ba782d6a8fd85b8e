using DurableTask.Core.Exceptions;
using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Telemetry;
using LinkFlow.Platform.Ports;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Records;

/// <summary>Makes the input that an execution's orchestration is scheduled with, from what is stored of it.</summary>
/// <param name="first">The events that it was created with, where they are at hand.</param>
public delegate ValueTask<object> InstanceInput(ExecutionRecord record, IReadOnlyList<ExecutionEvent>? first, CancellationToken cancellationToken);

/// <summary>
/// The orchestrations that executions run in: an instance each, by the execution's id. What fails here is not lost: the
/// store knows what is to run, and the sweep looks after it.
/// </summary>
public sealed class ExecutionInstances(CurrentDurableClient clients, InstanceInput input, ILogger<ExecutionInstances> log, RecordMetrics? metrics = null)
{
    public const string Name = "execution";
    public const string Doorbell = "doorbell";

    private static readonly OrchestrationRuntimeStatus[] All =
    [
        OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated,
        OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended,
    ];

    private static readonly OrchestrationRuntimeStatus[] Unfinished =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    /// <summary>Schedules an execution's orchestration, once however often it is called.</summary>
    /// <param name="first">The events that it was created with, where they are at hand; else they are read.</param>
    /// <returns>False: it could not be; the log says why.</returns>
    public async Task<bool> ScheduleAsync(ExecutionRecord record, IReadOnlyList<ExecutionEvent>? first, CancellationToken cancellationToken)
    {
        try
        {
            await ScheduleAsync(record, first, All, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            RecordLog.NotScheduled(log, record.Id, e.Message, e);
            return false;
        }
    }

    /// <summary>Tells an orchestration to look at its inbox. What is lost here, the sweep says again.</summary>
    public async Task RingAsync(string executionId, CancellationToken cancellationToken)
    {
        try
        {
            await clients.Require().RaiseEventAsync(executionId, Doorbell, null, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            RecordLog.NotRung(log, executionId, e.Message, e);
        }
    }

    /// <summary>Schedules the orchestration of an unfinished execution anew when it is missing or has come to an end.</summary>
    /// <returns>True: it was; the execution goes on from its last event.</returns>
    public async Task<bool> RestartAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        var instance = await clients.Require().GetInstanceAsync(record.Id, false, cancellationToken);
        if (instance is { IsCompleted: false }) return false;
        await ScheduleAsync(record, null, Unfinished, cancellationToken);
        metrics?.Restarted();
        RecordLog.Restarted(log, record.Id, instance is null ? "is missing" : $"had come to an end ({instance.RuntimeStatus})", record.LastSeq);
        return true;
    }

    private async Task ScheduleAsync(ExecutionRecord record, IReadOnlyList<ExecutionEvent>? first, OrchestrationRuntimeStatus[] dedupe, CancellationToken cancellationToken)
    {
        try
        {
            var options = new StartOrchestrationOptions(record.Id).WithDedupeStatuses(dedupe);
            using var trace = Traces.Continue("schedule execution", record.Execution.Traceparent);
            await clients.Require().ScheduleNewOrchestrationInstanceAsync(Name, await input(record, first, cancellationToken), options, cancellationToken);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // It was scheduled before: that is what was asked for.
        }
    }
}
