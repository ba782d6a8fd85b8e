using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>How an orchestration ended in an episode, or went on as new.</summary>
internal sealed record Ending(OrchestrationRuntimeStatus Status, string? Output, TaskFailureDetails? Failure);

/// <summary>One turn of an orchestrator: it runs from its start through the whole history, and then through what is new.</summary>
internal sealed class Episode
{
    private readonly ReplayingContext _context;
    private readonly IFunctionCode _code;
    private readonly Payloads _payloads;
    private readonly Queue<HistoryEvent> _whileSuspended = [];
    private Task<object?>? _run;

    private Episode(Instance instance, IFunctionCode code, Payloads payloads, ExecutionStarted start)
    {
        _code = code;
        _payloads = payloads;
        _context = new ReplayingContext(instance, start, payloads);
    }

    public IReadOnlyCollection<Call> Calls => _context.NewCalls;
    public string? CustomStatus => _context.CustomStatus;
    public IReadOnlyList<EventRaised> CarriedOver => _context.CarriedOver;
    public (string? Input, string? Version)? Next => Ending is { Status: OrchestrationRuntimeStatus.Completed } ? _context.Next : null;
    public Ending? Ending { get; private set; }
    public bool IsSuspended { get; private set; }

    /// <summary>What the orchestrator did that it must not do; null when it did nothing of the kind.</summary>
    public string? Violation { get; private set; }

    public static Episode Run(Instance instance, IFunctionCode code, Payloads payloads, IReadOnlyList<HistoryEvent> news, Action onStray)
    {
        var start = instance.History.Concat(news).OfType<ExecutionStarted>().Single();
        var episode = new Episode(instance, code, payloads, start);
        OrchestratorThread.Run(() => episode.Play(instance.History, news), onStray);
        return episode;
    }

    private void Play(IReadOnlyList<HistoryEvent> past, IReadOnlyList<HistoryEvent> news)
    {
        try
        {
            foreach (var @event in past) Process(@event, isReplaying: true);
            if (!IsSuspended) _context.RequireAllConfirmed();
            foreach (var @event in news) Process(@event, isReplaying: false);
        }
        catch (NonDeterminismException e)
        {
            Violation = e.Message;
            Ending = new(OrchestrationRuntimeStatus.Failed, e.Message, TaskFailureDetails.FromException(e));
            return;
        }

        if (Ending is not null || _context.HasOpenTasks) return;
        if (_run is { IsCompleted: true }) End(_run);
        else if (!_context.HasWaiters && !IsSuspended) Violation = "The orchestrator waits, but for nothing that the runtime knows of.";
    }

    private void End(Task<object?> run)
    {
        if (run.Exception?.InnerException is { } failure)
        {
            if (failure is PayloadRefusedException or OffThreadException) Violation = failure.ToString();
            Ending = new(OrchestrationRuntimeStatus.Failed, failure.Message, TaskFailureDetails.FromException(failure));
            return;
        }

        Ending = new(OrchestrationRuntimeStatus.Completed, _payloads.Write(run.Result, "The orchestration's output"), null);
    }

    private void Process(HistoryEvent @event, bool isReplaying)
    {
        if (@event is EpisodeStarted started)
        {
            _context.Move(started.At, isReplaying);
            return;
        }

        if (IsSuspended && @event is not (ExecutionResumed or ExecutionTerminated))
        {
            if (@event is not ExecutionSuspended) _whileSuspended.Enqueue(@event);
            return;
        }

        switch (@event)
        {
            case ExecutionStarted begin: _run = _code.RunOrchestratorAsync(begin.Name, _context); break;
            case Call call: _context.Confirm(call); break;
            case CallCompleted done: _context.Complete(done.CallId, done.Result); break;
            case CallFailed failed: _context.Fail(failed.CallId, failed.Failure); break;
            case EventRaised raised: _context.Raise(raised); break;
            case ExecutionTerminated terminated: Ending = new(OrchestrationRuntimeStatus.Terminated, terminated.Output, null); break;
            case ExecutionSuspended:
                IsSuspended = true;
                _context.HoldBack();
                break;
            case ExecutionResumed:
                IsSuspended = false;
                _context.Release();
                while (_whileSuspended.TryDequeue(out var held)) Process(held, isReplaying);
                break;
        }
    }
}
