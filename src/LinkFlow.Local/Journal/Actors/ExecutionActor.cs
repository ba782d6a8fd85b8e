using System.Threading.Channels;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Payloads;
using LinkFlow.Local.Journal.Starting;
using LinkFlow.Platform;
using LinkFlow.Platform.Credentials.Opening;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Actors;

/// <summary>
/// The only owner of one execution's state: it folds what comes in, carries out the decider's steps and gathers
/// what they came to. Pure steps run at once, in order, on the actor's thread; external ones are prepared here and
/// launched by the shell, which decides when that is safe. Never writes to a store itself.
/// </summary>
internal abstract class ExecutionActor
{
    private readonly Channel<ActorMessage> _mailbox = Channel.CreateUnbounded<ActorMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Queue<RunNode> _ready = new();
    private readonly Queue<long> _recalls = new();
    private readonly Dictionary<string, long> _timersSet = [];
    private StepRunner _steps = null!;
    private long _lastAt;

    protected ExecutionActor(ExecutionHost host, string tenant, string id, long cachedItemBytes)
    {
        Host = host;
        Tenant = tenant;
        Id = id;
        Cache = new ItemCache(cachedItemBytes);
        Items = new ItemReader(tenant, FindEventAsync, host.Blobs, Cache);
    }

    public string Tenant { get; }
    public string Id { get; }
    protected ExecutionHost Host { get; }
    protected ItemCache Cache { get; }
    protected ItemReader Items { get; }
    protected PendingChange Change { get; } = new();
    protected ChannelReader<ActorMessage> Mailbox => _mailbox.Reader;
    protected bool HasMail => _mailbox.Reader.TryPeek(out _);

    /// <summary>External attempts that run in this process, ended ones until their end is taken.</summary>
    protected Dictionary<AttemptKey, Attempt> Attempts { get; } = [];

    /// <summary>Children whose start was ordered and is not known to have worked.</summary>
    protected HashSet<string> StartingChildren { get; } = [];

    /// <summary>Null before the start and while the state is dropped.</summary>
    protected ExecutionState? State { get; private set; }
    protected PlannedWorkflow Workflow { get; private set; } = null!;

    /// <summary>The last event, once the execution has ended.</summary>
    protected ExecutionFinished? Finished { get; private set; }

    /// <summary>A pure step that must not run before its start is committed; set after a recovery.</summary>
    protected RunNode? Guarded { get; set; }

    /// <summary>True after a recovery, until one pure step got through: each is committed as started before it runs, so that one that kills the process is counted.</summary>
    protected bool IsCautious { get; set; }
    protected bool HasReadySteps => _ready.Count > 0 || _recalls.Count > 0 || State!.HasReadySteps;

    /// <returns>False: the actor has left and takes nothing more.</returns>
    public virtual bool Post(ActorMessage message) => _mailbox.Writer.TryWrite(message);

    protected void Own(ExecutionState state, PlannedWorkflow workflow, long lastAt)
    {
        State = state;
        Workflow = workflow;
        _lastAt = lastAt;
        Finished = null;
        _steps = new StepRunner(Host, Tenant, workflow, state.Started, Items, FindEventAsync, TakeLate);
    }

    /// <summary>Forgets the state and everything gathered; what still runs goes on and is found again by its key.</summary>
    protected void Disown(long committedSeq)
    {
        State = null;
        Finished = null;
        Guarded = null;
        _ready.Clear();
        _recalls.Clear();
        _timersSet.Clear();
        StartingChildren.Clear();
        Change.Clear();
        Cache.ForgetAfter(committedSeq);
    }

    /// <summary>Begins a new execution with its first event.</summary>
    protected void Begin(PlannedWorkflow workflow, ExecutionStarted started)
    {
        Own(ExecutionState.Start(workflow.Plan, started), workflow, started.At);
        Gather(started);
    }

    /// <summary>Gives the event its place and time, folds it, and gathers it unless the decider knew it already.</summary>
    protected void Record(ExecutionEvent @event)
    {
        var state = State!;
        if (@event.Id is { } id && state.HasSeen(id)) return;
        var placed = @event with { Seq = state.LastSeq + 1, At = _lastAt = Math.Max(_lastAt, Host.Now) };
        state.Apply(placed);
        if (state.LastSeq != placed.Seq) return;
        if (placed is ExecutionFinished finished) Finished = finished;
        Gather(placed);
    }

