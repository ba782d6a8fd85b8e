using System.Diagnostics;
using System.Diagnostics.Metrics;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Plans;
using LinkFlow.Platform.Executions;

namespace LinkFlow.Local.Journal;

/// <summary>What is counted of executions and their nodes, under the names of the HTTP contract.</summary>
internal sealed class ExecutionMetrics : IDisposable
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
    };

    private readonly Meter _meter = new("LinkFlow");
    private readonly Counter<long> _executions;
    private readonly Histogram<double> _executionDuration;
    private readonly Counter<long> _nodes;
    private readonly Histogram<double> _nodeDuration;

    /// <param name="running">How many executions are in memory now.</param>
    /// <param name="queued">How many wait for their turn now.</param>
    public ExecutionMetrics(Func<int> running, Func<int> queued)
    {
        _executions = _meter.CreateCounter<long>("workflow_executions_total", description: "Executions that ended.");
        _executionDuration = _meter.CreateHistogram("workflow_execution_duration_seconds", "s", "From start to end, waits included.", advice: Seconds);
        _nodes = _meter.CreateCounter<long>("node_executions_total", description: "Attempts of nodes that ended.");
        _nodeDuration = _meter.CreateHistogram("node_execution_duration_seconds", "s", "Of attempts.", advice: Seconds);
        _meter.CreateObservableGauge("executions_running", running, description: "Executions in memory.");
        _meter.CreateObservableGauge("executions_queued", queued, description: "Accepted executions that wait for their turn.");
    }

    public void Ended(Execution execution)
    {
        _executions.Add(1, new("status", execution.Status.Word()), new("mode", execution.Mode));
        _executionDuration.Record(((execution.FinishedAt ?? execution.StartedAt) - execution.StartedAt) / 1000.0);
    }

    public void Ended(ExecutionPlan plan, ExecutionEvent @event)
    {
        var (node, status, begin) = @event switch
        {
            NodeCompleted { CopiedFrom: null } e => (e.Node, "success", e.StartedAt),
            NodeFailed e => (e.Node, "error", e.StartedAt),
            NodeAttemptFailed e => (e.Node, "error", e.StartedAt),
            NodeCancelled e => (e.Node, "cancelled", 0L),
            _ => (null, "", 0L),
        };
        if (node is null) return;
        var tags = new TagList { { "type", plan.Find(node)?.Definition.Type }, { "status", status } };
        _nodes.Add(1, tags);
        if (begin is > 0 and var from) _nodeDuration.Record(Math.Max(0, @event.At - from) / 1000.0, tags);
    }

    public void Dispose() => _meter.Dispose();
}
