using System.Diagnostics.Metrics;

namespace LinkFlow.Platform.Events;

/// <summary>What is counted of events, under the names of the HTTP contract.</summary>
public sealed class EventMetrics : IDisposable
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
    };

    private readonly Meter _meter = new("LinkFlow");
    private readonly Counter<long> _messages;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _lag;
    private readonly Counter<long> _deadLetters;

    public EventMetrics()
    {
        _messages = _meter.CreateCounter<long>("event_bus_messages_total", description: "Deliveries of events that came to an end, by subscriber and result.");
        _retries = _meter.CreateCounter<long>("event_bus_retries_total", description: "Deliveries that failed and were put off.");
        _lag = _meter.CreateHistogram("event_bus_lag_seconds", "s", "From the commit of an event to the end of its delivery.", advice: Seconds);
        _deadLetters = _meter.CreateCounter<long>("dead_letters_total", description: "Events that became dead letters, by subscriber and reason.");
    }

    public void Settled(string subscriber, DeliveryResult result, TimeSpan lag)
    {
        var word = result switch { DeliveryResult.Handled => "handled", DeliveryResult.Repeated => "repeated", _ => "dead_lettered" };
        _messages.Add(1, new("subscriber", subscriber), new("result", word));
        _lag.Record(Math.Max(0, lag.TotalSeconds), new KeyValuePair<string, object?>("subscriber", subscriber));
    }

    public void Retried() => _retries.Add(1);

    public void Buried(string subscriber, string reason) => _deadLetters.Add(1, new("subscriber", subscriber), new("reason", reason));

    public void Dispose() => _meter.Dispose();
}
