using System.Collections.Immutable;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Express;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Journal.Payloads;
using LinkFlow.Local.Journal.Starting;
using LinkFlow.Local.Journal.Upkeep;
using LinkFlow.Local.Sqlite;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Journal;

/// <summary>
/// Runs executions on one machine: durable ones by the journal, express ones in memory. What it acknowledges is
/// durable. Starting it recovers, in the background, what was running when the last process ended.
/// </summary>
public sealed class JournalRuntime : IExecutionRuntime, IHostedService, IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly JournalShell _shell;
    private readonly SqliteStore _store;
    private readonly JournalOptions _options;
    private Task _background = Task.CompletedTask;

    /// <param name="services">Ports lent to nodes.</param>
    public JournalRuntime(
        SqliteStore store, IWorkflowSource workflows, NodeRegistry registry, IServiceProvider services, JournalOptions options, TimeProvider clock, ILogger<JournalRuntime> log)
    {
        _store = store;
        _options = options;
        var host = new ExecutionHost
        {
            Options = options,
            Clock = clock,
            Workflows = new PlannedWorkflows(workflows, registry),
            Blobs = store.Blobs,
            Services = services,
            EnvironmentName = options.Environment,
            Expressions = options.Expressions,
            Watch = new ExecutionWatch(),
            Log = log,
        };
        _shell = new JournalShell(host, store.Journal) { StartedAt = host.Now };
        _shell.Active.Overflowed += () => _ = Recovery.FindLostWakesAsync(_shell);
        History = new JournalHistory(store.Journal, store.Blobs, host.Watch);
        Changes = host.Changes;
    }

    /// <summary>The same store's histories, awake to this runtime's commits.</summary>
    public JournalHistory History { get; }

    /// <summary>Changes of status, as this runtime commits them.</summary>
    public ExecutionChanges Changes { get; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _shell.StartedAt = _shell.Host.Now;
        var stop = _shell.Stopping.Token;
        _background = Task.WhenAll(
            Task.Run(() => Recovery.RunAsync(_shell), CancellationToken.None),
            Task.Run(() => _shell.Timers.RunAsync(stop), CancellationToken.None),
            Task.Run(() => Retention.RunAsync(_shell, _store.Housekeeping), CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <summary>Takes no more work, lets running attempts end for <see cref="JournalOptions.ShutdownTime"/>, and commits what they came to.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_shell.IsStopping) return;
        await _shell.Stopping.CancelAsync();
        var left = await _shell.Active.StopAsync(_options.ShutdownTime);
        if (left > 0) JournalLog.StoppedWithAttempts(_shell.Host.Log, left, _options.ShutdownTime.TotalSeconds);
        foreach (var waiter in _shell.Waiters.Values) waiter.Postpone();
        await _background;
    }

    public void Dispose() => _shell.Dispose();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no such workflow version, or it cannot be run from that node.</exception>
    /// <exception cref="DocumentConflictException">A document in <see cref="StartExecution.With"/> is there already.</exception>
    public async Task<StartOutcome> StartAsync(StartExecution start, CancellationToken cancellationToken = default)
    {
        RequireOpen();
        var workflow = await _shell.Host.Workflows.FindAsync(start.Tenant, start.WorkflowId, start.WorkflowVersion, start.StartNode, start.Mode == "manual", cancellationToken)
            ?? throw new ArgumentException($"The workflow '{start.WorkflowId}' has no version {start.WorkflowVersion}.", nameof(start));
        var first = await FirstEvents.OfAsync(_shell.Host, start.Tenant, workflow, start.ExecutionId, start.Mode, start.Input, cancellationToken);
        var started = first.After(start.Cause) with { RetryOf = start.RetryOf, StartedBy = start.StartedBy, IsInactive = start.IsInactive };
        var fresh = new NewExecution(started)
        {
            Copied = [.. start.Copied], With = start.With, CommitsStartFirst = start.AnswerWhen == AnswerWhen.Accepted,
        };
        var waiter = new StartWaiter(start.ExecutionId, start.AnswerWhen);
        _shell.Waiters[start.ExecutionId] = waiter;
        try
        {
            if (workflow.Settings.Mode == ExecutionMode.Express && start.AnswerWhen != AnswerWhen.Accepted) await StartExpressAsync(start.Tenant, workflow, fresh);
            else await StartDurableAsync(start.Tenant, workflow, fresh, waiter);
            return waiter.IsAnswered ? await waiter.Answer : await waiter.Answer.WaitAsync(start.AnswerWithin, _shell.Host.Clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new StartOutcome(StartOutcomeKind.Pending, start.ExecutionId, default, default);
        }
        finally
        {
            _shell.Waiters.TryRemove(start.ExecutionId, out _);
        }
    }

    public async Task<CommandOutcome> SendAsync(string tenant, string executionId, ExecutionCommand command, CancellationToken cancellationToken = default)
    {
        RequireOpen();
        var @event = Commands.EventFor(command);
        if (_shell.Express.Running.TryGetValue(executionId, out var express) && express.Tenant == tenant)
            return express.Post(new CommandGiven(@event)) ? CommandOutcome.Accepted : CommandOutcome.AlreadyFinished;
        if (await _shell.Store.GetAsync(tenant, executionId, cancellationToken) is not { } record) return CommandOutcome.NotFound;
        if (record.IsFinished) return CommandOutcome.AlreadyFinished;
        if (@event is SignalReceived signal)
        {
            var waiting = await _shell.Store.ReadInboxAsync(tenant, executionId, cancellationToken: cancellationToken);
            var unmatched = ExecutionJson.Read(JsonText.ParseStored(record.Body.Span)).UnmatchedSignals;
            if (unmatched + waiting.Count >= _options.UnmatchedSignals) return CommandOutcome.TooManySignals;
            if (Spilling.IsLarge(signal.Body, _options.ClaimCheckBytes)) @event = signal with { Body = await Spilling.PutAsync(tenant, signal.Body, _shell.Host.Blobs) };
        }

        var outcome = await _shell.Store.SendAsync(JournalShell.Message(tenant, executionId, @event.Id!, @event), cancellationToken);
        if (outcome == InboxOutcome.Accepted) _shell.Active.Wake(tenant, executionId, Knock.Once);
        return outcome switch
        {
            InboxOutcome.Accepted => CommandOutcome.Accepted,
            InboxOutcome.Finished => CommandOutcome.AlreadyFinished,
            InboxOutcome.Full => CommandOutcome.TooManySignals,
            _ => CommandOutcome.NotFound,
        };
    }

    private async ValueTask StartDurableAsync(string tenant, PlannedWorkflow workflow, NewExecution fresh, StartWaiter waiter)
    {
        var id = fresh.Started.ExecutionId;
        var isItsTurn = workflow.Settings.MaxConcurrentExecutions is not { } max || await _shell.Turns.EnterAsync(tenant, workflow.Version.WorkflowId, id, max);
        if (isItsTurn && _shell.Active.TryReserve())
        {
            if (_shell.Active.TryRun(JournalActor.ForStart(_shell, tenant, workflow, fresh))) return;
            _shell.Active.Unreserve();
            throw new ArgumentException($"The execution '{id}' is running already.", nameof(fresh));
        }

        try
        {
            if (_shell.Active.IsQueueFull || _shell.Turns.Queued > _options.QueuedExecutions)
                throw new StoreUnavailableException($"{_options.QueuedExecutions} executions are waiting for their turn already, which is the limit. Try again soon.", RetryAfter);
            var queued = await _shell.Starts.QueuedAsync(tenant, fresh);
            await _shell.Store.CommitAsync(queued);
            _shell.Host.Changes.Tell(tenant, queued);
        }
        catch
        {
            _shell.EndTurn(tenant, workflow.Version.WorkflowId, id);
            throw;
        }

        if (waiter.When == AnswerWhen.Accepted) waiter.Accept();
        // Its turn may have come while it was being written, when there was nothing to wake yet.
        if (isItsTurn || await _shell.Turns.EnterAsync(tenant, workflow.Version.WorkflowId, id, workflow.Settings.MaxConcurrentExecutions!.Value)) _shell.Active.Wake(tenant, id, Knock.Once);
    }

    private async ValueTask StartExpressAsync(string tenant, PlannedWorkflow workflow, NewExecution fresh)
    {
        var id = fresh.Started.ExecutionId;
        var isItsTurn = workflow.Settings.MaxConcurrentExecutions is not { } max || await _shell.Turns.EnterAsync(tenant, workflow.Version.WorkflowId, id, max);
        if (!isItsTurn || !_shell.Active.TryReserve())
        {
            _shell.EndTurn(tenant, workflow.Version.WorkflowId, id);
            throw new StoreUnavailableException("As many executions as are allowed are running already, and express ones do not queue. Try again soon.", RetryAfter);
        }

        _ = _shell.Express.RunInPlaceAsync(tenant, workflow, fresh);
    }

    private void RequireOpen()
    {
        if (_shell.IsStopping) throw new StoreUnavailableException("LinkFlow is shutting down.", TimeSpan.FromSeconds(5));
    }
}
