namespace LinkFlow.Engine.Definitions;

/// <summary>How often and how patiently a failed node is tried again.</summary>
public sealed record RetryPolicy
{
    public const int MaxAttemptsLimit = 100;

    /// <summary>Milliseconds: a day.</summary>
    public const long MaxDelayLimitMs = 86_400_000;

    /// <summary>All attempts, the first included; 1 to <see cref="MaxAttemptsLimit"/>.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Milliseconds, 0 to <see cref="MaxDelayLimitMs"/>.</summary>
    public long InitialDelayMs { get; init; } = 100;

    /// <summary>Milliseconds, 0 to <see cref="MaxDelayLimitMs"/>.</summary>
    public long MaxDelayMs { get; init; } = 10_000;

    /// <summary>The share by which a delay is spread either way; 0 to 1.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>True for a node type's built-in tries: only failures that the node calls transient are tried again.</summary>
    public bool OnlyTransient { get; init; }

    /// <summary>How long to wait before an attempt, in milliseconds.</summary>
    /// <param name="attempt">The attempt about to start; 2 is the first retry.</param>
    /// <param name="random">In [0, 1). Drawn by the shell; the resulting time is recorded, so replay waits as long.</param>
    /// <returns>InitialDelay × 2^(attempt − 2), spread by ± Jitter, then capped: 0 to MaxDelay.</returns>
    public long DelayMsBefore(int attempt, double random)
    {
        var doublings = Math.Clamp(attempt - 2, 0, 40);
        var delay = InitialDelayMs * Math.Pow(2, doublings) * (1 + (Jitter * ((2 * random) - 1)));
        return (long)Math.Clamp(delay, 0, MaxDelayMs);
    }
}
