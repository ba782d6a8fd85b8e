using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>
/// The context of one replay: gives every call a number, holds what is not yet in the history, and completes calls as the history's events come.
/// What differs from the history is a <see cref="NonDeterminismException"/> that names the difference.
/// </summary>
internal sealed class ReplayingContext(Instance instance, ExecutionStarted start, Payloads payloads) : TaskOrchestrationContext
{
    /// <summary>Longer timers are made of several; the packages' default.</summary>
    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(3);

    private readonly SortedDictionary<int, Call> _calls = [];
    private readonly SortedDictionary<int, Call> _heldBack = [];
    private readonly Dictionary<int, TaskCompletionSource<string?>> _open = [];
    private readonly ExternalEvents _events = new(payloads);
    private int _nextId;
    private int _nextGuid;
    private DateTime _now;
    private bool _isReplaying;
    private bool _preserves;

    public override TaskName Name => start.Name;
    public override string InstanceId => instance.Id;
    public override ParentOrchestrationInstance? Parent => start.Parent;
    public override DateTime CurrentUtcDateTime => _now;
    public override bool IsReplaying => _isReplaying;
    public override string Version => start.Version;
    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public bool HasOpenTasks => _open.Count > 0;
    public bool HasWaiters => _events.HasWaiters;
    public IReadOnlyCollection<Call> NewCalls => _calls.Values;
    public string? CustomStatus { get; private set; }

    /// <summary>Set by ContinueAsNew.</summary>
    public (string? Input, string? Version)? Next { get; private set; }
    public List<EventRaised> CarriedOver { get; } = [];

