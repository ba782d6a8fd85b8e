using System.Diagnostics.Metrics;
using LinkFlow.Platform.Metrics;

namespace LinkFlow.Azure.Documents;

/// <summary>What requests to Cosmos DB cost and how they end, by operation: get, query, commit, outbox.</summary>
internal sealed class CosmosMetrics : IDisposable
{
    private readonly Meter _meter = new(PrometheusMetrics.MeterName);
    private readonly Counter<double> _charge;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _overBudget;

    public CosmosMetrics()
    {
        _charge = _meter.CreateCounter<double>("cosmos_request_units_total", null, "Request units that Cosmos DB charged, by operation.");
        _requests = _meter.CreateCounter<long>("cosmos_requests_total", null, "Requests to Cosmos DB, by operation and by what became of them.");
        _overBudget = _meter.CreateCounter<long>("cosmos_pages_over_budget_total", null, "Pages of lists that ended early because of what they cost, by type of document.");
    }

    public void Answered(string operation, CosmosAnswer answer)
    {
        var tag = new KeyValuePair<string, object?>("operation", operation);
        _charge.Add(answer.Charge, tag);
        _requests.Add(1, tag, new KeyValuePair<string, object?>("fate", NameOf(answer.Fate)));
    }

    public void OverBudget(string type) => _overBudget.Add(1, new KeyValuePair<string, object?>("type", type));

    public void Dispose() => _meter.Dispose();

    private static string NameOf(Fate fate) => fate switch
    {
        Fate.Done => "done",
        Fate.NotFound => "not-found",
        Fate.Conflict => "conflict",
        Fate.Throttled => "throttled",
        Fate.Unclear => "unclear",
        Fate.Denied => "denied",
        Fate.TooLarge => "too-large",
        _ => "malformed",
    };
}
