using System.Diagnostics.Metrics;
using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Metrics;

namespace LinkFlow.Functions.Records;

/// <summary>What is counted of executions on Durable Functions, under the names of the HTTP contract, and what alerts look at.</summary>
public sealed class RecordMetrics : IDisposable
{
    private readonly Meter _meter = new(PrometheusMetrics.MeterName);
    private readonly Counter<long> _executions;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _restarted;

    public RecordMetrics()
    {
        _executions = _meter.CreateCounter<long>("workflow_executions_total", description: "Executions that ended.");
        _duration = _meter.CreateHistogram<double>("workflow_execution_duration_seconds", "s", "From start to end, waits included.");
        _restarted = _meter.CreateCounter<long>("executions_restarted_total", description: "Unfinished executions whose orchestration was gone and was scheduled again.");
    }

    public void Ended(Execution execution)
    {
        _executions.Add(1, new("status", execution.Status.Word()), new("mode", execution.Mode));
        _duration.Record(((execution.FinishedAt ?? execution.StartedAt) - execution.StartedAt) / 1000.0);
    }

    public void Restarted() => _restarted.Add(1);

    public void Dispose() => _meter.Dispose();
}