    public override T? GetInput<T>()
        where T : default
    {
        OrchestratorThread.Require();
        return payloads.Read<T>(start.Input);
    }

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        OrchestratorThread.Require();
        RefuseOptionsAsInput(input, options);
        var text = payloads.Write(input, $"The input of activity '{name.Name}'");
        return payloads.Read<TResult>(await Retried(() => ScheduleAsync(name, id => new ActivityScheduled(id, name.Name, text)), options?.Retry));
    }

    public override async Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        OrchestratorThread.Require();
        RefuseOptionsAsInput(input, options);
        var id = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        var text = payloads.Write(input, $"The input of orchestration '{orchestratorName.Name}'");
        return payloads.Read<TResult>(await Retried(() => ScheduleAsync(orchestratorName, call => new ChildScheduled(call, orchestratorName.Name, id, text)), options?.Retry));
    }

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        OrchestratorThread.Require();
        var end = fireAt.ToUniversalTime();
        while (end - _now > MaxTimer && !cancellationToken.IsCancellationRequested) await CreateOneTimer(_now + MaxTimer, cancellationToken);
        await CreateOneTimer(end, cancellationToken);
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        OrchestratorThread.Require();
        return _events.WaitAsync<T>(eventName, cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        OrchestratorThread.Require();
        Send(instanceId, eventName, payloads.Write(payload, $"Event '{eventName}'"));
    }

    public override void SetCustomStatus(object? customStatus)
    {
        OrchestratorThread.Require();
        CustomStatus = payloads.Write(customStatus, "The custom status", Payloads.MaxStatusBytes);
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
        => ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        OrchestratorThread.Require();
        _preserves = options.PreserveUnprocessedEvents;
        Next = (payloads.Write(options.NewInput, "The input of the next generation"), options.NewVersion);
        if (!_preserves) return;
        foreach (var (name, input) in _events.TakeBuffered()) Send(InstanceId, name, input);
    }

    public override Guid NewGuid()
    {
        OrchestratorThread.Require();
        var name = string.Create(CultureInfo.InvariantCulture, $"{InstanceId}_{_now:o}_{_nextGuid++}");
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
    }

    public void Move(DateTime now, bool isReplaying) => (_now, _isReplaying) = (now, isReplaying);

    /// <summary>The history says that this call was made.</summary>
    /// <exception cref="NonDeterminismException">The replay made another one, or none.</exception>
    public void Confirm(Call recorded)
    {
        if (!_calls.Remove(recorded.Id, out var made))
            throw new NonDeterminismException($"Call {recorded.Id} was {recorded}; the replay has made no such call{(_calls.Count == 0 ? "" : $", but {string.Join(", ", _calls.Values)}")}.");
        if (made != recorded) throw new NonDeterminismException($"Call {recorded.Id} was {recorded}; the replay called {made}.");
    }

    /// <exception cref="NonDeterminismException">Calls that the history does not have.</exception>
    public void RequireAllConfirmed()
    {
        if (_calls.Count > 0) throw new NonDeterminismException($"The replay made calls that the history does not have: {string.Join(", ", _calls.Values)}.");
    }

    /// <summary>The end of what is not open, or no longer, is of no interest: it came twice, or was cancelled.</summary>
    public void Complete(int id, string? result)
    {
        if (_open.Remove(id, out var open)) open.SetResult(result);
    }

    public void Fail(int id, TaskFailureDetails failure)
    {
        if (_open.Remove(id, out var open)) open.SetException(new CallFailedException(id, failure));
    }

    public void Raise(EventRaised raised)
    {
        if (Next is not null) CarriedOver.Add(raised);
        else _events.Raise(raised.Name, raised.Input);
    }

    /// <summary>While it is suspended, what it called is not handed out.</summary>
    public void HoldBack()
    {
        foreach (var (id, call) in _calls) _heldBack.Add(id, call);
        _calls.Clear();
    }

    public void Release()
    {
        foreach (var (id, call) in _heldBack) _calls.Add(id, call);
        _heldBack.Clear();
    }

    private static void RefuseOptionsAsInput(object? input, TaskOptions? options)
    {
        if (input is TaskOptions && options is null) throw new ArgumentException("Task options were given as the input. Was the parameter 'options' meant?", nameof(input));
    }

    private async Task<string?> ScheduleAsync(TaskName name, Func<int, Call> call)
    {
        var id = _nextId++;
        _calls.Add(id, call(id));
        var open = _open[id] = new TaskCompletionSource<string?>();
        try
        {
            return await open.Task;
        }
        catch (CallFailedException e)
        {
            throw new TaskFailedException(name.Name, e.Id, e.Failure);
        }
    }

    private async Task CreateOneTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var id = _nextId++;
        _calls.Add(id, new TimerCreated(id, fireAt));
        var open = _open[id] = new TaskCompletionSource<string?>();
        cancellationToken.Register(() =>
        {
            if (open.TrySetCanceled(CancellationToken.None)) _open.Remove(id);
        });
        await open.Task;
    }

    private void Send(string instanceId, string name, string? input)
    {
        var id = _nextId++;
        _calls.Add(id, new EventSent(id, instanceId, name, input));
    }

    /// <summary>As the real one: a timer between attempts, and one that fires at once behind the last.</summary>
    private async Task<string?> Retried(Func<Task<string?>> attempt, TaskRetryOptions? retry)
    {
        if (retry is null) return await attempt();
        var startedAt = _now;
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt();
            }
            catch (TaskFailedException e) when (retry.Policy is not null)
            {
                if (number == retry.Policy.MaxNumberOfAttempts) await CreateOneTimer(_now, CancellationToken.None);
                if (number == retry.Policy.MaxNumberOfAttempts || DelayAfter(number, retry.Policy, startedAt, e) is not { } delay) throw;
                await CreateOneTimer(_now + delay, CancellationToken.None);
            }
            catch (TaskFailedException e)
            {
                if (!await retry.Handler!(new RetryContext(this, number, e.FailureDetails, _now - startedAt, CancellationToken.None))) throw;
            }
        }
    }

    private TimeSpan? DelayAfter(int number, RetryPolicy policy, DateTime startedAt, TaskFailedException failure)
    {
        if (!policy.Handle(failure)) return null;
        if (policy.RetryTimeout != Timeout.InfiniteTimeSpan && _now >= startedAt + policy.RetryTimeout) return null;
        var delay = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, number - 1);
        return TimeSpan.FromMilliseconds(Math.Min(delay, policy.MaxRetryInterval.TotalMilliseconds));
    }

    private sealed class CallFailedException(int id, TaskFailureDetails failure) : Exception(failure.ErrorMessage)
    {
        public int Id { get; } = id;
        public TaskFailureDetails Failure { get; } = failure;
    }
}
