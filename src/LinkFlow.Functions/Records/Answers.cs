using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>
/// Waits for what the caller of a start is to be told (execution.md §8). It is read from the store, whichever process
/// runs the execution: at once when it is this one, else by looking ever less often.
/// </summary>
public sealed class Answers(ExecutionRecords records, DurableHistory history, TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Returns with the answer, or as pending when the time is over.</summary>
    public async Task<StartOutcome> WaitAsync(string tenant, string executionId, AnswerWhen when, TimeSpan within, CancellationToken cancellationToken)
    {
        if (when == AnswerWhen.Accepted) return new StartOutcome(StartOutcomeKind.Accepted, executionId, default, default);
        var until = clock.GetUtcNow() + within;
        for (var pause = FirstPause; ; pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause)
        {
            using var subscription = records.Watch.Subscribe(executionId);
            if (await records.FindAsync(tenant, executionId, cancellationToken) is { } record && await AnswerAsync(record, when, cancellationToken) is { } answer) return answer;
            var left = until - clock.GetUtcNow();
            if (left <= TimeSpan.Zero) return Pending(executionId);
            await subscription.Changed.WaitAsync(left < pause ? left : pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The answer as a document, for an execution whose data is not kept.</summary>
    internal static async ValueTask<ObjectValue?> BodyAsync(
        ExecutionRecords records, ExecutionCommit commit, Execution execution, AnswerWhen when, IReadOnlyList<Item>? output, CancellationToken cancellationToken)
    {
        var answer = new ObjectValue(2);
        if (when == AnswerWhen.Responded && commit.State.ResponseSeq > 0)
        {
            answer.Set("response", await commit.Items.ReadResponseAsync(commit.State.ResponseSeq, null, cancellationToken));
        }
        else
        {
            output ??= await commit.Items.ReadAsync(execution.Output, cancellationToken);
            answer.Set("execution", execution.Show(ShownItems.Of(await commit.Items.ReadAsync(execution.Input, cancellationToken)), ShownItems.Of(output)));
        }

        var body = new ObjectValue(1);
        await StoredText.PutAsync(body, commit.Tenant, JsonText.WriteBytes(answer), records.Blobs, cancellationToken);
        return body;
    }

    private async ValueTask<StartOutcome?> AnswerAsync(ExecutionRecord record, AnswerWhen when, CancellationToken cancellationToken)
    {
        var isResponse = when == AnswerWhen.Responded && record.ResponseSeq > 0;
        if (isResponse || record.IsFinished)
        {
            if (!record.Execution.HasData) return await StoredAsync(record, cancellationToken);
            return isResponse
                ? new StartOutcome(StartOutcomeKind.Responded, record.Id, await history.ReadResponseAsync(record, cancellationToken), default)
                : new StartOutcome(StartOutcomeKind.Finished, record.Id, default, await history.ShowAsync(record, cancellationToken));
        }

        return record.IsAtRest ? Pending(record.Id) : null;
    }

    private async ValueTask<StartOutcome> StoredAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        if (await records.Store.GetAsync(record.Tenant, RecordTypes.Answer, RecordTypes.Only(record.Id), cancellationToken) is not { } document)
            return new StartOutcome(StartOutcomeKind.Finished, record.Id, default, record.Execution.Show(Value.Null, Value.Null));
        var answer = JsonText.ParseStored((await StoredText.GetAsync(document.Body, record.Tenant, records.Blobs, cancellationToken)).Span);
        return answer["execution"].IsObject
            ? new StartOutcome(StartOutcomeKind.Finished, record.Id, default, answer["execution"])
            : new StartOutcome(StartOutcomeKind.Responded, record.Id, answer["response"], default);
    }

    private static StartOutcome Pending(string executionId) => new(StartOutcomeKind.Pending, executionId, default, default);
}
