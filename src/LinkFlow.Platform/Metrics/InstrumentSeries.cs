using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace LinkFlow.Platform.Metrics;

/// <summary>All series of one instrument: one per set of tag values. Recording allocates nothing once a series is known.</summary>
internal sealed class InstrumentSeries(Instrument instrument)
{
    /// <summary>The upper bounds, in the instrument's unit, of every histogram.</summary>
    public static readonly double[] Buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

    /// <summary>More sets of tag values than this are a mistake; they are counted together.</summary>
    private const int MaxSeries = 2000;

    private readonly bool _isHistogram = instrument.GetType().GetGenericTypeDefinition() == typeof(Histogram<>);
    private readonly bool _replaces = instrument.IsObservable || instrument.GetType().GetGenericTypeDefinition() == typeof(Gauge<>);
    private readonly Dictionary<int, Series> _byHash = [];
    private readonly Lock _lock = new();
    private int _count;

    public string Name => instrument.Name;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = default(HashCode);
        foreach (var tag in tags) hash.Add(tag.Value);
        lock (_lock) Find(hash.ToHashCode(), tags).Record(value, _replaces);
    }

    public void Write(StringBuilder text)
    {
        text.Append("# HELP ").Append(Name).Append(' ').Append((instrument.Description ?? Name).ReplaceLineEndings(" ")).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(TypeWord()).Append('\n');
        lock (_lock)
        {
            foreach (var first in _byHash.Values)
                for (var series = first; series is not null; series = series.Next)
                    if (_isHistogram) WriteHistogram(text, series);
                    else text.Append(Name).Append(Braces(series.Labels)).Append(' ').Append(PrometheusMetrics.Number(series.Sum)).Append('\n');
        }
    }

    private string TypeWord()
    {
        if (_isHistogram) return "histogram";
        var type = instrument.GetType().GetGenericTypeDefinition();
        return type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? "counter" : "gauge";
    }

    private Series Find(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_count >= MaxSeries && !_byHash.ContainsKey(hash))
        {
            hash = 0;
            tags = [];
        }

        _byHash.TryGetValue(hash, out var first);
        for (var series = first; series is not null; series = series.Next)
            if (series.Has(tags)) return series;
        _count++;
        return _byHash[hash] = new Series(tags.ToArray(), _isHistogram ? Buckets.Length : 0) { Next = first };
    }

    private void WriteHistogram(StringBuilder text, Series series)
    {
        var comma = series.Labels.Length > 0 ? "," : "";
        long below = 0;
        for (var i = 0; i < Buckets.Length; i++)
        {
            below += series.Counts[i];
            text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{series.Labels}{comma}le=\"{PrometheusMetrics.Number(Buckets[i])}\"}} {below}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{series.Labels}{comma}le=\"+Inf\"}} {series.Count}\n");
        text.Append(Name).Append("_sum").Append(Braces(series.Labels)).Append(' ').Append(PrometheusMetrics.Number(series.Sum)).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"{Name}_count{Braces(series.Labels)} {series.Count}\n");
    }

    private static string Braces(string labels) => labels.Length == 0 ? "" : $"{{{labels}}}";

    private sealed class Series(KeyValuePair<string, object?>[] tags, int buckets)
    {
        public Series? Next { get; init; }
        public string Labels { get; } = string.Join(',', tags.Select(t => $"{t.Key}=\"{Escape(t.Value)}\""));
        public long[] Counts { get; } = new long[buckets];
        public long Count { get; private set; }
        public double Sum { get; private set; }

        public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> other)
        {
            if (other.Length != tags.Length) return false;
            for (var i = 0; i < tags.Length; i++)
                if (!Equals(tags[i].Value, other[i].Value) || tags[i].Key != other[i].Key) return false;
            return true;
        }

        public void Record(double value, bool replaces)
        {
            Count++;
            Sum = replaces ? value : Sum + value;
            for (var i = 0; i < Counts.Length; i++)
            {
                if (value > Buckets[i]) continue;
                Counts[i]++;
                break;
            }
        }

        private static string Escape(object? value) => (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
            .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
    }
}
