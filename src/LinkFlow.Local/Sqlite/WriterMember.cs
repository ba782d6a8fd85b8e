namespace LinkFlow.Local.Sqlite;

/// <summary>One piece of work in a group commit. It ends exactly once: acknowledged after the commit, failed, or cancelled before it began.</summary>
internal abstract class WriterMember(int bytes, CancellationToken cancellationToken)
{
    public int Bytes { get; } = bytes;

    /// <summary>Set while the group runs; null: it did well so far.</summary>
    public Exception? Failure { get; set; }
    public CancellationToken CancellationToken { get; } = cancellationToken;

    public abstract void Run(SqliteSession session);
    public abstract void Acknowledge();
    public abstract void Fail(Exception exception);
    public abstract void Cancel();
}

/// <summary>Work with a result. Continuations run elsewhere, never on the writer's thread.</summary>
internal sealed class WriterMember<T>(Func<SqliteSession, T> work, int bytes, CancellationToken cancellationToken)
    : WriterMember(bytes, cancellationToken)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _completion.Task;

    public override void Run(SqliteSession session) => _result = work(session);
    public override void Acknowledge() => _completion.SetResult(_result);
    public override void Fail(Exception exception) => _completion.SetException(exception);
    public override void Cancel() => _completion.SetCanceled(CancellationToken);
}
