using LinkFlow.Functions.Records;

namespace LinkFlow.Functions.Orchestration;

/// <summary>
/// Events that the orchestration has applied and no activity has appended yet: those that it made itself, in full; those
/// that carry data, by where an activity finds them. Exactly one of the first three is set.
/// </summary>
/// <param name="Events">Events without data.</param>
/// <param name="Result">What a batch came to: its stored events, renumbered.</param>
/// <param name="Inbox">Commands.</param>
/// <param name="FirstSeq">Of the first event.</param>
/// <param name="LastSeq">Of the last event.</param>
public sealed record PendingPart(PackedText? Events, PendingResult? Result, PendingCommand? Inbox, long FirstSeq, long LastSeq);

/// <param name="Attempt">The batch, by the attempt that it began with.</param>
/// <param name="Base">The number of the last event that the batch knew.</param>
/// <param name="Count">How many of its events were taken.</param>
/// <param name="LastAt">The time of the event before, Unix ms.</param>
public sealed record PendingResult(RunAttempt Attempt, long Base, int Count, long LastAt);

/// <param name="Position">In the inbox.</param>
/// <param name="At">Unix ms.</param>
public sealed record PendingCommand(long Position, long At);
