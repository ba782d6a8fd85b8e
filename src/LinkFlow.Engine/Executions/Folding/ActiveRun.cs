using System.Collections.Immutable;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Executions.Folding;

/// <summary>A run that was released and has not ended.</summary>
internal sealed class ActiveRun
{
    public required int Ordinal { get; init; }

    /// <summary>Unix ms of the event that released the current attempt.</summary>
    public required long ReleasedAt { get; set; }

    /// <summary>For a compensation: the run that it undoes.</summary>
    public CompensableRun? Undoes { get; init; }
    public int Attempt { get; set; } = 1;
    public RunPhase Phase { get; set; }

    /// <summary>The attempt's <see cref="NodeStarted"/> is recorded.</summary>
    public bool IsRecorded { get; set; }

    /// <summary>The attempt was handed to the shell of this process. Not part of the fold: it is lost with the process.</summary>
    public bool IsHandedOut { get; set; }
    public int Recoveries { get; set; }

    /// <summary>It is in flight and takes one of the slots for external attempts.</summary>
    public bool TakesSlot { get; set; }

    /// <summary>Unix ms: when the first attempt began; null: not yet.</summary>
    public long? StartedAt { get; set; }

    /// <summary>Unix ms of the attempt's <see cref="NodeStarted"/>.</summary>
    public long AttemptAt { get; set; }

    /// <summary>The items that the attempt is about; default: all.</summary>
    public ImmutableArray<int> Pending { get; set; }

    /// <summary>Events of earlier attempts with partial results.</summary>
    public ImmutableArray<long> EarlierAttempts { get; set; } = [];

    /// <summary>Not executed: all its pending items fail with this.</summary>
    public NodeError? FailWith { get; set; }

    /// <summary>For a retry: when it is due.</summary>
    public long RetryAt { get; set; }
    public WaitProgress? Wait { get; set; }
    public ChildrenProgress? Children { get; set; }
    public bool IsInFlight => Phase == RunPhase.Ready && (IsHandedOut || IsRecorded);
}

/// <summary>What an active run is at.</summary>
internal enum RunPhase
{
    /// <summary>An attempt is ready or in flight.</summary>
    Ready,

    /// <summary>Until the next attempt is due.</summary>
    Delayed,

    /// <summary>A wait.</summary>
    Resting,

    /// <summary>Its children run.</summary>
    Children,

    /// <summary>A loop goes round.</summary>
    Rounds,
}

/// <summary>A wait that a run rests on.</summary>
/// <param name="Since">The seq of its <see cref="WaitStarted"/>: the oldest is woken first.</param>
internal sealed record WaitProgress(long Since, string For, long? DueAt, string? Signal, long? TimeoutAt, string OnTimeout);
