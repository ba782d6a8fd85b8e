using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests;

/// <summary>Runs nothing: notes what is asked of it, and answers as the test says.</summary>
public sealed class FakeRuntime(IDocumentStore documents) : IExecutionRuntime, IExecutionHistory
{
    public List<StartExecution> Starts { get; } = [];
    public List<(string Id, ExecutionCommand Command)> Commands { get; } = [];

    /// <summary>What a start comes to; null: accepted.</summary>
    public Func<StartExecution, Task<StartOutcome>>? OnStart { get; set; }
    public CommandOutcome CommandOutcome { get; set; } = CommandOutcome.Accepted;
    public Dictionary<string, Execution> Executions { get; } = [];
    public Dictionary<string, List<ExecutionEvent>> Events { get; } = [];
    public Dictionary<string, IReadOnlyList<Item>> Data { get; } = [];

    public async Task<StartOutcome> StartAsync(StartExecution start, CancellationToken cancellationToken = default)
    {
        if (start.With is { } with) await documents.CommitAsync(with, cancellationToken);
        lock (Starts) Starts.Add(start);
        return OnStart is null ? new StartOutcome(StartOutcomeKind.Accepted, start.ExecutionId, default, default) : await OnStart(start);
    }

    public Task<CommandOutcome> SendAsync(string tenant, string executionId, ExecutionCommand command, CancellationToken cancellationToken = default)
    {
        Commands.Add((executionId, command));
        return Task.FromResult(CommandOutcome);
    }

    public ValueTask<Execution?> FindAsync(string tenant, string executionId, CancellationToken cancellationToken = default) =>
        new(tenant == "default" ? Executions.GetValueOrDefault(executionId) : null);

    public ValueTask<ExecutionList> ListAsync(ExecutionSearch search, CancellationToken cancellationToken = default)
    {
        var found = Executions.Values.OrderByDescending(e => e.Id, StringComparer.Ordinal)
            .Where(e => search.WorkflowId is null || e.WorkflowId == search.WorkflowId)
            .Where(e => search.Status is null || e.Status == search.Status)
            .Where(e => search.Mode is null || e.Mode == search.Mode)
            .Where(e => search.FromId is null || string.CompareOrdinal(e.Id, search.FromId) >= 0)
            .Where(e => search.BeforeId is null || string.CompareOrdinal(e.Id, search.BeforeId) < 0)
            .Take(search.Limit + 1).ToList();
        return new(new ExecutionList(found.Take(search.Limit).ToList(), found.Count > search.Limit ? found[search.Limit - 1].Id : null));
    }

    public ValueTask<IReadOnlyList<ExecutionEvent>> ReadAsync(string tenant, string executionId, long afterSeq, int limit, CancellationToken cancellationToken = default) =>
        new(Events.GetValueOrDefault(executionId, []).Where(e => e.Seq > afterSeq).Take(limit).ToList());

    public ValueTask<IReadOnlyList<Item>> LoadAsync(string tenant, string executionId, IReadOnlyList<DataPart> parts, CancellationToken cancellationToken = default) =>
        Data.TryGetValue(executionId, out var items) ? new(items) : throw new DataMissingException("Nothing was kept.");

    public Task WaitForEventsAsync(string tenant, string executionId, long afterSeq, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);

    public Task<bool> DeleteAsync(string tenant, string executionId, CancellationToken cancellationToken = default)
    {
        if (!Executions[executionId].IsFinished) return Task.FromResult(false);
        Executions.Remove(executionId);
        return Task.FromResult(true);
    }
}
