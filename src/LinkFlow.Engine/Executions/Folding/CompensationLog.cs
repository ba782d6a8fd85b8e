namespace LinkFlow.Engine.Executions.Folding;

/// <summary>The runs that can be undone, in order of completion. What grows too long is stored by events.</summary>
internal sealed class CompensationLog
{
    /// <summary>From this weight on the runs are stored: about 60 bytes of snapshot each.</summary>
    private const int Heaviest = 1_000;

    private int _weight;

    /// <summary>The last ones.</summary>
    public List<CompensableRun> Runs { get; } = [];

    /// <summary>How many of the first <see cref="Runs"/> are being stored.</summary>
    public int Reserved { get; private set; }

    /// <summary>The events that hold those before, oldest first.</summary>
    public List<long> Stored { get; } = [];
    public bool IsEmpty => Runs.Count == 0 && Stored.Count == 0;
    public bool MustStore => Reserved == 0 && _weight >= Heaviest;

    public void Add(CompensableRun run)
    {
        Runs.Add(run);
        _weight += Weight(run);
    }

    public void Reserve(int count) => Reserved = count;

    /// <returns>False: these are not being stored.</returns>
    public bool Replace(int count, long seq)
    {
        if (count == 0 || count != Reserved) return false;
        for (var i = 0; i < count; i++) _weight -= Weight(Runs[i]);
        Runs.RemoveRange(0, count);
        Reserved = 0;
        Stored.Add(seq);
        return true;
    }

    /// <summary>The last one is undone.</summary>
    public void RemoveLast()
    {
        _weight -= Weight(Runs[^1]);
        Runs.RemoveAt(Runs.Count - 1);
    }

    private static int Weight(CompensableRun run) => 1 + run.Output.Length + run.Seen.Sum(s => 1 + s.Outputs.Length + s.Inputs.Length);
}
