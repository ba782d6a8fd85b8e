using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>What the commit that ends an execution holds besides its events.</summary>
internal sealed record RecordEnding
{
    private static readonly TimeSpan AnswerKept = TimeSpan.FromHours(1);

    /// <summary>The final document.</summary>
    public required Execution Execution { get; init; }

    /// <summary>What is to be told elsewhere; null: nothing.</summary>
    public ObjectValue? News { get; init; }

    /// <summary>What the caller who waits is to be told, where the history will not hold it; null: it does, or none waits.</summary>
    public ObjectValue? Answer { get; init; }
    public required DateTimeOffset Now { get; init; }

    public void Put(ExecutionRecord record, UnitOfWork work)
    {
        if (News is not null) work.Put(RecordTypes.News, RecordTypes.Only(record.Id), News);
        if (Answer is not null) work.Put(RecordTypes.Answer, RecordTypes.Only(record.Id), Answer, expiresAt: Now + AnswerKept);
        if (record.SnapshotSeq > 0) work.Delete(RecordTypes.Snapshot, RecordTypes.Only(record.Id));
    }
}
