using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Orchestration.Activities;

/// <summary>
/// One batch (execution.md §6): the external attempt, then the pure steps that depend only on it and on what is durable.
/// Its events are numbered from the orchestration's base on. An alone batch also hears the inbox and the workflow's time,
/// stores references, and comes to the end; one that is not leaves all of that to the orchestration.
/// </summary>
internal sealed class Batch(RunningHost host, ExecutionRecords records, LoadedExecution loaded, BatchInput input, int recovery, ILogger log) : IDisposable
{
    private const int MaxRuns = 1_000;
    private const long MaxBytes = 256 * 1024;

    /// <summary>About what an event has beside its data.</summary>
    private const int EventBytes = 200;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

    /// <summary>How often a running attempt looks whether it is to stop.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private long _began = host.Clock.GetTimestamp();
    private RunNode? _external;
    private readonly List<RunNode> _ready = [];
    private readonly HashSet<RunAttempt> _foreign = [];
    private readonly CancellationTokenSource _stop = new();
    private bool _mustEnd;
    private int _begun;
    private int _runs;
    private long _bytes;

    /// <summary>The events hold all commands up to this position.</summary>
    public long InboxThrough { get; private set; } = input.Upkeep.InboxThrough;

    /// <summary>Steps are left for the orchestration to hand out.</summary>
    public bool LeavesWork => _ready.Count > 0 || loaded.State.HasReadySteps;

    public void Dispose() => _stop.Dispose();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (input.External is { } external)
        {
            _external = loaded.State.TakeStarted(new RunKey(external.Node, external.Run), external.Attempt)
                ?? throw new HistoryUnreadableException($"Attempt {external.Attempt} of node '{external.Node}' is to run, and the history does not hold its start.");
        }

        // What was handed out there is handed out here, before anything that may change it is heard.
        Take(isFirst: true);
        if (input.IsAlone && loaded.Record.InboxLast > InboxThrough) await HearAsync(cancellationToken);
        if (input.Recall > 0) await RecallAsync(input.Recall, cancellationToken);
        if (_external is { } step)
        {
            await RunExternalAsync(step, cancellationToken);
            // It was cut off before, and what runs behind it may be why: its end is made durable first.
            if (recovery > 0) return;
        }

