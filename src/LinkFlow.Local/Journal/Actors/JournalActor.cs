using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Payloads;
using LinkFlow.Local.Journal.Starting;
using LinkFlow.Local.Journal.Upkeep;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Actors;

/// <summary>
/// The actor of a durable execution. Its loop: (1) read the execution back if need be, (2) fold what came in, (3) run
/// what is ready, (4) commit all of it at once, (5) only then launch external attempts, start children, answer and
/// wake others. It leaves memory as soon as nothing is in flight. When the store refuses a commit it forgets its state,
/// keeps the ends of attempts, and goes on from the last commit once the store is back.
/// </summary>
internal sealed class JournalActor : ExecutionActor
{
    private readonly JournalShell _shell;
    private readonly NewExecution? _new;
    private readonly Lock _leaving = new();
    private readonly List<ActorMessage> _taken = [];
    private readonly Queue<ActorMessage> _again = new();
    private readonly Dictionary<string, List<ExecutionEvent>> _childCommands = [];
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SnapshotRule _snapshots = new();
    private Execution? _shown;
    private readonly RecordedEvents _events;
    private long _committedSeq;
    private bool _mayHaveMessages;
    private bool _left;

    public JournalActor(JournalShell shell, string tenant, string id) : base(shell.Host, tenant, id, shell.Host.Options.CachedItemBytes)
    {
        _shell = shell;
        _events = new RecordedEvents(shell.Store, tenant, id);
        _mayHaveMessages = true;
    }

    private JournalActor(JournalShell shell, string tenant, PlannedWorkflow workflow, NewExecution start) : this(shell, tenant, start.Started.ExecutionId)
    {
        _new = start;
        _mayHaveMessages = false;
        Begin(workflow, start.Started);
        foreach (var copied in start.Copied) Record(copied);
    }

    /// <summary>Ends when the start is committed; fails when it was refused.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Ends when it has got as far as it can without waiting, or has left.</summary>
    public Task Settled => _settled.Task;

    protected override bool IsBatchFull => Change.IsFull(Host.Options, Host.Clock);
    private bool IsBusy => Attempts.Count > 0 || StartingChildren.Count > 0 || Change.Launches.Count > 0;

    public static JournalActor ForStart(JournalShell shell, string tenant, PlannedWorkflow workflow, NewExecution start) => new(shell, tenant, workflow, start);

    public override bool Post(ActorMessage message)
    {
        lock (_leaving) return !_left && base.Post(message);
    }

    public async Task RunAsync()
    {
        try
        {
            await LiveAsync();
        }
        catch (Exception e) when (!_begun.Task.IsCompleted && _new is not null)
        {
            // Nobody was told that it exists: the caller learns why it does not.
            Refuse(e);
        }
        catch (Exception e) when (_shell.IsStopping)
        {
            // The store may be closing already: the next start reads it back and meets what was wrong, if anything was.
            JournalLog.CutOff(Host.Log, Id, e);
        }
        catch (Exception e)
        {
            await Parking.ParkAsync(_shell, Tenant, Id, e is AttemptFaultException fault ? fault.Fault : e);
        }
        finally
        {
            Leave();
        }
    }

    private async Task LiveAsync()
    {
        var delay = Host.Options.FirstRetryDelay;
        while (true)
        {
            try
            {
                if (State is null && !await LoadAsync()) return;
                await AdvanceAsync();
                delay = Host.Options.FirstRetryDelay;
            }
            catch (Exception e) when (e is StoreUnavailableException or JournalConflictException)
            {
                if (_new is not null && !_begun.Task.IsCompleted) throw;
                if (!await RetreatAsync(e, delay)) return;
                delay = Host.Options.NextRetryDelay(delay);
                continue;
            }

            if (Finished is not null || (_shell.IsStopping && Attempts.Count == 0)) return;
            if (_mayHaveMessages || Guarded is not null || (!_shell.IsStopping && HasReadySteps) || HasMail) continue;
            if (!IsBusy && TryLeave()) return;
            _settled.TrySetResult();
            await Mailbox.WaitToReadAsync();
        }
    }

    /// <summary>Folds what came in, runs what is ready, and makes it durable.</summary>
    private async ValueTask AdvanceAsync()
    {
        if (_new is { CommitsStartFirst: true } && !_begun.Task.IsCompleted) await CommitAsync();
        TakeMessages();
        if (_mayHaveMessages) await ReadInboxAsync();
        if (!_shell.IsStopping || _committedSeq == 0) await RunReadyAsync();
        var guarded = Guarded;
        if (!Change.IsEmpty) await CommitAsync();
        if (guarded is null) return;

        // Its start is recorded now: if it kills the process, that is counted at the next start.
        Guarded = null;
        await RunInPlaceAsync(guarded);
        await CommitAsync();
        IsCautious = false;
    }

    private void TakeMessages()
    {
        while (_again.TryDequeue(out var message) || Mailbox.TryRead(out message))
        {
            _taken.Add(message);
            Take(message);
        }
    }

