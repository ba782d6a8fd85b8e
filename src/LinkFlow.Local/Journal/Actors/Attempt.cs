using LinkFlow.Engine.Executions;

namespace LinkFlow.Local.Journal.Actors;

/// <summary>An external attempt: what to run, as of when, and how to tell it to stop.</summary>
internal sealed class Attempt(RunNode step, long now, IReadOnlyDictionary<int, VisibleRun> visible) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public RunNode Step { get; } = step;

    /// <summary>Unix ms: the time of its NodeStarted.</summary>
    public long Now { get; } = now;
    public IReadOnlyDictionary<int, VisibleRun> Visible { get; } = visible;
    public AttemptKey Key => KeyOf(Step);
    public CancellationToken Token => _stop.Token;

    public static AttemptKey KeyOf(RunNode step) => new(step.Node, step.Run, step.Attempt);

    public void Stop() => _stop.Cancel();
    public void Dispose() => _stop.Dispose();
}
