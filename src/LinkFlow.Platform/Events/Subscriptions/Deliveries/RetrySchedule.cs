namespace LinkFlow.Platform.Events.Subscriptions.Deliveries;

/// <summary>When a delivery that failed is tried again. Pure.</summary>
public static class RetrySchedule
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromHours(4);

    /// <summary>How far a pause is spread, both ways.</summary>
    public const double Jitter = 0.2;

    private const double Factor = 3;

    /// <param name="tries">That were made, 1 or more.</param>
    /// <param name="until">No try is made after this.</param>
    /// <param name="retryAfter">What the receiver asked for: the pause is at least this, and a try that it puts off beyond the end is made at the end.</param>
    /// <param name="random">In [0, 1).</param>
    /// <returns>10 s × 3^(tries − 1), at most 4 h, spread by ± 20 %: about thirteen tries in 24 h. Null: that is after the end, so there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No try was made.</exception>
    public static DateTimeOffset? Next(int tries, DateTimeOffset now, DateTimeOffset until, TimeSpan? retryAfter, double random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tries, 1);
        var seconds = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(Factor, Math.Min(tries - 1, 20)));
        var next = now + TimeSpan.FromSeconds(seconds * (1 - Jitter + (2 * Jitter * random)));
        if (retryAfter is { } asked && now + asked > next) return now >= until ? null : now + asked < until ? now + asked : until;
        return next <= until ? next : null;
    }
}
