using LinkFlow.Functions.Events;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Identity;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Timers;

/// <summary>Finds what a crash left between a commit and what follows from it: executions that were not scheduled, commands that were not heard, events that were not published.</summary>
public sealed class ExecutionTimers(RecordSweep executions, RecordRetention retention, OutboxRelay outbox, TimerRun run)
{
    /// <summary>Starts, commands and news.</summary>
    [Function("timer-executions")]
    public Task Executions([TimerTrigger("10 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        run.DoAsync("executions", client, async c =>
        {
            await executions.RunAsync(Tenants.Default, c);
            return 0;
        }, cancellationToken);

    /// <summary>Events.</summary>
    [Function("timer-outbox")]
    public Task Outbox([TimerTrigger("30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => run.DoAsync("outbox", null, outbox.SweepAsync, cancellationToken);

    /// <summary>Deletes what ended longer ago than it is kept.</summary>
    [Function("timer-retention")]
    public Task Retention([TimerTrigger("0 5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        run.DoAsync("retention", null, async c =>
        {
            long deleted = 0;
            for (int now; (now = await retention.RunAsync(Tenants.Default, c)) > 0;) deleted += now;
            return deleted;
        }, cancellationToken);
}
