using System.Collections.Immutable;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Executions;

/// <summary>
/// The runs of a finished execution as a retry needs them: which are done, and by which events a new execution comes
/// to the same. It folds the history once. What the fold derives (skipped and disabled runs, a loop's rounds) needs no event.
/// </summary>
internal sealed class FinishedRuns : IRunObserver
{
    private readonly string _executionId;
    private readonly Dictionary<RunKey, RunStatus> _statuses = [];
    private readonly HashSet<string> _nodes = [];
    private readonly HashSet<string> _undone = [];
    private readonly HashSet<RunKey> _withChildren = [];
    private readonly List<(string Node, ExecutionEvent Event)> _copies = [];
    private readonly Dictionary<RunKey, WaitStarted> _waits = [];
    private readonly Dictionary<RunKey, string> _timersFired = [];
    private readonly Dictionary<string, Queue<SignalReceived>> _signals = [];
    private readonly List<RunKey> _ended = [];

    private FinishedRuns(string executionId) => _executionId = executionId;

    public static FinishedRuns Of(IReadOnlyList<ExecutionEvent> history, ExecutionPlan plan)
    {
        var started = (ExecutionStarted)history[0];
        var runs = new FinishedRuns(started.ExecutionId);
        var state = ExecutionState.Start(plan, started, runs);
        var seen = new HashSet<string>();
        foreach (var e in history.Skip(1))
        {
            runs._ended.Clear();
            var isStopping = state.Stop is not null;
            state.Apply(e);
            if (e.Id is null || seen.Add(e.Id)) runs.Follow(e, isStopping);
        }

        return runs;
    }

    /// <summary>In order: the node that each is for, and the event, without seq, at and id.</summary>
    public IReadOnlyList<(string Node, ExecutionEvent Event)> Copies => _copies;

    /// <summary>True when the node has a run, be it skipped.</summary>
    public bool Ran(string node) => _nodes.Contains(node);

    /// <summary>True for a node outside of loops whose run ended well or was skipped, and was neither undone nor cut short.</summary>
    public bool IsDone(string node) =>
        _statuses.GetValueOrDefault(new RunKey(node, 0), RunStatus.Cancelled) is RunStatus.Success or RunStatus.Skipped && !IsUndone(node);

    /// <summary>True when a run of the node was compensated, or cut short by the stop.</summary>
    public bool IsUndone(string node) => _undone.Contains(node);

    void IRunObserver.OnRun(RunSummary run)
    {
        var key = new RunKey(run.Node, run.Run);
        _nodes.Add(run.Node);
        _statuses[key] = run.Status;
        if (run.Status == RunStatus.Success) _ended.Add(key);
    }

    private void Follow(ExecutionEvent happened, bool isStopping)
    {
        switch (happened)
        {
            case NodeCompleted { Compensates: { } undone }:
                _undone.Add(undone.Node);
                break;
            case NodeCompleted { HandledError: { } error } e when isStopping && (error.Code == NodeErrorCodes.Cancelled || _withChildren.Contains(new RunKey(e.Node, e.Run))):
                _undone.Add(e.Node); // cut short: some items failed only because the execution stopped
                break;
            case ChildrenRequested e:
                _withChildren.Add(new RunKey(e.Node, e.Run));
                break;
            case NodeCompleted e when _ended.Contains(new RunKey(e.Node, e.Run)):
                _waits.Remove(new RunKey(e.Node, e.Run));
                Copy(e.Node, e with { CopiedFrom = e.CopiedFrom ?? _executionId, StartedAt = 0 });
                break;
            case LoopEntered e:
                Copy(e.Node, e);
                break;
            case WaitStarted e:
                _waits[new RunKey(e.Node, e.Run)] = e;
                break;
            case TimerFired e:
                foreach (var key in _waits.Keys)
                    if (e.Timer == $"wait:{key.Node}:{key.Run}" || e.Timer == $"wait-timeout:{key.Node}:{key.Run}") _timersFired[key] = e.Timer;
                break;
            case SignalReceived e:
                _signals.TryAdd(e.Name, new Queue<SignalReceived>());
                _signals[e.Name].Enqueue(e);
                break;
        }

        foreach (var key in _ended)
            if (_waits.Remove(key, out var began)) CopyWait(key, began);
    }

    /// <summary>A wait that ended without a completion of its own: its beginning, and what ended it.</summary>
    private void CopyWait(RunKey key, WaitStarted began)
    {
        Copy(key.Node, began);
        if (_timersFired.TryGetValue(key, out var timer))
            Copy(key.Node, new TimerFired { Timer = timer });
        else if (began.Wait.Signal is { } signal)
            Copy(key.Node, _signals[signal].Dequeue());
    }

    private void Copy(string node, ExecutionEvent copied) => _copies.Add((node, copied with { Seq = 0, At = 0, Id = null }));
}
