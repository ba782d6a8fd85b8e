namespace LinkFlow.Azure.Documents;

/// <summary>How often and how long requests are tried again.</summary>
internal sealed record RequestPolicy
{
    /// <summary>Tries of one request, the first among them.</summary>
    public int MaxTries { get; init; } = 8;

    /// <summary>All waits for one request together: a caller of ours is to be told 503 rather than wait longer.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait before the second try where the service names none; it doubles with each.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Request units after which a page of a list ends, with the rest on the next one.</summary>
    public double PageBudget { get; init; } = 500;

    /// <summary>In [0, 1).</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <param name="tries">Made so far.</param>
    /// <param name="asked">What the service named; zero: nothing.</param>
    /// <returns>What was asked for, or FirstWait × 2^(tries − 1), and up to half as much again, so that not all come back at once.</returns>
    public TimeSpan WaitAfter(int tries, TimeSpan asked)
    {
        var wait = asked > TimeSpan.Zero ? asked : FirstWait * Math.Pow(2, Math.Min(tries - 1, 10));
        return wait * (1 + Random() / 2);
    }
}
