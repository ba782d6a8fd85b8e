using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions;

/// <summary>The runs of an execution's nodes, derived by folding its history; data is loaded only where it is asked for.</summary>
public sealed class ExecutionRuns(ExecutionService executions, IWorkflowSource source, NodeRegistry registry, ResumeLinks links)
{
    /// <summary>In the order in which they began or were skipped.</summary>
    public async Task<IReadOnlyList<RunSummary>> ListAsync(string tenant, Execution execution, CancellationToken cancellationToken)
    {
        var history = await executions.ReadAllAsync(tenant, execution.Id, cancellationToken);
        // An express run whose data was not kept has no history; a queued one has none yet.
        if (history.Count == 0) return [];
        var version = await source.FindAsync(tenant, execution.WorkflowId, execution.WorkflowVersion, cancellationToken)
            ?? throw ApiException.Conflict("The workflow of this execution was deleted, and its runs cannot be told without it. Its history can be read.");
        var plan = ExecutionPlan.Build(version.Definition, registry, execution.StartNode, isManual: execution.Mode == "manual");
        var collected = new Collector();
        var state = ExecutionState.Start(plan, (ExecutionStarted)history[0], collected);
        for (var i = 1; i < history.Count; i++) state.Apply(history[i]);
        return collected.Runs;
    }

    /// <summary>All runs with their data.</summary>
    public async Task<ArrayValue> ShowWithDataAsync(string tenant, Execution execution, CancellationToken cancellationToken)
    {
        var shown = new ArrayValue();
        foreach (var run in await ListAsync(tenant, execution, cancellationToken)) shown.Add(await ShowWithDataAsync(tenant, execution, run, cancellationToken));
        return shown;
    }

    /// <param name="withLinks">Show a waiting approval's links too: whoever sees them can decide.</param>
    /// <exception cref="ApiException">404: the node took no part, or has no such run.</exception>
    public async Task<ObjectValue> ShowOneAsync(string tenant, Execution execution, string nodeId, int run, bool withLinks, CancellationToken cancellationToken)
    {
        var all = await ListAsync(tenant, execution, cancellationToken);
        var found = all.FirstOrDefault(r => r.Node == nodeId && r.Run == run)
            ?? throw ApiException.NotFound("run", all.Any(r => r.Node == nodeId) ? $"{run} of node {nodeId}" : $"of node {nodeId}");
        var shown = await ShowWithDataAsync(tenant, execution, found, cancellationToken);
        return withLinks && found.Status == RunStatus.Waiting ? await WithApprovalsAsync(tenant, execution.Id, found, shown, cancellationToken) : shown;
    }

    public static ObjectValue Show(RunSummary run) => new(12)
    {
        { "nodeId", run.Node },
        { "run", run.Run },
        { "status", run.Status.Word() },
        { "startedAt", ExecutionJson.Time(run.StartedAt) },
        { "finishedAt", ExecutionJson.Time(run.FinishedAt) },
        { "attempts", run.Attempts },
        { "error", run.Error is { } error ? ExecutionJson.Error(error) : Value.Null },
        { "rounds", new ArrayValue(run.Rounds.Select(r => Value.From((double)r))) },
    };

    private async Task<ObjectValue> ShowWithDataAsync(string tenant, Execution execution, RunSummary run, CancellationToken cancellationToken)
    {
        var input = new ObjectValue();
        foreach (var one in run.Inputs) input.Set(one.Input, await executions.ItemsAsync(tenant, execution.Id, one.Parts, execution.HasData, cancellationToken));
        var output = new ObjectValue();
        foreach (var one in run.Outputs) output.Set(one.Output, await executions.ItemsAsync(tenant, execution.Id, one.Parts, execution.HasData, cancellationToken));
        return Show(run).Set("input", input).Set("output", output);
    }

    private async Task<ObjectValue> WithApprovalsAsync(string tenant, string id, RunSummary run, ObjectValue shown, CancellationToken cancellationToken)
    {
        var waits = (await executions.ReadAllAsync(tenant, id, cancellationToken)).OfType<WaitStarted>();
        if (waits.LastOrDefault(w => w.Node == run.Node && w.Run == run.Run) is not { Wait.For: "approval" } wait) return shown;
        return shown.Set("approvals", new ArrayValue(wait.Wait.Approvers.Select(a => Value.From(new ObjectValue(2)
        {
            { "approver", a }, { "url", links.ApprovalUrlOf(id, run.Node, run.Run, a) },
        }))));
    }

    private sealed class Collector : IRunObserver
    {
        private readonly List<RunSummary> _runs = [];
        private readonly Dictionary<RunKey, int> _places = [];

        public IReadOnlyList<RunSummary> Runs => _runs;

        public void OnRun(RunSummary run)
        {
            if (_places.TryGetValue(new RunKey(run.Node, run.Run), out var place))
            {
                _runs[place] = run;
                return;
            }

            _places[new RunKey(run.Node, run.Run)] = _runs.Count;
            _runs.Add(run);
        }
    }
}