    protected override void Take(ActorMessage message)
    {
        switch (message)
        {
            case Knock:
                _mayHaveMessages = true;
                break;
            case Recover:
                _mayHaveMessages = true;
                // What this process began itself while the last one's were being looked for has killed none.
                if (_new is null) IsCautious = true;
                break;
            default:
                if (message is TimerDue timer && timer.DueAt <= _shell.StartedAt) IsCautious = true;
                base.Take(message);
                if (message is ChildStartEnded child && _childCommands.Remove(child.ChildId, out var commands))
                    foreach (var command in commands) Tell(child.ChildId, command);
                break;
        }
    }

    private async ValueTask ReadInboxAsync()
    {
        var entries = await _shell.Store.ReadInboxAsync(Tenant, Id);
        _mayHaveMessages = entries.Count >= JournalStore.MaxInbox;
        foreach (var entry in entries)
        {
            var @event = EventBytes.Read(entry.Body);
            if (@event is ChildFinished end) TakeChildEnd(end);
            else Record(@event);
            Change.Handled.Add(entry.Position);
        }
    }

    private async Task CommitAsync()
    {
        await Change.SpillAsync(Tenant, Host);
        var state = State!;
        var execution = Show(state);
        var events = Change.Events;
        var segment = events.Count == 0 ? null : new SegmentWrite(events[0].Seq, events[^1].Seq, EventBytes.Of(events, Change.Bytes));
        var commit = new JournalCommit
        {
            Tenant = Tenant,
            ExecutionId = Id,
            ExpectedLastSeq = _committedSeq,
            Row = execution is null ? null : ExecutionStarts.Row(execution),
            Segment = segment,
            Snapshot = Finished is null && segment is not null && _snapshots.Next(state, events.Count, segment.Payload.Length) is { } snapshot
                ? new SnapshotWrite(state.LastSeq, snapshot) : null,
            Handled = Change.Handled.Count == 0 ? [] : [.. Change.Handled],
            Timers = Change.Timers.Count == 0 ? [] : [.. Change.Timers.Select(t => new TimerWrite(t.Key, t.Value))],
            Blobs = Change.Blobs(),
            Documents = _new?.With is { } with && _committedSeq == 0 ? [with] : [],
            Messages = Change.Messages.Count == 0 ? [] : [.. Change.Messages],
        };
        var end = Finished is null ? null : await Ending.PrepareAsync(_shell, Tenant, Workflow, state, Items, execution!, commit);
        var receipt = await _shell.Store.CommitAsync(end?.Commit ?? commit);
        await CommittedAsync(execution, end, receipt);
    }

    /// <summary>The document, if this commit changes what it shows.</summary>
    private Execution? Show(ExecutionState state)
    {
        var execution = Execution.Of(state, Finished);
        if (execution.Status == ExecutionStatus.Waiting && (IsBusy || HasReadySteps || Guarded is not null)) execution = execution with { Status = ExecutionStatus.Running };
        return Finished is null && _shown is { } shown && shown.Status == execution.Status && shown.WaitingUntil == execution.WaitingUntil
            && shown.UnmatchedSignals == execution.UnmatchedSignals ? null : execution;
    }

    private async ValueTask CommittedAsync(Execution? execution, Ending? end, JournalReceipt receipt)
    {
        var state = State!;
        _committedSeq = state.LastSeq;
        var changed = execution is not null && execution.Status != _shown?.Status ? end?.Execution ?? execution : null;
        _shown = execution ?? _shown;
        _taken.Clear();
        _shell.Timers.Committed(Tenant, Id, Change.Timers);
        Count(state);
        Attempt[] launches = Change.Launches.Count == 0 ? [] : [.. Change.Launches];
        StartChild[] children = Change.Children.Count == 0 ? [] : [.. Change.Children];
        InboxMessage[] messages = Change.Messages.Count == 0 ? [] : [.. Change.Messages];
        var response = Answers.ResponseIn(Change, state.ResponseSeq);
        Change.Clear();
        _begun.TrySetResult();

        foreach (var attempt in launches) Launch(attempt);
        foreach (var child in children) _ = StartChildAsync(state.Started, child);
        for (var i = 0; i < messages.Length; i++)
            if (receipt.Messages[i] == InboxOutcome.Accepted) _shell.Active.Wake(Tenant, messages[i].ExecutionId, Knock.Once);
        Host.Watch.Notify(Id);
        if (changed is not null) Host.Changes.Tell(Tenant, changed);
        end?.CarryOut();
        if (_shell.Waiters.TryGetValue(Id, out var waiter) && !waiter.IsAnswered) await Answers.AnswerAsync(waiter, state, end, response, Items);
    }

    private void Count(ExecutionState state)
    {
        foreach (var @event in Change.Events)
        {
            _shell.Metrics.Ended(state.Plan, @event);
            if (@event is NodeFailed failed) JournalLog.NodeFailed(Host.Log, Id, failed.Node, failed.Error.Code, failed.Attempt);
            else if (@event is NodeAttemptFailed retry) JournalLog.AttemptFailed(Host.Log, Id, retry.Node, retry.Attempt, retry.RetryAt - retry.At);
        }
    }

