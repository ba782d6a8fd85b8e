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

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ExpressRun> _running = new(StringComparer.Ordinal);

    /// <param name="deliveries">At least one; a call that was taken under any of them is a repeat.</param>
    /// <returns>The outcome of the start; or, for a repeat, what the first call started.</returns>
    public async Task<(StartOutcome? Outcome, string? First)> StartAsync(StartExecution start, IReadOnlyList<WebhookDelivery> deliveries, bool isExpress, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow().AddHours(options.Limits.WebhookRepeatHours);
        var work = new UnitOfWork(start.Tenant);
        foreach (var delivery in deliveries) delivery.Take(work, start.ExecutionId, until);
        start = start with { With = work };
        if (isExpress && await FindAsync(deliveries, cancellationToken) is { } earlier) return (null, earlier);
        for (var tries = 1; ; tries++)
        {
            try
            {
                return isExpress ? await StartExpressAsync(start, deliveries, cancellationToken) : (await runtime.StartAsync(start, cancellationToken), null);
            }
            catch (DocumentConflictException e) when (e.Type == WebhookDelivery.Type)
            {
                if (await FindAsync(deliveries, cancellationToken) is { } first) return (null, first);
                if (tries == MaxTries) throw;
            }
        }
    }

    private async ValueTask<string?> FindAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken)
    {
        foreach (var delivery in deliveries)
            if (await delivery.FindAsync(store, cancellationToken) is { } first) return first;
        return null;
    }

    private async Task<(StartOutcome? Outcome, string? First)> StartExpressAsync(StartExecution start, IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken)
    {
        var keys = deliveries.Select(d => $"{start.Tenant} {d.Id}").ToArray();
        var mine = new ExpressRun(start.ExecutionId);
        var run = EnterOrJoin(keys, mine);
        if (ReferenceEquals(run, mine)) _ = RunAsync(keys, mine, start);
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

    /// <returns>The run that has one of the keys already; else this one, which has them all now.</returns>
    private ExpressRun EnterOrJoin(string[] keys, ExpressRun mine)
    {
        lock (_lock)
        {
            foreach (var key in keys)
                if (_running.TryGetValue(key, out var other)) return other;
            foreach (var key in keys) _running[key] = mine;
            return mine;
        }
    }

    /// <summary>To its end, however long its caller waits: it is over when its record is written.</summary>
    private async Task RunAsync(string[] keys, ExpressRun run, StartExecution start)
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
            lock (_lock)
            {
                foreach (var key in keys) _running.Remove(key);
            }
        }
    }

    private sealed class ExpressRun(string executionId)
    {
        public string ExecutionId { get; } = executionId;
        public TaskCompletionSource<StartOutcome> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
