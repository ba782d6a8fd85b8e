using System.Collections.Concurrent;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Webhooks.Authentication;

/// <summary>
/// Starts an execution for a delivery that may come again, once. A durable start holds the delivery's record in its own transaction, so the store decides
/// between calls that come at the same time. An express one writes nothing before its end: calls that come meanwhile wait for it here.
/// </summary>
internal sealed class DeliveryStarts(IDocumentStore store, IExecutionRuntime runtime, LinkFlowOptions options, TimeProvider clock)
{
    /// <summary>A record that is there for the commit and gone for the read expired between them; that does not happen twice in a row.</summary>
    private const int MaxTries = 3;

    private readonly ConcurrentDictionary<string, ExpressRun> _running = new(StringComparer.Ordinal);

    /// <returns>The outcome of the start; or, for a repeat, what the first call started.</returns>
    public async Task<(StartOutcome? Outcome, string? First)> StartAsync(StartExecution start, WebhookDelivery delivery, bool isExpress, CancellationToken cancellationToken)
    {
        start = start with { With = delivery.Taking(start.ExecutionId, clock.GetUtcNow().AddHours(options.Limits.WebhookRepeatHours)) };
        if (isExpress && await delivery.FindAsync(store, cancellationToken) is { } earlier) return (null, earlier);
        for (var tries = 1; ; tries++)
        {
            try
            {
                return isExpress ? await StartExpressAsync(start, delivery, cancellationToken) : (await runtime.StartAsync(start, cancellationToken), null);
            }
            catch (DocumentConflictException e) when (e.Type == WebhookDelivery.Type)
            {
                if (await delivery.FindAsync(store, cancellationToken) is { } first) return (null, first);
                if (tries == MaxTries) throw;
            }
        }
    }

    private async Task<(StartOutcome? Outcome, string? First)> StartExpressAsync(StartExecution start, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var key = $"{start.Tenant} {delivery.Id}";
        var mine = new ExpressRun(start.ExecutionId);
        var run = _running.GetOrAdd(key, mine);
        if (ReferenceEquals(run, mine)) _ = RunAsync(key, mine, start);
        try
        {
            var outcome = await run.Ended.Task.WaitAsync(start.AnswerWithin, clock, cancellationToken);
            return ReferenceEquals(run, mine) ? (outcome, null) : (null, run.ExecutionId);
        }
        catch (TimeoutException)
        {
            return (new StartOutcome(StartOutcomeKind.Pending, run.ExecutionId, default, default), null);
        }
    }

    /// <summary>To its end, however long its caller waits: it is over when its record is written.</summary>
    private async Task RunAsync(string key, ExpressRun run, StartExecution start)
    {
        try
        {
            run.Ended.TrySetResult(await runtime.StartAsync(start with { AnswerWithin = Timeout.InfiniteTimeSpan }, CancellationToken.None));
        }
        catch (Exception e)
        {
            // Whoever waits for it is told.
            run.Ended.TrySetException(e);
            _ = run.Ended.Task.Exception;
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }

    private sealed class ExpressRun(string executionId)
    {
        public string ExecutionId { get; } = executionId;
        public TaskCompletionSource<StartOutcome> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