    /// <summary>Carries out what is ready, until nothing is, the batch is full, or something must be committed first.</summary>
    protected async ValueTask RunReadyAsync()
    {
        while (true)
        {
            var steps = State!.TakeReadySteps();
            for (var i = 0; i < steps.Count; i++) Carry(steps[i]);
            while (_recalls.TryDequeue(out var seq)) await RecallAsync(seq);
            if (Guarded is not null || IsBatchFull) return;
            if (_ready.TryDequeue(out var step))
            {
                if (step is { IsRecovery: true, FailWith: null } || (IsCautious && step.FailWith is null))
                {
                    Guarded = Announce(step);
                    return;
                }

                await RunInPlaceAsync(step);
            }
            else if (!State.HasReadySteps)
            {
                return;
            }
        }
    }

    /// <summary>True when the batch must be committed before more is run.</summary>
    protected abstract bool IsBatchFull { get; }

    /// <summary>Folds what came in.</summary>
    protected virtual void Take(ActorMessage message)
    {
        switch (message)
        {
            case AttemptEnded ended:
                if (Attempts.Remove(ended.Key, out var attempt)) attempt.Dispose();
                Record(ended.End);
                break;
            case AttemptFaulted faulted:
                Attempts.Remove(faulted.Key);
                throw new AttemptFaultException(faulted.Key.Node, faulted.Fault);
            case AttemptTooLate late:
                Record(late.Event);
                break;
            case TimerDue timer when !_timersSet.TryGetValue(timer.Timer, out var due) || due <= timer.DueAt:
                Change.Timers[timer.Timer] = null;
                Record(new TimerFired { Timer = timer.Timer });
                break;
            case ChildStartEnded child when StartingChildren.Remove(child.ChildId):
                Record(child.Error is null
                    ? new ChildStarted { ChildId = child.ChildId }
                    : new ChildFinished { Id = child.ChildId, ChildId = child.ChildId, Status = ExecutionStatus.Error.Word(), Error = child.Error });
                break;
            case ChildEnded child:
                TakeChildEnd(child.Event);
                break;
            case CommandGiven command:
                Record(command.Event);
                break;
        }
    }

    /// <summary>A child may end before its start was heard of: that is recorded first.</summary>
    protected void TakeChildEnd(ChildFinished end)
    {
        if (StartingChildren.Remove(end.ChildId)) Record(new ChildStarted { ChildId = end.ChildId });
        Record(end);
    }

    /// <summary>Starts an external attempt; its end comes back through the mailbox.</summary>
    protected void Launch(Attempt attempt)
    {
        Attempts.Add(attempt.Key, attempt);
        _ = RunAttemptAsync(attempt);
    }

    /// <summary>Runs a pure step, here and now.</summary>
    protected async ValueTask RunInPlaceAsync(RunNode step) =>
        Record(await _steps.RunAsync(step, step.Now, StepRunner.Visible(State!, Workflow, step), CancellationToken.None));

    /// <summary>An event that is not waiting to be committed; null: there is none of that number.</summary>
    protected abstract ValueTask<ExecutionEvent?> ReadEventAsync(long seq, CancellationToken cancellationToken);

    /// <summary>A command for a child, to be delivered with the commit.</summary>
    protected abstract void Tell(string childId, ExecutionEvent command);

    private ValueTask<ExecutionEvent?> FindEventAsync(long seq, CancellationToken cancellationToken) =>
        Change.Find(seq) is { } waiting ? new(waiting) : ReadEventAsync(seq, cancellationToken);

    private void Gather(ExecutionEvent @event)
    {
        Change.Add(@event, Host.Clock.GetTimestamp());
        EventPayloads.Visit(@event, (Cache, @event.Seq), static (to, output, payload) =>
        {
            if (output is not null && payload.Items is { } items) to.Cache.Keep(to.Seq, output, items, payload.Bytes);
        });
    }

    private void Carry(ExecutionStep step)
    {
        switch (step)
        {
            case RunNode { IsRecovery: true } run when Attempts.ContainsKey(Attempt.KeyOf(run)): break;
            case RunNode { IsExternal: true } run: Prepare(run); break;
            case RunNode run: _ready.Enqueue(run); break;
            case CancelAttempt cancel: Cancel(new AttemptKey(cancel.Node, cancel.Run, cancel.Attempt)); break;
            case StartTimer timer:
                _timersSet[timer.Timer] = timer.DueAt;
                Change.Timers[timer.Timer] = timer.DueAt;
                break;
            case CancelTimer timer:
                Change.Timers[timer.Timer] = null;
                break;
            case StartChild child:
                if (StartingChildren.Add(child.ChildId)) Change.Children.Add(child);
                break;
            case CancelChild child: Tell(child.ChildId, new CancelRequested { Reason = $"Its parent {Id} was stopped." }); break;
            case PauseChild child: Tell(child.ChildId, new PauseRequested()); break;
            case ResumeChild child: Tell(child.ChildId, new ResumeRequested()); break;
            case StoreReferences references: Record(references.Event); break;
            case RecallReferences recall: _recalls.Enqueue(recall.StoredSeq); break;
            case FinishExecution finish: Record(finish.Event); break;
            default: throw new InvalidOperationException($"The decider's step {step.GetType().Name} is not known to this shell.");
        }
    }

