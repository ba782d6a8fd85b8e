using System.Diagnostics.Metrics;
using System.Globalization;

namespace LinkFlow.Platform.Metrics;

/// <summary>How long requests took, by method, route and status.</summary>
public sealed class HttpMetrics : IDisposable
{
    private readonly Meter _meter = new(PrometheusMetrics.MeterName);
    private readonly Histogram<double> _duration;

    public HttpMetrics() =>
        _duration = _meter.CreateHistogram<double>("http_server_request_duration_seconds", "s", "How long requests took until they were answered.");

    public void Answered(string method, string route, int status, TimeSpan duration) => _duration.Record(
        duration.TotalSeconds,
        new KeyValuePair<string, object?>("method", method is "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" ? method : "OTHER"),
        new KeyValuePair<string, object?>("route", route),
        new KeyValuePair<string, object?>("status", StatusText(status)));

    public void Dispose() => _meter.Dispose();

    private static string StatusText(int status) => status switch
    {
        200 => "200",
        202 => "202",
        404 => "404",
        _ => status.ToString(CultureInfo.InvariantCulture),
    };
}
