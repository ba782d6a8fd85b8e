using System.Collections.Concurrent;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Records;
using LinkFlow.Local.Express;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Journal.Starting;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using WorkflowTurns = LinkFlow.Functions.Records.WorkflowTurns;

namespace LinkFlow.Functions.Express;

/// <summary>Express executions within the request or activity that asks for them: in memory, and stored once, at their end.</summary>
internal sealed class ExpressExecutions(ExecutionHost host, ExecutionRecords records, ExecutionCommits commits, StartRelay relay, WorkflowTurns turns, News news, DurableLimits limits) : IExpressShell
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Those of this process whose caller waits, with what the caller is to be told.</summary>
    private readonly ConcurrentDictionary<string, StartWaiter> _waiters = new(StringComparer.Ordinal);

    public ExecutionHost Host => host;
    public ConcurrentDictionary<string, ExpressActor> Running { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs one, and answers as soon as there is an answer.</summary>
    /// <exception cref="DocumentConflictException">A document in <see cref="StartExecution.With"/> is there already.</exception>
    /// <exception cref="StoreUnavailableException">As many as are allowed are running, or its end could not be stored.</exception>
    public async Task<StartOutcome> StartAsync(StartExecution start, PlannedWorkflow workflow, ExecutionStarted started, CancellationToken cancellationToken)
    {
        if (Running.Count >= limits.RunningExecutions) throw new StoreUnavailableException("As many executions as are allowed are running already, and express ones do not queue. Try again soon.", RetryAfter);
        if (workflow.Settings.MaxConcurrentExecutions is { } max && !await turns.EnterAsync(start.Tenant, start.WorkflowId, start.ExecutionId, max, cancellationToken))
            throw new StoreUnavailableException("As many executions of the workflow as it allows are running already, and express ones do not queue. Try again soon.", RetryAfter);
        var waiter = new StartWaiter(start.ExecutionId, start.AnswerWhen);
        _waiters[start.ExecutionId] = waiter;
        var run = new ExpressActor(this, start.Tenant, workflow, new NewExecution(started) { Copied = [.. start.Copied], With = start.With }, parent: null).RunAsync();
        try
        {
            return await waiter.Answer.WaitAsync(start.AnswerWithin, host.Clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new StartOutcome(StartOutcomeKind.Pending, start.ExecutionId, default, default);
        }
        finally
        {
            // An instance may be stopped once its function has returned, so the end is waited for where it comes at once.
            if (waiter.IsAnswered) await run;
            _waiters.TryRemove(start.ExecutionId, out _);
        }
    }

    /// <summary>Gives a command to one that runs here.</summary>
    /// <returns>Null: none of that id does.</returns>
    public CommandOutcome? Send(string tenant, string executionId, ExecutionEvent command) =>
        Running.TryGetValue(executionId, out var actor) && actor.Tenant == tenant
            ? actor.Post(new CommandGiven(command)) ? CommandOutcome.Accepted : CommandOutcome.AlreadyFinished
            : null;

    public Task<ExecutionError?> StartChildAsync(string tenant, ExecutionStarted parent, StartChild child, IReadOnlyList<Item> input, ExpressActor expressParent) =>
        StartChildAsync(tenant, parent, child, input, expressParent, CancellationToken.None);

    /// <summary>Starts a child, or finds that it was started before. Durable when it returns; an express child that is awaited has ended then.</summary>
    /// <param name="expressParent">Told of the child's end in memory; null: the parent has an inbox.</param>
    /// <returns>Why it cannot be started; null: it is.</returns>
    /// <exception cref="StoreUnavailableException">Not started for now; to be tried again.</exception>
    public async Task<ExecutionError?> StartChildAsync(
        string tenant, ExecutionStarted parent, StartChild child, IReadOnlyList<Item> input, ExpressActor? expressParent, CancellationToken cancellationToken)
    {
        if (await records.FindAsync(tenant, child.ChildId, cancellationToken) is { } there && (there.IsConfirmed || there.IsFinished)) return null;
        var (workflow, started, refusal) = await ChildStarts.PrepareAsync(host, tenant, parent, child, input, limits.Depth, cancellationToken);
        if (workflow is null || started is null) return refusal;
        if (workflow.Settings.Mode == ExecutionMode.Express && child.Wait)
            return await new ExpressActor(this, tenant, workflow, new NewExecution(started), expressParent).RunAsync();
        if (expressParent is not null && child.Wait) return ChildStarts.DurableUnderExpress(child);
        await relay.StartAsync(new NewStart(tenant, started) { MaxConcurrent = workflow.Settings.MaxConcurrentExecutions }, cancellationToken);
        return null;
    }

    public async Task<ChildFinished?> CommitAsync(ExpressEnd end)
    {
        var execution = end.Execution;
        var events = end.Change.Events;
        var commit = new ExecutionCommit { Tenant = end.Tenant, Workflow = end.Workflow, State = end.State, Events = events, Items = end.Items };
        var ending = await commits.EndingAsync(commit, execution, AnswerWhen.Accepted, end.HasInbox, CancellationToken.None);
        var answer = _waiters.TryGetValue(execution.Id, out var waiter) ? await AnswerAsync(waiter, end) : null;
        await relay.StoreEndedAsync(end.Tenant, [.. events.Select(e => ending.Execution.HasData ? e : ExecutionCommits.Stripped(e))], ending, end.State.ResponseSeq, end.With, CancellationToken.None);
        await commits.EndedAsync(end.Tenant, ending.Execution, events, CancellationToken.None);
        answer?.Invoke();
        return end.HasInbox || end.State.Started is not { IsAwaited: true } ? null : await NewsOfAsync(end);
    }

    public async Task<bool> PauseAsync(TimeSpan time)
    {
        await Task.Delay(time, host.Clock);
        return true;
    }

    public void Lose(string tenant, string workflowId, string executionId, Exception cause)
    {
        if (_waiters.TryGetValue(executionId, out var waiter)) waiter.Fail(cause);
        _ = news.TryLeaveTurnAsync(tenant, workflowId, executionId);
    }

    private static async ValueTask<Action> AnswerAsync(StartWaiter waiter, ExpressEnd end)
    {
        if (waiter.When == AnswerWhen.Responded && end.State.ResponseSeq > 0)
        {
            var response = await end.Items.ReadResponseAsync(end.State.ResponseSeq, null, default);
            return () => waiter.Respond(response);
        }

        var input = ShownItems.Of(await end.Items.ReadAsync(end.Execution.Input, default));
        var shown = end.Execution.Show(input, ShownItems.Of(await end.Items.ReadAsync(end.Execution.Output, default)));
        return () => waiter.Finish(shown);
    }

    private static async ValueTask<ChildFinished> NewsOfAsync(ExpressEnd end)
    {
        var execution = end.Execution;
        var output = execution.Status == ExecutionStatus.Success ? Payload.Of(await end.Items.ReadAsync(execution.Output, default)) : null;
        return new ChildFinished { Id = execution.Id, ChildId = execution.Id, Status = execution.Status.Word(), Output = output, Error = execution.Error };
    }
}