    private async Task StartChildAsync(ExecutionStarted parent, StartChild child)
    {
        var delay = Host.Options.FirstRetryDelay;
        while (!_shell.IsStopping)
        {
            try
            {
                var input = await Items.ReadAsync([.. child.Inputs.SelectMany(i => i.Parts)], CancellationToken.None);
                Post(new ChildStartEnded(child.ChildId, await _shell.Starts.StartChildAsync(Tenant, parent, child, input, null, CancellationToken.None)));
                return;
            }
            catch (StoreUnavailableException)
            {
                await _shell.PauseAsync(delay);
                delay = Host.Options.NextRetryDelay(delay);
            }
            catch (Exception e)
            {
                Post(new AttemptFaulted(new AttemptKey(child.Node, child.Run, 1), e));
                return;
            }
        }
    }

    /// <summary>A child that is being started hears of it once it exists.</summary>
    protected override void Tell(string childId, ExecutionEvent command)
    {
        if (StartingChildren.Contains(childId) && !Change.Children.Exists(c => c.ChildId == childId))
        {
            if (!_childCommands.TryGetValue(childId, out var waiting)) _childCommands.Add(childId, waiting = []);
            waiting.Add(command);
            return;
        }

        var id = $"{Id}/{State!.LastSeq}/{ExecutionEventTypes.NameOf(command)}";
        Change.Messages.Add(JournalShell.Message(Tenant, childId, id, command with { Id = id }));
    }

    /// <summary>Reads the execution back: snapshot and the events behind it.</summary>
    /// <returns>False: there is none, it has ended, or it is not its turn.</returns>
    private async ValueTask<bool> LoadAsync()
    {
        if (await _shell.Store.GetAsync(Tenant, Id) is not { IsFinished: false, Parked: null } record) return false;
        var loaded = await Loading.LoadAsync(_shell, record);
        var settings = loaded.Workflow.Settings;
        if (settings.MaxConcurrentExecutions is { } max && !await _shell.Turns.EnterAsync(Tenant, record.WorkflowId, Id, max) && !await IsCancelledAsync()) return false;
        Own(loaded.State, loaded.Workflow, loaded.LastAt);
        _snapshots = loaded.Snapshots;
        _shown = loaded.Execution;
        _committedSeq = loaded.State.LastSeq;
        _mayHaveMessages = true;
        _begun.TrySetResult();
        return true;
    }

    /// <summary>A queued execution need not wait for its turn to be cancelled.</summary>
    private async ValueTask<bool> IsCancelledAsync() =>
        (await _shell.Store.ReadInboxAsync(Tenant, Id)).Any(e => EventBytes.Read(e.Body) is CancelRequested);

    /// <summary>Forgets everything that is not durable and waits a little; what came in is taken again.</summary>
    /// <returns>False: LinkFlow is shutting down; the next start goes on.</returns>
    private async Task<bool> RetreatAsync(Exception cause, TimeSpan delay)
    {
        JournalLog.CommitRefused(Host.Log, Id, cause.Message, (long)delay.TotalMilliseconds);
        if (_shell.Waiters.TryGetValue(Id, out var waiter))
            waiter.Fail(cause is StoreUnavailableException ? cause : new StoreUnavailableException(cause.Message, TimeSpan.FromSeconds(1), cause));
        var earlier = _again.ToArray();
        _again.Clear();
        foreach (var message in _taken.Concat(earlier)) _again.Enqueue(message);
        _taken.Clear();
        Disown(_committedSeq);
        await _shell.PauseAsync(delay);
        return !_shell.IsStopping;
    }

    protected override ValueTask<ExecutionEvent?> ReadEventAsync(long seq, CancellationToken cancellationToken) =>
        _events.ReadAsync(seq, cancellationToken);

    protected override void RecordLate(ResultIgnored late) => _ = LateResults.RecordAsync(_shell, Tenant, Id, late);

    private bool TryLeave()
    {
        lock (_leaving) return _left = !HasMail;
    }

    private void Refuse(Exception cause)
    {
        _begun.TrySetException(cause);
        _ = _begun.Task.Exception;
        if (_shell.Waiters.TryGetValue(Id, out var waiter)) waiter.Fail(cause);
        _shell.EndTurn(Tenant, Workflow.Version.WorkflowId, Id);
    }

    private void Leave()
    {
        lock (_leaving) _left = true;
        while (Mailbox.TryRead(out var message))
        {
            if (message is TimerDue timer) _shell.Timers.Forget(Id, timer.Timer);
            else if (message is AttemptTooLate late) RecordLate(late.Event);
        }

        foreach (var message in _taken.Concat(_again).OfType<TimerDue>()) _shell.Timers.Forget(Id, message.Timer);
        _begun.TrySetResult();
        _settled.TrySetResult();
        _shell.Active.Remove(this);
    }
}
