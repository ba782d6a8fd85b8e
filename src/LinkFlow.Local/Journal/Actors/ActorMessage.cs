using LinkFlow.Engine.Executions;

namespace LinkFlow.Local.Journal.Actors;

/// <summary>What reaches an execution's actor.</summary>
internal abstract record ActorMessage;

/// <summary>There is something to look at: a row in the inbox, or work found at the start.</summary>
internal sealed record Knock : ActorMessage
{
    public static Knock Once { get; } = new();
}

/// <summary>An attempt ended. Kept until its commit got through, so that a finished call is never made again.</summary>
internal sealed record AttemptEnded(AttemptKey Key, ExecutionEvent End) : ActorMessage;

/// <summary>An attempt could not even be carried out: what it needs cannot be read.</summary>
internal sealed record AttemptFaulted(AttemptKey Key, Exception Fault) : ActorMessage;

/// <summary>An attempt that had been given up ended after all.</summary>
internal sealed record AttemptTooLate(ResultIgnored Event) : ActorMessage;

/// <param name="DueAt">Unix ms: what it was set to when it came due.</param>
internal sealed record TimerDue(string Timer, long DueAt) : ActorMessage;

/// <summary>A child was started, or could not be.</summary>
internal sealed record ChildStartEnded(string ChildId, ExecutionError? Error) : ActorMessage;

/// <summary>An express child of an express parent ended.</summary>
internal sealed record ChildEnded(ChildFinished Event) : ActorMessage;

/// <summary>A command for an express execution, which has no inbox.</summary>
internal sealed record CommandGiven(ExecutionEvent Event) : ActorMessage;

/// <summary>An attempt of a run, in this process.</summary>
internal readonly record struct AttemptKey(string Node, int Run, int Attempt);

/// <summary>Found at the start: it may have been running when the process died, so its first pure steps are taken one by one.</summary>
internal sealed record Recover : ActorMessage
{
    public static Recover Once { get; } = new();
}
