using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Orchestration.Activities;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using Microsoft.DurableTask;

namespace LinkFlow.Functions.Orchestration;

/// <summary>
/// One generation of an orchestration: the decider's loop over the durable runtime. It folds what activities, timers and
/// the inbox bring, and hands out what the decider orders. It knows no clock but the context's, no random numbers and no
/// I/O, and it is run again from the start after each await.
/// </summary>
/// <remarks>
/// The loop: (1) read the inbox if the doorbell rang, (2) take the decider's steps, (3) give them to activities, of which
/// each first appends what the history does not hold yet, (4) wait for the first thing to happen, (5) fold it.
/// </remarks>
internal sealed class ExecutionRun
{
    /// <summary>From this many events on a new generation begins as soon as nothing is in flight (execution.md §12).</summary>
    private const int MinEvents = 256;

    /// <summary>However much a new generation costs: each await folds the generation's events again.</summary>
    private const int MaxEvents = 2_048;

    /// <summary>From these on nothing more is handed out until nothing is in flight: the runtime reads at most 4 MB of history at once.</summary>
    private const int MaxCalls = 1_000;
    private const long MaxBytes = 2L << 20;

    /// <summary>Sub-workflows that one activity starts, one behind the other.</summary>
    private const int ChildrenAtOnce = 16;

    public const string WorkflowTimer = "workflow";

    private readonly TaskOrchestrationContext _context;
    private readonly OrchestrationInput _input;
    private readonly DurableCalls _calls;
    private readonly DurableTimers _timers;
    private readonly PendingEvents _pending = new();
    private readonly ExecutionState _state;

    private readonly List<RunNode> _external = [];
    private readonly List<RunAttempt> _pure = [];
    private readonly List<StartChild> _children = [];
    private readonly List<ChildCommand> _commands = [];
    private readonly List<RunAttempt> _stops = [];
    private long _recall;

    private readonly List<Flight> _flights = [];
    private readonly HashSet<string> _starting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _heldCommands = [];
    private Task<object?> _doorbell;
    private long _lastAt;
    private long _inbox;
    private long _inboxSeen;
    private bool _mustRead;
    private bool _hasEnded;
    private ExecutionFinished? _finished;
    private BatchEnd? _end;
    private int _events;
    private long _bytes;

    private ExecutionRun(TaskOrchestrationContext context, OrchestrationInput input, DurableCalls calls, ExecutionState state)
    {
        _context = context;
        _input = input;
        _calls = calls;
        _state = state;
        _timers = new DurableTimers(context);
        _lastAt = input.LastAt;
        _inbox = _inboxSeen = input.InboxPosition;
        _mustRead = input.IsRung;
        _doorbell = context.WaitForExternalEvent<object?>(Orchestrations.Doorbell);
    }

    /// <summary>Runs it until it ends or a new generation takes over.</summary>
    /// <returns>How the execution ended; null: it goes on.</returns>
    public static async Task<string?> RunAsync(TaskOrchestrationContext context, OrchestrationInput input, OrchestrationPlans plans)
    {
        var calls = new DurableCalls(context);
        ExecutionRun? run = null;
        try
        {
            if (input.Shape != OrchestrationInput.CurrentShape) throw new HistoryUnreadableException($"The orchestration has the shape {input.Shape}; this version knows {OrchestrationInput.CurrentShape}.");
            run = new ExecutionRun(context, input, calls, await LoadAsync(input, calls, plans));
            return await run.LiveAsync();
        }
        catch (Exception e) when (e is TaskFailedException or HistoryUnreadableException or UnknownEventException or FormatException or ArgumentException or InvalidOperationException)
        {
            if (run is not null) await run.DrainAsync(isParked: true);
            await calls.CallAsync<bool>(Orchestrations.Park, new ParkInput(input.Tenant, input.ExecutionId, CodeOf(e), MessageOf(e)));
            return StatusWords.Word(ExecutionStatus.Error);
        }
    }

