using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Journal.Payloads;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Starting;

/// <summary>What the caller of a start is told after a commit (execution.md §8).</summary>
internal static class Answers
{
    /// <summary>The response in a change that is about to be cleared; null: it is not in there.</summary>
    public static Payload? ResponseIn(PendingChange change, long responseSeq) =>
        responseSeq > 0 && change.Find(responseSeq) is NodeCompleted completed ? completed.Response : null;

    /// <param name="ending">Null: the execution goes on.</param>
    /// <param name="response">The response, where the commit held it.</param>
    public static async ValueTask AnswerAsync(StartWaiter waiter, ExecutionState state, Ending? ending, Payload? response, ItemReader items)
    {
        if (waiter.When == AnswerWhen.Accepted) waiter.Accept();
        else if (waiter.When == AnswerWhen.Responded && state.ResponseSeq > 0) waiter.Respond(await ReadAsync(state.ResponseSeq, response, items));
        else if (ending is not null) waiter.Finish(ending.Shown);
        else if (state.IsAtRest) waiter.Postpone();
    }

    private static async ValueTask<Value> ReadAsync(long seq, Payload? response, ItemReader items) =>
        response is { Blob: null } inline && !inline.Inline.IsEmpty
            ? JsonText.ParseStored(inline.Inline.Span).AsArray is [var answer, ..] ? answer : Value.Undefined
            : await items.ReadResponseAsync(seq, response, default);
}
