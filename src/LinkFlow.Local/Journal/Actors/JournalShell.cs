using System.Collections.Concurrent;
using LinkFlow.Engine.Executions;
using LinkFlow.Local.Journal.Payloads;
using LinkFlow.Local.Journal.Starting;
using LinkFlow.Local.Journal.Upkeep;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Executions.Running;

namespace LinkFlow.Local.Journal.Actors;

/// <summary>What the journal's actors share beyond <see cref="ExecutionHost"/>: the store, who is active, timers, turns and waiting callers.</summary>
internal sealed class JournalShell : IDisposable
{
    public JournalShell(ExecutionHost host, JournalStore store)
    {
        Host = host;
        Store = store;
        Turns = new WorkflowTurns(store);
        Active = new ActiveExecutions(this);
        Timers = new DueTimers(this);
        Starts = new ExecutionStarts(this);
        Express = new Express.JournalExpress(this);
        Metrics = new ExecutionMetrics(() => Active.Count, () => Active.Queued + Turns.Queued);
    }

    public ExecutionHost Host { get; }
    public JournalStore Store { get; }
    public ActiveExecutions Active { get; }
    public DueTimers Timers { get; }
    public WorkflowTurns Turns { get; }
    public ExecutionStarts Starts { get; }
    public ExecutionMetrics Metrics { get; }

    /// <summary>Callers who wait for an execution's answer, by its id.</summary>
    public ConcurrentDictionary<string, StartWaiter> Waiters { get; } = new(StringComparer.Ordinal);

    /// <summary>Express executions.</summary>
    public Express.JournalExpress Express { get; }

    /// <summary>Set once: no new work is taken.</summary>
    public CancellationTokenSource Stopping { get; } = new();
    /// <summary>When this process began to run executions, Unix ms: what was due before may have been cut off by a crash.</summary>
    public long StartedAt { get; set; }
    public bool IsStopping => Stopping.IsCancellationRequested;

    /// <summary>Waits, but not longer than until the shutdown begins.</summary>
    public async Task PauseAsync(TimeSpan time) =>
        await Task.Delay(time, Host.Clock, Stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose()
    {
        Active.Dispose();
        Turns.Dispose();
        Metrics.Dispose();
        Stopping.Dispose();
    }

    /// <summary>An event on its way to an execution's inbox. Only signals can be refused because it is full.</summary>
    public static InboxMessage Message(string tenant, string executionId, string id, ExecutionEvent @event) =>
        new(tenant, executionId, id, ExecutionEventTypes.NameOf(@event), EventBytes.Of(@event), IsBounded: @event is SignalReceived);

    /// <summary>An execution has ended or never came to be: the next of its workflow may run.</summary>
    public void EndTurn(string tenant, string workflowId, string executionId)
    {
        foreach (var next in Turns.Leave(tenant, workflowId, executionId)) Active.Wake(tenant, next, Knock.Once);
    }
}
