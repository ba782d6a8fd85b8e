using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Records;

namespace LinkFlow.Functions.Orchestration;

/// <summary>The events that the orchestration has applied and of which it does not know yet that the history holds them.</summary>
internal sealed class PendingEvents
{
    private readonly List<Piece> _pieces = [];

    public bool IsEmpty => _pieces.Count == 0;

    /// <summary>One that the orchestration made itself.</summary>
    public void Add(ExecutionEvent made)
    {
        if (_pieces.Count > 0 && _pieces[^1].Made is { } last) last.Add(made);
        else _pieces.Add(new Piece([made], null, null, made.Seq));
        _pieces[^1].LastSeq = made.Seq;
    }

    /// <summary>A command from the inbox.</summary>
    public void Add(long seq, PendingCommand command) => _pieces.Add(new Piece(null, null, command, seq) { LastSeq = seq });

    /// <summary>What a batch came to.</summary>
    public void Add(long firstSeq, PendingResult result) => _pieces.Add(new Piece(null, result, null, firstSeq) { LastSeq = firstSeq + result.Count - 1 });

    /// <summary>The history holds everything up to this event.</summary>
    public void Confirm(long seq)
    {
        while (_pieces.Count > 0 && _pieces[0].LastSeq <= seq) _pieces.RemoveAt(0);
        if (_pieces is [{ Made: { } made } first, ..] && first.FirstSeq <= seq)
        {
            made.RemoveAll(e => e.Seq <= seq);
            first.FirstSeq = seq + 1;
        }
    }

    /// <exception cref="FormatException">One event is too large for a history.</exception>
    public IReadOnlyList<PendingPart> Parts() => [.. _pieces.Select(p => new PendingPart(
        p.Made is null ? null : PackedText.TryInline(Platform.Executions.Running.EventBytes.Of(p.Made, 0)) ?? throw new FormatException($"Events {p.FirstSeq} to {p.LastSeq} are too large for a durable history."),
        p.Result, p.Command, p.FirstSeq, p.LastSeq))];

    private sealed class Piece(List<ExecutionEvent>? made, PendingResult? result, PendingCommand? command, long firstSeq)
    {
        public List<ExecutionEvent>? Made { get; } = made;
        public PendingResult? Result { get; } = result;
        public PendingCommand? Command { get; } = command;
        public long FirstSeq { get; set; } = firstSeq;
        public long LastSeq { get; set; }
    }
}