        _began = host.Clock.GetTimestamp();
        while (!_mustEnd && (_begun == 0 || !IsFull))
        {
            Take(isFirst: false);
            if (loaded.State.IsFinished || _mustEnd || Next() is not { } next) return;
            await RunPureAsync(next, cancellationToken);
        }
    }

    private bool IsFull => _runs >= MaxRuns || _bytes >= MaxBytes || host.Clock.GetElapsedTime(_began) >= MaxTime || recovery > 0;

    /// <summary>Takes the decider's steps; those of others are left alone.</summary>
    private void Take(bool isFirst)
    {
        while (!loaded.State.IsFinished && loaded.State.HasReadySteps && !_mustEnd)
        {
            var steps = loaded.State.TakeReadySteps();
            if (steps.Count == 0) return;
            foreach (var step in steps) Carry(step, isFirst);
        }
    }

    private void Carry(ExecutionStep step, bool isFirst)
    {
        switch (step)
        {
            case RunNode run:
                if (isFirst && !IsOurs(run)) _foreign.Add(AttemptOf(run));
                else _ready.Add(run);
                break;
            case CancelAttempt cancel when input.IsAlone: Cancel(new RunAttempt(cancel.Node, cancel.Run, cancel.Attempt)); break;
            case StoreReferences references when input.IsAlone: Record(references.Event); break;
            case StoreReferences: _mustEnd = true; break;
            case FinishExecution finish when input.IsAlone: Record(finish.Event); break;
            case RecallReferences recall when input.IsAlone && recall.StoredSeq != input.Recall: _mustEnd = true; break;
        }
    }

    private bool IsOurs(RunNode run) => input.Pure.Contains(AttemptOf(run)) || (input.IsAlone && !run.IsExternal);

    private RunNode? Next()
    {
        var at = _ready.FindIndex(s => !s.IsExternal);
        if (at < 0) return null;
        var next = _ready[at];
        _ready.RemoveAt(at);
        return next;
    }

    private void Cancel(RunAttempt attempt)
    {
        if (attempt == input.External && _external is null)
        {
            _stop.Cancel();
            return;
        }

        if (attempt == input.External)
        {
            _external = null;
            Record(new NodeCancelled { Node = attempt.Node, Run = attempt.Run, Attempt = attempt.Attempt });
        }
        else if (_ready.RemoveAll(s => AttemptOf(s) == attempt) > 0 || _foreign.Remove(attempt))
            Record(new NodeCancelled { Node = attempt.Node, Run = attempt.Run, Attempt = attempt.Attempt });
    }

    private async ValueTask RecallAsync(long seq, CancellationToken cancellationToken)
    {
        if (await loaded.FindEventAsync(seq, cancellationToken) is not ReferencesStored stored)
            throw new HistoryUnreadableException($"Event {seq} should hold references to runs and does not.");
        Record(new ReferencesRecalled { StoredSeq = seq, Compensations = stored.Compensations });
    }

    private async ValueTask RunPureAsync(RunNode step, CancellationToken cancellationToken)
    {
        if (_begun++ == 0 && recovery > 0) step = Recovered(step);
        Record(await loaded.Steps.RunAsync(step, step.Now, StepRunner.Visible(loaded.State, loaded.Workflow, step), cancellationToken));
    }

    private async ValueTask RunExternalAsync(RunNode step, CancellationToken cancellationToken)
    {
        _external = null;
        if (recovery > 0) step = Recovered(step);
        var run = loaded.Steps.RunAsync(step, step.Now, StepRunner.Visible(loaded.State, loaded.Workflow, step), _stop.Token).AsTask();
        await WatchAsync(run, cancellationToken);
        try
        {
            Record(await run);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Record(new NodeCancelled { Node = step.Node, Run = step.Run, Attempt = step.Attempt });
        }

        // What came in since the last look goes before the steps behind, and before an end that would pass it by.
        if (input.IsAlone) await LookAsync(cancellationToken);
    }

    /// <summary>The step of an attempt that was cut off: it runs again, or fails because it was once too often.</summary>
    private RunNode Recovered(RunNode step)
    {
        OrchestrationLog.AttemptRecovered(log, loaded.State.Started.ExecutionId, step.Node, step.Run, step.Attempt, recovery);
        Record(new AttemptRecovered { Node = step.Node, Run = step.Run, Attempt = step.Attempt, Count = recovery });
        return loaded.State.CrashOf(step.Node, recovery) is { } crash ? step with { FailWith = crash, IsExternal = false } : step;
    }

    /// <summary>Waits for the attempt's end, looking now and then whether it is to stop.</summary>
    private async ValueTask WatchAsync(Task<ExecutionEvent> run, CancellationToken cancellationToken)
    {
        for (var wait = FirstLook; !run.IsCompleted; wait = Look)
        {
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(run, Task.Delay(Earliest(wait), host.Clock, woken.Token));
            await woken.CancelAsync();
            if (run.IsCompleted) return;
            if (cancellationToken.IsCancellationRequested)
            {
                // The host shuts down: the attempt is told, and this activity runs again elsewhere.
                await _stop.CancelAsync();
                await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }

            await LookAsync(cancellationToken);
        }
    }

    private TimeSpan Earliest(TimeSpan wait) =>
        input.Deadline is { } deadline && !loaded.State.IsFinished ? TimeSpan.FromMilliseconds(Math.Clamp(deadline - host.Now, 1, wait.TotalMilliseconds)) : wait;

    private async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        ExecutionRecord? record;
        try
        {
            record = await records.FindAsync(input.Upkeep.Tenant, input.Upkeep.ExecutionId, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // It cannot be asked now; the attempt goes on, and the next look asks again.
            return;
        }

        if (record is null || record.IsFinished || (input.External is { } external && record.Stops.Contains(external)))
        {
            await _stop.CancelAsync();
            return;
        }

        if (!input.IsAlone || loaded.State.IsFinished) return;
        if (record.InboxLast > InboxThrough) await HearAsync(cancellationToken);
        if (input.Deadline <= host.Now) Record(new TimerFired { Timer = ExecutionRun.WorkflowTimer });
        Take(isFirst: false);
    }

    /// <summary>Folds the commands that came in.</summary>
    private async ValueTask HearAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<InboxEntry> entries;
        do
        {
            entries = await records.Inbox.ReadAsync(input.Upkeep.Tenant, input.Upkeep.ExecutionId, InboxThrough, cancellationToken);
            foreach (var entry in entries)
            {
                Record(entry.Event);
                InboxThrough = entry.Position;
            }
        }
        while (entries.Count > 0);

        Take(isFirst: false);
        if (loaded.State.IsPaused) GiveBack();
    }

    /// <summary>What has not begun does not begin in a pause: it is ready again, as if it had not been handed out.</summary>
    private void GiveBack()
    {
        foreach (var step in _ready.Where(s => !s.IsExternal).ToList())
        {
            _ready.Remove(step);
            Record(new NodeCancelled { Node = step.Node, Run = step.Run, Attempt = step.Attempt });
        }
    }

    private void Record(ExecutionEvent @event)
    {
        if (@event.Id is { } id && loaded.State.HasSeen(id)) return;
        var placed = @event with { Seq = loaded.State.LastSeq + 1, At = Math.Max(loaded.LastAt, host.Now) };
        loaded.Apply(placed);
        if (placed is NodeCompleted or NodeFailed or LoopEntered) _runs++;
        _bytes += EventBytes + EventPayloads.All(placed).Sum(p => (long)Math.Min(p.Inline.Length, ExecutionRecords.MaxInlinePayload));
        if (placed is NodeFailed failed) OrchestrationLog.NodeFailed(log, loaded.State.Started.ExecutionId, failed.Node, failed.Error.Code, failed.Attempt);
        else if (placed is NodeAttemptFailed retry) OrchestrationLog.AttemptFailed(log, loaded.State.Started.ExecutionId, retry.Node, retry.Attempt, retry.RetryAt - retry.At);
    }

    private static RunAttempt AttemptOf(RunNode step) => new(step.Node, step.Run, step.Attempt);
}
