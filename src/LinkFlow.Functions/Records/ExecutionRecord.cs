using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>Where an execution stands in the store: its document, as last committed.</summary>
public sealed record ExecutionRecord
{
    internal const string AttentionField = "attention";

    private static readonly Dictionary<RunAttempt, int> NoStarts = [];

    public required string Tenant { get; init; }

    /// <summary>The document's version; 0 before it is stored.</summary>
    public long ETag { get; init; }
    public required Execution Execution { get; init; }
    public string Id => Execution.Id;

    /// <summary>The number of the last event in the history.</summary>
    public required long LastSeq { get; init; }

    /// <summary>The position of the last command that came in; 0: none.</summary>
    public long InboxLast { get; init; }

    /// <summary>The history holds all commands up to this position.</summary>
    public long InboxHeard { get; init; }
    public bool HasUnheard => InboxLast > InboxHeard;

    /// <summary>The event with the first response; 0: none.</summary>
    public long ResponseSeq { get; init; }

    /// <summary>It has come to rest on a wait.</summary>
    public bool IsAtRest { get; init; }

    /// <summary>What its caller waits for.</summary>
    public AnswerWhen AnswerWhen { get; init; }

    /// <summary>The number of the event that the snapshot was taken after; 0: there is none.</summary>
    public long SnapshotSeq { get; init; }

    /// <summary>False until its orchestration has appended something: a sweep schedules it again.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>It waits for others of its workflow to end, and is not scheduled.</summary>
    public bool WaitsForTurn { get; init; }

    /// <summary>Segments behind <see cref="LastSeq"/> may be there, of an append that was cut off.</summary>
    public bool HasLooseEnds { get; init; }

    /// <summary>It is being deleted, and to be seen no more.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Attempts that are to stop.</summary>
    public IReadOnlyList<RunAttempt> Stops { get; init; } = [];

    /// <summary>How often attempts that have not ended yet were begun.</summary>
    public IReadOnlyDictionary<RunAttempt, int> Starts { get; init; } = NoStarts;

    /// <summary>When it last changed, Unix ms.</summary>
    public long ChangedAt { get; init; }

    public bool IsFinished => Execution.IsFinished;

    /// <summary>What a sweep has to do for it; null: nothing.</summary>
    internal string? Attention =>
        IsDeleted ? RecordAttention.Deleted
        : IsFinished ? null
        : !IsConfirmed ? (WaitsForTurn && !HasUnheard ? RecordAttention.Turn : RecordAttention.Start)
        : HasUnheard ? RecordAttention.Inbox
        : null;

    internal Dictionary<string, string> Fields()
    {
        var fields = new Dictionary<string, string>(4);
        if (!IsDeleted)
        {
            fields.Add("workflowId", Execution.WorkflowId);
            fields.Add("status", Engine.Executions.StatusWords.Word(Execution.Status));
            fields.Add("mode", Execution.Mode);
        }

        if (Attention is { } attention) fields.Add(AttentionField, attention);
        return fields;
    }

    internal Value Write()
    {
        var body = new ObjectValue(16)
        {
            { "execution", JsonText.ParseStored(ExecutionJson.Write(Execution).Span) }, { "lastSeq", LastSeq }, { "changedAt", ChangedAt },
        };
        Number(body, "inboxLast", InboxLast);
        Number(body, "inboxHeard", InboxHeard);
        Number(body, "responseSeq", ResponseSeq);
        Number(body, "snapshotSeq", SnapshotSeq);
        Number(body, "answerWhen", (int)AnswerWhen);
        Flag(body, "atRest", IsAtRest);
        Flag(body, "confirmed", IsConfirmed);
        Flag(body, "waitsForTurn", WaitsForTurn);
        Flag(body, "looseEnds", HasLooseEnds);
        Flag(body, "deleted", IsDeleted);
        if (Stops.Count > 0) body.Set("stops", new ArrayValue(Stops.Select(s => Value.From(new ArrayValue((Value[])[s.Node, s.Run, s.Attempt])))));
        if (Starts.Count > 0) body.Set("starts", new ArrayValue(Starts.Select(s => Value.From(new ArrayValue((Value[])[s.Key.Node, s.Key.Run, s.Key.Attempt, s.Value])))));
        return body;
    }

    /// <exception cref="FormatException">The document was not written by <see cref="Write"/>.</exception>
    internal static ExecutionRecord Read(Document document)
    {
        var body = document.Body;
        return new ExecutionRecord
        {
            Tenant = document.Tenant,
            ETag = document.ETag,
            Execution = ExecutionJson.Read(body["execution"]),
            LastSeq = Long(body["lastSeq"]),
            ChangedAt = Long(body["changedAt"]),
            InboxLast = Long(body["inboxLast"]),
            InboxHeard = Long(body["inboxHeard"]),
            ResponseSeq = Long(body["responseSeq"]),
            SnapshotSeq = Long(body["snapshotSeq"]),
            AnswerWhen = (AnswerWhen)Long(body["answerWhen"]),
            IsAtRest = !body["atRest"].IsUndefined,
            IsConfirmed = !body["confirmed"].IsUndefined,
            WaitsForTurn = !body["waitsForTurn"].IsUndefined,
            HasLooseEnds = !body["looseEnds"].IsUndefined,
            IsDeleted = !body["deleted"].IsUndefined,
            Stops = [.. (body["stops"].AsArray ?? []).Select(Attempt)],
            Starts = body["starts"].AsArray is { } starts ? starts.ToDictionary(Attempt, s => (int)s.AsArray![3].AsNumber) : NoStarts,
        };
    }

    /// <summary>True for a document that is not being deleted.</summary>
    internal static bool IsShown(Value body) => body["deleted"].IsUndefined;

    private static RunAttempt Attempt(Value attempt) => new(attempt.AsArray![0].AsString!, (int)attempt.AsArray[1].AsNumber, (int)attempt.AsArray[2].AsNumber);

    private static long Long(Value value) => value.IsNumber ? (long)value.AsNumber : 0;

    private static void Number(ObjectValue body, string name, long value)
    {
        if (value != 0) body.Set(name, value);
    }

    private static void Flag(ObjectValue body, string name, bool value)
    {
        if (value) body.Set(name, true);
    }
}

/// <summary>Why a sweep looks at an execution.</summary>
internal static class RecordAttention
{
    /// <summary>It is not certain that its orchestration was scheduled.</summary>
    public const string Start = "start";

    /// <summary>It waits for its turn among the executions of its workflow.</summary>
    public const string Turn = "turn";

    /// <summary>Its inbox holds what it has not heard.</summary>
    public const string Inbox = "inbox";

    /// <summary>It is being deleted.</summary>
    public const string Deleted = "deleted";
}
