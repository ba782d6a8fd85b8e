using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Starting;

/// <summary>The caller of a start, who waits for an answer. It is answered once, whoever comes first: a commit, rest, time or a fault.</summary>
internal sealed class StartWaiter(string executionId, AnswerWhen when)
{
    // Continuations run in place: an answer is the last thing before an actor looks for more work.
    private readonly TaskCompletionSource<StartOutcome> _answer = new();

    public AnswerWhen When { get; } = when;
    public Task<StartOutcome> Answer => _answer.Task;
    public bool IsAnswered => _answer.Task.IsCompleted;

    /// <summary>True when the end of this execution is its answer, and not a response.</summary>
    public bool WantsDocument(ExecutionState state) =>
        !IsAnswered && (When == AnswerWhen.Finished || (When == AnswerWhen.Responded && state.ResponseSeq == 0));

    public void Accept() => Set(StartOutcomeKind.Accepted, default, default);
    public void Respond(Value response) => Set(StartOutcomeKind.Responded, response, default);
    public void Finish(Value execution) => Set(StartOutcomeKind.Finished, default, execution);
    public void Postpone() => Set(StartOutcomeKind.Pending, default, default);
    public void Fail(Exception exception) => _answer.TrySetException(exception);

    private void Set(StartOutcomeKind kind, Value response, Value execution) =>
        _answer.TrySetResult(new StartOutcome(kind, executionId, response, execution));
}
