namespace LinkFlow.Nodes.Http;

/// <summary>
/// Spares a host that keeps failing: after <see cref="FailuresToOpen"/> failures in a row nothing is sent for
/// <see cref="OpenFor"/>, then <see cref="TrialCalls"/> calls are let through; if all succeed it is closed again.
/// Keeps a record of failing hosts only. Safe for concurrent use.
/// </summary>
public sealed class CircuitBreaker(TimeProvider clock)
{
    public const int FailuresToOpen = 5;
    public const int TrialCalls = 3;
    public static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(30);

    /// <summary>With more failing hosts than this, those that nobody called for a while are forgotten.</summary>
    private const int MostHosts = 10_000;

    private readonly Dictionary<string, Circuit> _failing = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _lock = new();

    /// <summary>Asks to make one call. A call that was let through must be told by <see cref="Succeeded"/> or <see cref="Failed"/>.</summary>
    /// <param name="retryAfter">When it is refused: how long the circuit stays open.</param>
    public bool TryEnter(string host, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        lock (_lock)
        {
            if (!_failing.TryGetValue(host, out var circuit) || circuit.Failures < FailuresToOpen) return true;
            var left = circuit.LastFailure + OpenFor - clock.GetUtcNow();
            if (left > TimeSpan.Zero)
            {
                retryAfter = left;
                return false;
            }

            if (circuit.Trials < TrialCalls)
            {
                circuit.Trials++;
                return true;
            }

            // The trial calls are out; should they never come back, the next ones may go in their place.
            if (left > -OpenFor)
            {
                retryAfter = TimeSpan.FromSeconds(1);
                return false;
            }

            circuit.LastFailure = clock.GetUtcNow() - OpenFor;
            (circuit.Trials, circuit.Successes) = (1, 0);
            return true;
        }
    }

    public void Succeeded(string host)
    {
        lock (_lock)
        {
            if (!_failing.TryGetValue(host, out var circuit)) return;
            if (circuit.Failures < FailuresToOpen || ++circuit.Successes >= TrialCalls) _failing.Remove(host);
        }
    }

    public void Failed(string host)
    {
        lock (_lock)
        {
            if (!_failing.TryGetValue(host, out var circuit))
            {
                if (_failing.Count >= MostHosts) Forget();
                _failing[host] = circuit = new Circuit();
            }

            circuit.Failures++;
            circuit.LastFailure = clock.GetUtcNow();
            (circuit.Trials, circuit.Successes) = (0, 0);
        }
    }

    private void Forget()
    {
        var before = clock.GetUtcNow() - OpenFor;
        foreach (var host in _failing.Where(f => f.Value.LastFailure < before).Select(f => f.Key).ToList()) _failing.Remove(host);
        if (_failing.Count >= MostHosts) _failing.Clear();
    }

    private sealed class Circuit
    {
        public int Failures { get; set; }
        public DateTimeOffset LastFailure { get; set; }
        public int Trials { get; set; }
        public int Successes { get; set; }
    }
}
