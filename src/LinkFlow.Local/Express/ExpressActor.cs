using LinkFlow.Engine.Executions;
using LinkFlow.Local.Journal;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Journal.Starting;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Express;

/// <summary>
/// The actor of an express execution: the same decider and the same steps, with nothing written until the end, which
/// is one commit. External attempts start at once, timers are in memory, commands reach it by its mailbox, and a
/// crash loses it.
/// </summary>
internal sealed class ExpressActor : ExecutionActor
{
    private readonly IExpressShell _shell;
    private readonly NewExecution _new;
    private readonly ExpressActor? _parent;
    private readonly Dictionary<string, ITimer> _timers = [];
    private bool _ended;

    /// <param name="parent">The express execution that awaits this one; null: none does, or a durable one.</param>
    public ExpressActor(IExpressShell shell, string tenant, PlannedWorkflow workflow, NewExecution start, ExpressActor? parent)
        : base(shell.Host, tenant, start.Started.ExecutionId, long.MaxValue)
    {
        _shell = shell;
        _new = start;
        _parent = parent;
        Begin(workflow, start.Started);
        foreach (var copied in start.Copied) Record(copied);
    }

    /// <summary>It commits once, so a batch has no bound.</summary>
    protected override bool IsBatchFull => false;

    public override bool Post(ActorMessage message) => !Volatile.Read(ref _ended) && base.Post(message);

    /// <summary>Runs it to its end. Never throws: its caller is told.</summary>
    /// <returns>Why its end could not be recorded; null: it is.</returns>
    public async Task<ExecutionError?> RunAsync()
    {
        _shell.Running[Id] = this;
        try
        {
            await LiveAsync();
            Volatile.Write(ref _ended, true);
            await CommitAsync();
            return null;
        }
        catch (Exception e)
        {
            if (e is not (StoreUnavailableException or DocumentConflictException)) JournalLog.Faulted(Host.Log, Id, e);
            return Fail(e);
        }
        finally
        {
            _shell.Running.TryRemove(Id, out _);
            foreach (var timer in _timers.Values) await timer.DisposeAsync();
        }
    }

    private async Task LiveAsync()
    {
        while (true)
        {
            while (Mailbox.TryRead(out var message)) Take(message);
            await RunReadyAsync();
            CarryOut();
            if (Finished is not null) return;
            if (!HasReadySteps && !HasMail) await Mailbox.WaitToReadAsync();
        }
    }

    private void CarryOut()
    {
        foreach (var (name, due) in Change.Timers) SetTimer(name, due);
        Change.Timers.Clear();
        Attempt[] launches = [.. Change.Launches];
        StartChild[] children = [.. Change.Children];
        Change.Launches.Clear();
        Change.Children.Clear();
        foreach (var attempt in launches) Launch(attempt);
        foreach (var child in children) _ = StartChildAsync(child);
    }

    private void SetTimer(string name, long? due)
    {
        if (_timers.Remove(name, out var earlier)) earlier.Dispose();
        if (due is not { } at) return;
        var wait = TimeSpan.FromMilliseconds(Math.Max(0, at - Host.Now));
        _timers[name] = Host.Clock.CreateTimer(_ => Post(new TimerDue(name, at)), null, wait, Timeout.InfiniteTimeSpan);
    }

    private async Task StartChildAsync(StartChild child)
    {
        ExecutionError? error;
        try
        {
            var input = await Items.ReadAsync([.. child.Inputs.SelectMany(i => i.Parts)], CancellationToken.None);
            error = await _shell.StartChildAsync(Tenant, State!.Started, child, input, this);
        }
        catch (Exception e)
        {
            error = new ExecutionError(e.Message, "CHILD_NOT_STARTED", child.Node, 1);
        }

        Post(new ChildStartEnded(child.ChildId, error));
    }

    protected override ValueTask<ExecutionEvent?> ReadEventAsync(long seq, CancellationToken cancellationToken) => new((ExecutionEvent?)null);

    /// <summary>It has ended and is written: the log has said that the result came.</summary>
    protected override void RecordLate(ResultIgnored late)
    {
    }

    /// <summary>An awaited child of an express execution is express too.</summary>
    protected override void Tell(string childId, ExecutionEvent command)
    {
        if (_shell.Running.TryGetValue(childId, out var child)) child.Post(new CommandGiven(command));
    }

    /// <summary>A parent that waits cannot start it again without doing everything twice, so its end is kept until the store takes it.</summary>
    private async Task CommitAsync()
    {
        for (var delay = Host.Options.FirstRetryDelay; ; delay = Host.Options.NextRetryDelay(delay))
        {
            try
            {
                await Change.SpillAsync(Tenant, Host);
                var end = new ExpressEnd(Tenant, Workflow, State!, Items, Execution.Of(State!, Finished), Change, _new.With, HasInbox: _parent is null);
                if (await _shell.CommitAsync(end) is { } news) _parent?.Post(new ChildEnded(news));
                return;
            }
            catch (StoreUnavailableException e) when (State!.Started.IsAwaited)
            {
                JournalLog.CommitRefused(Host.Log, Id, e.Message, (long)delay.TotalMilliseconds);
                if (!await _shell.PauseAsync(delay)) throw;
            }
        }
    }

    private ExecutionError Fail(Exception cause)
    {
        _shell.Lose(Tenant, Workflow.Version.WorkflowId, Id, cause);
        return new ExecutionError($"The execution was lost: {cause.Message}", "EXECUTION_LOST", null, 1);
    }
}