    private void Prepare(RunNode step)
    {
        var announced = Announce(step);
        Change.Launches.Add(new Attempt(announced, announced.Now, StepRunner.Visible(State!, Workflow, step)));
    }

    /// <summary>Records that an attempt is about to run, or to run again; the step with its recorded time.</summary>
    private RunNode Announce(RunNode step)
    {
        if (step.IsRecovery)
        {
            var count = step.Recoveries + 1;
            JournalLog.AttemptRecovered(Host.Log, Id, step.Node, step.Run, step.Attempt, count);
            Record(new AttemptRecovered { Node = step.Node, Run = step.Run, Attempt = step.Attempt, Count = count });
            return step;
        }

        Record(new NodeStarted
        {
            Node = step.Node, Run = step.Run, Attempt = step.Attempt, Compensates = step.Compensates,
            Inputs = [.. step.Inputs.Select(i => new InputSources(i.Input, i.Sources))],
        });
        return step with { Now = _lastAt };
    }

    private void Cancel(AttemptKey key)
    {
        if (Attempts.TryGetValue(key, out var running))
        {
            running.Stop();
            return;
        }

        // It does not run here: not yet, or not any more since a crash.
        if (Change.Launches.Find(a => a.Key == key) is { } waiting) Change.Launches.Remove(waiting);
        else if (Guarded is { } guarded && Attempt.KeyOf(guarded) == key) Guarded = null;
        else if (_ready.Any(s => Attempt.KeyOf(s) == key)) Keep(_ready, s => Attempt.KeyOf(s) != key);
        Record(new NodeCancelled { Node = key.Node, Run = key.Run, Attempt = key.Attempt });
    }

    private static void Keep(Queue<RunNode> queue, Predicate<RunNode> wanted)
    {
        for (var left = queue.Count; left > 0; left--)
            if (queue.Dequeue() is var step && wanted(step)) queue.Enqueue(step);
    }

    private async ValueTask RecallAsync(long seq)
    {
        if (await FindEventAsync(seq, CancellationToken.None) is not ReferencesStored stored)
            throw new HistoryUnreadableException($"Event {seq} should hold references to runs and does not.");
        Record(new ReferencesRecalled { StoredSeq = seq, Compensations = stored.Compensations });
    }

    private async Task RunAttemptAsync(Attempt attempt)
    {
        var steps = _steps;
        var delay = Host.Options.FirstRetryDelay;
        while (true)
        {
            try
            {
                Post(new AttemptEnded(attempt.Key, await steps.RunAsync(attempt.Step, attempt.Now, attempt.Visible, attempt.Token)));
                return;
            }
            catch (OperationCanceledException) when (attempt.Token.IsCancellationRequested)
            {
                Post(new AttemptEnded(attempt.Key, new NodeCancelled { Node = attempt.Step.Node, Run = attempt.Step.Run, Attempt = attempt.Step.Attempt }));
                return;
            }
            catch (StoreUnavailableException e)
            {
                // Its data could not be read, so the node has not been called: trying again does nothing twice.
                JournalLog.StoreUnreadable(Host.Log, $"data of execution {Id}", e.Message, (long)delay.TotalMilliseconds);
                await Task.Delay(delay, Host.Clock, attempt.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = Host.Options.NextRetryDelay(delay);
            }
            catch (Exception e)
            {
                Post(new AttemptFaulted(attempt.Key, e));
                return;
            }
        }
    }

    /// <summary>An attempt that had been given up ended after all, and the execution is not here any more to note it.</summary>
    protected abstract void RecordLate(ResultIgnored late);

    private void TakeLate(ResultIgnored late)
    {
        JournalLog.ResultIgnored(Host.Log, Id, late.Node, late.Attempt, late.Reason);
        if (!Post(new AttemptTooLate(late))) RecordLate(late);
    }
}
