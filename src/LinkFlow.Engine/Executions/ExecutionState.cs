using System.Collections.Immutable;
using System.Text.Json;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Executions;

/// <summary>
/// The decider: the fold of an execution's events, and what is to be done next. It knows no clock, no random
/// numbers, no I/O, no <c>Task</c>, and never looks into payloads. Not safe for concurrent use; one shell owns it.
/// </summary>
public sealed class ExecutionState
{
    /// <summary>The rules that new executions are started under.</summary>
    public const int CurrentRulesVersion = 1;

    public static ExecutionState Start(ExecutionPlan plan, ExecutionStarted started) => throw new NotImplementedException(plan.ToString() + started);

    public ExecutionPlan Plan => throw new NotImplementedException();
    public ExecutionStarted Started => throw new NotImplementedException();

    /// <summary>Of the last event applied.</summary>
    public long LastSeq => throw new NotImplementedException();

    /// <summary>Running, waiting, paused, or, once <see cref="ExecutionFinished"/> is applied, how it ended.</summary>
    public ExecutionStatus Status => throw new NotImplementedException();
    public bool IsFinished => throw new NotImplementedException();

    /// <summary>The first failure in the history, or null.</summary>
    public ExecutionError? Error => throw new NotImplementedException();

    /// <summary>Runs of nodes that ended other than skipped.</summary>
    public int NodesRun => throw new NotImplementedException();

    /// <summary>Sum of the payload bytes of all events.</summary>
    public long PayloadBytes => throw new NotImplementedException();

    /// <summary>When the earliest wait ends by itself, Unix ms; null: it does not.</summary>
    public long? WaitingUntil => throw new NotImplementedException();

    /// <summary>True when it came to rest on a wait node, so that a webhook's caller is answered 202.</summary>
    public bool IsAtRest => throw new NotImplementedException();

    /// <summary>The references to the output's items, in the order of execution.md §8; whole once finished. Compute on demand.</summary>
    public ImmutableArray<DataPart> Output => throw new NotImplementedException();

    /// <summary>The event that holds the first <c>respond</c>, or 0.</summary>
    public long ResponseSeq => throw new NotImplementedException();

    /// <summary>Signals that no wait has taken yet; from 1,000 on the shell refuses more.</summary>
    public int UnmatchedSignals => throw new NotImplementedException();

    /// <summary>True when an incoming event with this id was applied: it need not be recorded again.</summary>
    public bool HasSeen(string id) => throw new NotImplementedException(id);

    /// <summary>Told of runs as they are folded; may be null.</summary>
    public IRunObserver? Observer { get; set; }

    /// <summary>Folds one event. An event whose id was seen before, or that comes too late, changes nothing.</summary>
    /// <exception cref="InvalidOperationException">The event does not follow: wrong seq, or it ends what never began.</exception>
    public void Apply(ExecutionEvent @event) => throw new NotImplementedException(@event.ToString());

    /// <summary>What is to be done now and was not handed out before; ready nodes in the order of <c>nodes</c>.</summary>
    public IReadOnlyList<ExecutionStep> TakeReadySteps() => throw new NotImplementedException();

    /// <summary>True when TakeReadySteps would hand something out.</summary>
    public bool HasReadySteps => throw new NotImplementedException();

    /// <summary>Attempts handed out or recorded as started whose end was not applied.</summary>
    public int InFlight => throw new NotImplementedException();

    /// <summary>
    /// The run of <paramref name="target"/> that <c>$('target')</c> shows to the given run (execution.md §5),
    /// with its outputs in the descriptor's order; null: not executed as far as this run can see.
    /// </summary>
    public VisibleRun? FindVisible(RunKey from, int target) => throw new NotImplementedException(from.ToString() + target);

    public void WriteSnapshot(Utf8JsonWriter writer) => throw new NotImplementedException(writer.ToString());

    /// <exception cref="FormatException">Not a snapshot of this plan.</exception>
    public static ExecutionState ReadSnapshot(ExecutionPlan plan, ReadOnlyMemory<byte> json) => throw new NotImplementedException(plan.ToString() + json.Length);
}

/// <param name="Outputs">Per output of the node, the parts that hold its items.</param>
/// <param name="Inputs">The run's recorded sources, for item linking.</param>
public sealed record VisibleRun(RunKey Key, ImmutableArray<ImmutableArray<DataPart>> Outputs, ImmutableArray<InputSources> Inputs);
