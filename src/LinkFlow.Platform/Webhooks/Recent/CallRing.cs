namespace LinkFlow.Platform.Webhooks.Recent;

/// <summary>The last calls of one workflow. Many may add at once; nobody waits.</summary>
internal sealed class CallRing(int size)
{
    private readonly RecentCall?[] _calls = new RecentCall?[size];
    private long _last;

    /// <summary>The clock's timestamp of the last call.</summary>
    public long UsedAt { get; set; }

    public void Add(RecentCall call)
    {
        call.Number = Interlocked.Increment(ref _last);
        Volatile.Write(ref _calls[call.Number % size], call);
    }

    /// <summary>Newest first.</summary>
    /// <param name="before">Only calls with a lower number.</param>
    public IReadOnlyList<RecentCall> Page(long before, int limit)
    {
        var last = Interlocked.Read(ref _last);
        var page = new List<RecentCall>();
        for (var number = Math.Min(last, before - 1); number > Math.Max(0, last - size) && page.Count < limit; number--)
        {
            // Another number is there while a call is being added, or once it has been overwritten.
            if (Volatile.Read(ref _calls[number % size]) is { } call && call.Number == number) page.Add(call);
        }

        return page;
    }
}
