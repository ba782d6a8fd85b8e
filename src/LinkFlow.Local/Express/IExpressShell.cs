using System.Collections.Concurrent;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Express;

/// <summary>What an express execution needs of the host that it runs in: where its end is written, and how its children begin.</summary>
internal interface IExpressShell
{
    ExecutionHost Host { get; }

    /// <summary>The express executions of this process by id: they are nowhere but here until they end.</summary>
    ConcurrentDictionary<string, ExpressActor> Running { get; }

    /// <summary>Starts a child, or says why it cannot be; one that is awaited has ended when this returns.</summary>
    Task<ExecutionError?> StartChildAsync(string tenant, ExecutionStarted parent, StartChild child, IReadOnlyList<Item> input, ExpressActor expressParent);

    /// <summary>Writes the whole execution in one commit, and answers who waits for it.</summary>
    /// <returns>The news for a parent that awaits it; null: none does.</returns>
    /// <exception cref="StoreUnavailableException">It could not be written now.</exception>
    Task<ChildFinished?> CommitAsync(ExpressEnd end);

    /// <summary>Waits before a commit is tried again.</summary>
    /// <returns>False: the host is stopping, and there is no more trying.</returns>
    Task<bool> PauseAsync(TimeSpan time);

    /// <summary>It will not be written: who waits for it is told.</summary>
    void Lose(string tenant, string workflowId, string executionId, Exception cause);
}

/// <param name="Change">All its events, large payloads spilled.</param>
/// <param name="With">Documents that become durable with it; null: none.</param>
/// <param name="HasInbox">False: the parent that awaits it is told in memory.</param>
internal sealed record ExpressEnd(
    string Tenant, PlannedWorkflow Workflow, ExecutionState State, ItemReader Items, Execution Execution, PendingChange Change, UnitOfWork? With, bool HasInbox);
