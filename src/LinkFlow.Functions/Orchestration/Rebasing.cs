using System.Collections.Immutable;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Functions.Orchestration;

/// <summary>
/// Gives the events of a batch, which it numbered from its own base on, their places in the history, where others may
/// have come in between: their numbers, and every reference from one of them to another. Pure.
/// </summary>
/// <param name="batchBase">The number of the last event that the batch knew; references to it and those before stay.</param>
/// <param name="firstSeq">The number that the batch's first event gets.</param>
/// <param name="lastAt">The time of the event before, Unix ms: times never go back.</param>
public sealed class Rebasing(long batchBase, long firstSeq, long lastAt)
{
    private long _placed;
    private long _lastAt = lastAt;

    /// <summary>The next event of the batch, in its place.</summary>
    /// <exception cref="FormatException">It is not the next event of this batch.</exception>
    public ExecutionEvent Place(ExecutionEvent @event)
    {
        if (@event.Seq != batchBase + _placed + 1)
            throw new FormatException($"Event {@event.Seq} is not number {_placed + 1} of a batch that began after event {batchBase}.");
        _lastAt = _lastAt > @event.At ? _lastAt : @event.At;
        return Referring(@event) with { Seq = firstSeq + _placed++, At = _lastAt };
    }

    private ExecutionEvent Referring(ExecutionEvent @event)
    {
        if (firstSeq == batchBase + 1) return @event;
        return @event switch
        {
            NodeStarted e => e with { Inputs = Moved(e.Inputs) },
            NodeCompleted e => e with { Inputs = Moved(e.Inputs) },
            NodeAttemptFailed e => e with { Inputs = Moved(e.Inputs) },
            NodeFailed e => e with { Inputs = Moved(e.Inputs) },
            WaitStarted e => e with { Inputs = Moved(e.Inputs) },
            LoopEntered e => e with { Inputs = Moved(e.Inputs) },
            ChildrenRequested e => e with { Inputs = Moved(e.Inputs) },
            ReferencesStored e => e with { Parts = Moved(e.Parts), Compensations = Moved(e.Compensations) },
            ReferencesRecalled e => e with { StoredSeq = Moved(e.StoredSeq), Compensations = Moved(e.Compensations) },
            _ => @event,
        };
    }

    private long Moved(long seq) => seq <= batchBase ? seq : seq - batchBase - 1 + firstSeq;

    private ImmutableArray<InputSources> Moved(ImmutableArray<InputSources> inputs) =>
        inputs.IsDefaultOrEmpty ? inputs : [.. inputs.Select(i => new InputSources(i.Input, [.. i.Sources.Select(s => s with { Seq = Moved(s.Seq) })]) { Parts = Moved(i.Parts) })];

    private ImmutableArray<DataPart> Moved(ImmutableArray<DataPart> parts) =>
        parts.IsDefaultOrEmpty ? parts : [.. parts.Select(p => p with { Seq = Moved(p.Seq), By = Moved(p.By) })];

    private ImmutableArray<CompensableRun> Moved(ImmutableArray<CompensableRun> runs) =>
        runs.IsDefaultOrEmpty ? runs : [.. runs.Select(r => r with { Output = Moved(r.Output), Seen = [.. r.Seen.Select(Moved)] })];

    private VisibleRun Moved(VisibleRun run) => run with { Outputs = [.. run.Outputs.Select(Moved)], Inputs = Moved(run.Inputs) };
}