    private static async Task<ExecutionState> LoadAsync(OrchestrationInput input, DurableCalls calls, OrchestrationPlans plans)
    {
        var workflow = input.Workflow.Blob is { } blob
            ? plans.Find(blob, await ReadAsync(input.Tenant, input.Workflow, calls))
            : plans.Find(input.Workflow);
        if (input.Snapshot is { } snapshot) return ExecutionState.ReadSnapshot(workflow.Plan, await ReadAsync(input.Tenant, snapshot, calls));
        var events = StrippedEvents.Read(await ReadAsync(input.Tenant, input.Events ?? throw new FormatException("The orchestration has neither events nor a snapshot."), calls));
        var state = ExecutionState.Start(workflow.Plan, (ExecutionStarted)events[0]);
        for (var i = 1; i < events.Count; i++) state.Apply(events[i]);
        return state;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(string tenant, PackedText text, DurableCalls calls)
    {
        if (text.Blob is not { } blob) return text.Read();
        var pieces = new string[text.Pieces];
        for (var i = 0; i < pieces.Length; i++) pieces[i] = await calls.CallAsync<string>(Orchestrations.Load, new LoadInput(tenant, blob, i));
        return PackedText.Join(pieces);
    }

    private async Task<string?> LiveAsync()
    {
        while (true)
        {
            if (!_hasEnded && _finished is null)
            {
                if (MustRenew && _flights.Count == 0 && _commands.Count == 0)
                {
                    if (await RenewAsync()) return null;
                }
                else if (!MustDrain) Advance();
                else if (_flights.Count == 0) HandOut();
            }

            if (_hasEnded || _finished is not null) return await EndAsync();
            await NextAsync();
        }
    }

    /// <summary>Takes the decider's steps and hands them out; commands that came in go first.</summary>
    private void Advance()
    {
        Listen();
        if (_mustRead || _flights.Exists(f => f.Holds))
        {
            if (_mustRead && !_flights.Exists(f => f.Holds || f.IsAlone)) ReadInbox();
            return;
        }

        while (_state.HasReadySteps)
        {
            var steps = _state.TakeReadySteps();
            if (steps.Count == 0) break;
            foreach (var step in steps) Carry(step);
        }

        if (_finished is null) HandOut();
    }

    private void Carry(ExecutionStep step)
    {
        switch (step)
        {
            case RunNode { IsExternal: true } run: _external.Add(run); break;
            case RunNode run: _pure.Add(AttemptOf(run)); break;
            case CancelAttempt cancel: Cancel(new RunAttempt(cancel.Node, cancel.Run, cancel.Attempt)); break;
            case StartTimer timer: _timers.Set(timer.Timer, timer.DueAt); break;
            case CancelTimer timer: _timers.Remove(timer.Timer); break;
            case StartChild child:
                if (_starting.Add(child.ChildId)) _children.Add(child);
                break;
            case CancelChild child: Tell(child.ChildId, ChildCommands.Cancel); break;
            case PauseChild child: Tell(child.ChildId, ChildCommands.Pause); break;
            case ResumeChild child: Tell(child.ChildId, ChildCommands.Resume); break;
            case StoreReferences references: Record(references.Event); break;
            case RecallReferences recall: _recall = recall.StoredSeq; break;
            case FinishExecution finish: Record(finish.Event); break;
            default: throw new InvalidOperationException($"The decider's step {step.GetType().Name} is not known to this shell.");
        }
    }

    /// <summary>Records an event of the orchestration's own making.</summary>
    private void Record(ExecutionEvent @event)
    {
        var placed = @event with { Seq = _state.LastSeq + 1, At = _lastAt = Math.Max(_lastAt, Now) };
        Apply(placed);
        _pending.Add(placed);
    }

    private void Apply(ExecutionEvent placed)
    {
        _state.Apply(placed);
        _events++;
        if (placed is TimerFired fired) _timers.Remove(fired.Timer);
        if (placed is ExecutionFinished finished) _finished = finished;
    }

    private void Cancel(RunAttempt attempt)
    {
        if (_flights.Exists(f => f.External == attempt))
        {
            _stops.Add(attempt);
            return;
        }

        // It was handed out and not begun.
        _external.RemoveAll(s => AttemptOf(s) == attempt);
        _pure.Remove(attempt);
        if (!_flights.Exists(f => f.Pure.Contains(attempt))) Record(new NodeCancelled { Node = attempt.Node, Run = attempt.Run, Attempt = attempt.Attempt });
    }

    /// <summary>A child that is being started hears of it once it exists.</summary>
    private void Tell(string childId, string kind)
    {
        if (!_starting.Contains(childId))
        {
            _commands.Add(new ChildCommand(childId, $"{_input.ExecutionId}/{_state.LastSeq}/{kind}", kind));
            return;
        }

        if (!_heldCommands.TryGetValue(childId, out var held)) _heldCommands.Add(childId, held = []);
        held.Add(kind);
    }

    /// <summary>Gives everything that was ordered to activities.</summary>
    private void HandOut()
    {
        if (_state.IsPaused) GiveBack();
        // What is about to run is recorded first, all of it, so that every activity appends the same.
        for (var i = 0; i < _external.Count; i++) _external[i] = Announce(_external[i]);
        var batches = _external.Count + (_pure.Count > 0 || _recall > 0 ? 1 : 0);
        var others = (_children.Count + ChildrenAtOnce - 1) / ChildrenAtOnce + (_commands.Count > 0 ? 1 : 0) + (_stops.Count > 0 ? 1 : 0);
        if (batches + others == 0) return;

        var upkeep = Upkeep();
        var isAlone = batches == 1 && others == 0 && _flights.Count == 0 && !_state.IsAwaiting;
        foreach (var step in _external) RunBatch(upkeep, AttemptOf(step), [], recall: 0, isAlone);
        if (_pure.Count > 0 || _recall > 0) RunBatch(upkeep, null, [.. _pure], _recall, isAlone);
        foreach (var children in _children.Chunk(ChildrenAtOnce)) StartChildren(upkeep, children);
        if (_commands.Count > 0) Fly(_calls.CallAsync<AppendOutput>(Orchestrations.TellChildren, new TellInput(upkeep, [.. _commands])), o => Appended(upkeep, o));
        if (_stops.Count > 0) Fly(_calls.CallAsync<bool>(Orchestrations.StopAttempts, new StopInput(_input.Tenant, _input.ExecutionId, [.. _stops])), _ => { });
        _external.Clear();
        _pure.Clear();
        _children.Clear();
        _commands.Clear();
        _stops.Clear();
        _recall = 0;
    }

    /// <summary>Pure steps that a batch had no room for do not begin in a pause: they are ready again, as if they had not been handed out.</summary>
    private void GiveBack()
    {
        foreach (var attempt in _pure) Record(new NodeCancelled { Node = attempt.Node, Run = attempt.Run, Attempt = attempt.Attempt });
        _pure.Clear();
    }

    /// <summary>Records that an attempt is about to run, or to run again after it was found in flight.</summary>
    private RunNode Announce(RunNode step)
    {
        if (step.IsRecovery) Record(new AttemptRecovered { Node = step.Node, Run = step.Run, Attempt = step.Attempt, Count = step.Recoveries + 1 });
        else
        {
            Record(new NodeStarted
            {
                Node = step.Node, Run = step.Run, Attempt = step.Attempt, Compensates = step.Compensates,
                Inputs = [.. step.Inputs.Select(i => new InputSources(i.Input, i.Sources))],
            });
        }

        return step;
    }

    private void RunBatch(Upkeep upkeep, RunAttempt? external, RunAttempt[] pure, long recall, bool isAlone)
    {
        var batch = new BatchInput(upkeep, external, pure, recall, isAlone, isAlone ? _timers.DueAt(WorkflowTimer) : null, Tries: 0);
        Fly(_calls.CallAsync<BatchResult>(Orchestrations.RunBatch, tries => batch with { Tries = tries }), result => TakeAsync(batch, result), batch);
    }

    private void StartChildren(Upkeep upkeep, StartChild[] children)
    {
        var orders = children.Select(c => new ChildOrder(
            c.ChildId, c.WorkflowId, c.Node, c.Run, c.Owner, c.Wait,
            [.. c.Inputs.SelectMany(i => i.Parts).Select(p => new PartOrder(p.Seq, p.Output, p.Offset, p.Count) { By = p.By })])).ToList();
        Fly(_calls.CallAsync<ChildrenOutput>(Orchestrations.StartChildren, new ChildrenInput(upkeep, orders)), output =>
        {
            Appended(upkeep, output.InboxLast);
            for (var i = 0; i < children.Length; i++) Started(children[i].ChildId, output.Refusals[i]);
        });
    }

    private void Started(string childId, ChildRefusal? refusal)
    {
        if (_starting.Remove(childId))
        {
            Record(refusal is null
                ? new ChildStarted { ChildId = childId }
                : new ChildFinished
                {
                    Id = childId, ChildId = childId, Status = StatusWords.Word(ExecutionStatus.Error),
                    Error = new ExecutionError(refusal.Message, refusal.Code, refusal.Node, refusal.Attempt),
                });
        }

        if (_heldCommands.Remove(childId, out var held))
            foreach (var kind in held) Tell(childId, kind);
    }

    private void ReadInbox()
    {
        _mustRead = false;
        Fly(_calls.CallAsync<InboxOutput>(Orchestrations.ReadInbox, new InboxInput(_input.Tenant, _input.ExecutionId, _inbox)), HeardAsync, batch: null, holds: true);
    }

    private async Task HeardAsync(InboxOutput output)
    {
        _bytes += Length(output.Events);
        var events = output.Events is { } text ? StrippedEvents.Read(await ReadAsync(_input.Tenant, text, _calls)) : [];
        for (var i = 0; i < events.Count; i++)
        {
            _inbox = Math.Max(_inbox, output.Positions[i]);
            if (events[i].Id is { } id && _state.HasSeen(id)) continue;
            // A child may end before its start was heard of.
            if (events[i] is ChildFinished child && _starting.Remove(child.ChildId)) Record(new ChildStarted { ChildId = child.ChildId });
            var placed = events[i] with { Seq = _state.LastSeq + 1, At = _lastAt = Math.Max(_lastAt, Now) };
            Apply(placed);
            _pending.Add(placed.Seq, new PendingCommand(output.Positions[i], placed.At));
        }

        _inboxSeen = Math.Max(_inboxSeen, _inbox);
        _mustRead |= output.HasMore;
    }

    /// <summary>Folds what a batch came to.</summary>
    private async Task TakeAsync(BatchInput batch, BatchResult result)
    {
        Appended(batch.Upkeep, result.InboxLast);
        _bytes += Length(result.Events);
        if (result.HasEnded)
        {
            (_hasEnded, _end) = (true, result.End);
            return;
        }

        var events = result.Events is { } text ? StrippedEvents.Read(await ReadAsync(_input.Tenant, text, _calls)) : [];
        if (result.IsAppended) TakeAppended(events, result);
        else TakeResult(batch, events);
        // Pure steps that the batch had no room for go into the next one.
        _pure.AddRange(batch.Pure.Where(IsOpen));
        _mustRead |= _inboxSeen > _inbox;
    }

    private void TakeAppended(IReadOnlyList<ExecutionEvent> events, BatchResult result)
    {
        foreach (var @event in events)
        {
            Apply(@event);
            _lastAt = @event.At;
        }

        _pending.Confirm(_state.LastSeq);
        _inbox = Math.Max(_inbox, result.InboxThrough);
        _inboxSeen = Math.Max(_inboxSeen, _inbox);
    }

    private void TakeResult(BatchInput batch, IReadOnlyList<ExecutionEvent> events)
    {
        var (first, before) = (_state.LastSeq + 1, _lastAt);
        // An attempt whose orchestration was lost has numbered its result from where that one stood.
        var known = events.Count == 0 ? batch.Upkeep.Base : events[0].Seq - 1;
        var rebasing = new Rebasing(known, first, before);
        var taken = 0;
        foreach (var @event in events)
        {
            // What the execution no longer wants is as if it had not run, and so is what was built on it.
            if (!_state.Takes(@event)) break;
            var placed = rebasing.Place(@event);
            Apply(placed);
            _lastAt = placed.At;
            taken++;
        }

        if (taken > 0) _pending.Add(first, new PendingResult(batch.Key, known, taken, before));
    }

    private void Appended(Upkeep upkeep, AppendOutput output)
    {
        _hasEnded |= output.HasEnded;
        Appended(upkeep, output.InboxLast);
    }

    private void Appended(Upkeep upkeep, long inboxLast)
    {
        _pending.Confirm(upkeep.Base);
        _inboxSeen = Math.Max(_inboxSeen, inboxLast);
        _mustRead |= _inboxSeen > _inbox;
    }

    /// <summary>Waits for the first thing to happen, and folds it.</summary>
    private async Task NextAsync()
    {
        ShowProgress();
        if (_flights.Count == 0 && !_pending.IsEmpty)
        {
            // It comes to rest: what has happened is made visible.
            Append(wantsSnapshot: false);
        }

        var waits = _flights.Select(f => f.Task).ToList();
        if (!_flights.Exists(f => f.IsAlone))
        {
            if (_timers.Next() is { } timer) waits.Add(timer);
            waits.Add(_doorbell);
        }

        await Task.WhenAny(waits);
        await LandAsync();
        Listen();
        if (!_flights.Exists(f => f.IsAlone) && !_state.IsFinished)
            foreach (var timer in _timers.TakeDue(Now)) Record(new TimerFired { Timer = timer });
    }

    /// <summary>Folds what activities brought, in the order in which they were called.</summary>
    private async Task LandAsync()
    {
        foreach (var flight in _flights.Where(f => f.Task.IsCompleted).ToList())
        {
            _flights.Remove(flight);
            await flight.Task;
            await flight.Land();
        }
    }

    private void Listen()
    {
        while (_doorbell.IsCompleted)
        {
            _mustRead = true;
            _doorbell = _context.WaitForExternalEvent<object?>(Orchestrations.Doorbell);
        }
    }

    private void Append(bool wantsSnapshot)
    {
        var upkeep = Upkeep();
        Fly(_calls.CallAsync<AppendOutput>(Orchestrations.Append, new AppendInput(upkeep, wantsSnapshot)), o => Appended(upkeep, o), holds: true);
    }

    private async Task<string> EndAsync()
    {
        await DrainAsync(isParked: false);
        if (!_hasEnded) await _calls.CallAsync<AppendOutput>(Orchestrations.Append, new AppendInput(Upkeep(), WantsSnapshot: false));
        ShowProgress();
        return Status;
    }

    /// <summary>Waits for everything in flight: no end takes effect before.</summary>
    /// <param name="isParked">It ends for a failure already, and another one adds nothing.</param>
    private async Task DrainAsync(bool isParked)
    {
        _timers.Cancel();
        foreach (var flight in _flights)
        {
            try
            {
                await flight.Task;
            }
            catch (TaskFailedException) when (isParked || _hasEnded)
            {
                // The execution is at its end: nothing depends on it any more.
            }
        }

        _flights.Clear();
    }

    private bool MustRenew => MustDrain || (_events >= MinEvents && (_events >= MaxEvents || _bytes >= CarriedBytes));
    private bool MustDrain => _calls.Count >= MaxCalls || _bytes >= MaxBytes;

    /// <summary>What a generation costs before anything happens in it.</summary>
    private long CarriedBytes => Length(_input.Workflow) + Length(_input.Snapshot);

    /// <summary>A new generation takes over from the state as it is; nothing is in flight.</summary>
    /// <returns>False: something came up first.</returns>
    private async Task<bool> RenewAsync()
    {
        Listen();
        var text = OrchestrationInputs.Snapshot(_state);
        var snapshot = PackedText.TryInline(text);
        if (!_pending.IsEmpty || snapshot is null)
        {
            var upkeep = Upkeep();
            var output = await _calls.CallAsync<AppendOutput>(Orchestrations.Append, new AppendInput(upkeep, WantsSnapshot: true));
            Appended(upkeep, output);
            snapshot ??= output.State;
            if (_hasEnded) return false;
        }

        _timers.Cancel();
        Listen();
        _context.ContinueAsNew(_input with
        {
            Generation = _input.Generation + 1, Events = null, Snapshot = snapshot, LastAt = _lastAt, InboxPosition = _inbox, IsRung = _mustRead,
        });
        return true;
    }

    private void ShowProgress() => _context.SetCustomStatus(new Progress(Status, _end?.NodesRun ?? _state.NodesRun, _state.WaitingUntil));

    private void Fly<TResult>(Task<TResult> call, Action<TResult> land, bool holds = false) => Fly(
        call,
        result =>
        {
            land(result);
            return Task.CompletedTask;
        },
        batch: null,
        holds);

    private void Fly<TResult>(Task<TResult> call, Func<TResult, Task> land, BatchInput? batch = null, bool holds = false) =>
        _flights.Add(new Flight(call, () => land(call.Result), batch?.External, batch?.Pure ?? [], batch is { IsAlone: true }, holds));

    private Upkeep Upkeep()
    {
        var upkeep = new Upkeep(_input.Tenant, _input.ExecutionId, _state.LastSeq, _pending.Parts(), _inbox);
        foreach (var part in upkeep.Pending) _bytes += Length(part.Events) + 100;
        return upkeep;
    }

    private string Status => _end?.Status ?? StatusWords.Word(_finished?.Status ?? _state.Status);
    private long Now => (long)(_context.CurrentUtcDateTime - DateTime.UnixEpoch).TotalMilliseconds;

    private bool IsOpen(RunAttempt attempt) =>
        !_state.IsFinished && _state.Takes(new NodeCancelled { Node = attempt.Node, Run = attempt.Run, Attempt = attempt.Attempt });

    private static RunAttempt AttemptOf(RunNode step) => new(step.Node, step.Run, step.Attempt);
    private static long Length(PackedText? text) => (text?.Plain?.Length ?? 0) + (text?.Packed?.Length ?? 0);

    private static string CodeOf(Exception e) => e switch
    {
        HistoryUnreadableException or UnknownEventException or FormatException => HistoryUnreadableException.Code,
        TaskFailedException failed when failed.FailureDetails.ErrorType == typeof(HistoryUnreadableException).FullName => HistoryUnreadableException.Code,
        _ => "INTERNAL",
    };

    private static string MessageOf(Exception e) => e is TaskFailedException failed ? $"The activity '{failed.TaskName}' failed: {failed.FailureDetails.ErrorMessage}" : e.Message;

    /// <summary>An activity that was called and has not been heard of.</summary>
    /// <param name="External">The attempt that it runs.</param>
    /// <param name="IsAlone">It owns the execution while it runs.</param>
    /// <param name="Holds">No step is handed out before it has ended.</param>
    private sealed record Flight(Task Task, Func<Task> Land, RunAttempt? External, IReadOnlyList<RunAttempt> Pure, bool IsAlone, bool Holds);

    /// <summary>What the runtime's own tools show.</summary>
    private sealed record Progress(string Status, int NodesRun, long? WaitingUntil);
}
