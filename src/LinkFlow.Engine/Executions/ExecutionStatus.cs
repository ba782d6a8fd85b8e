namespace LinkFlow.Engine.Executions;

/// <summary>The word for where an execution stands. In JSON: snake_case.</summary>
public enum ExecutionStatus { Queued, Running, Waiting, Paused, Success, Error, Cancelled, TimedOut }

/// <summary>The word for where a run stands. In JSON: snake_case.</summary>
public enum RunStatus { Waiting, Running, Success, Error, Skipped, Cancelled }

/// <summary>One run of a node: its ordinal counts from 0, skipped runs included.</summary>
public readonly record struct RunKey(string Node, int Run);

/// <summary>
/// A piece of data by reference: items of one output recorded by one event. Where the event is
/// <see cref="ReferencesStored"/>, the piece stands for the items of the parts in it.
/// </summary>
/// <param name="Seq">The event; 0: one empty item <c>{}</c> that is recorded nowhere.</param>
/// <param name="Output">The output's name; for signals, children and the execution's input: <c>main</c>.</param>
/// <param name="Offset">The first item, from 0.</param>
public readonly record struct DataPart(long Seq, string Output, int Offset, int Count)
{
    /// <summary>For what a signal brought: the seq of the <see cref="WaitStarted"/> whose run handed it out, since the signal names none; else 0.</summary>
    public long By { get; init; }
}
