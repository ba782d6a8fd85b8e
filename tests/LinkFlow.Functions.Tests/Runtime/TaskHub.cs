using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>
/// What the scheduler keeps and does: instances with their histories, what is to be delivered, activities to be run, timers.
/// It does nothing by itself: a pump takes what is <see cref="Ready"/> and has it performed, one at a time by a seed or all at once.
/// </summary>
internal sealed class TaskHub(IFunctionCode code, TimeProvider clock, RuntimeFaults faults, Random random)
{
    /// <summary>What the host reads of a history at once.</summary>
    public const long MaxHistoryBytes = 4 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly List<Instance> _instances = [];
    private readonly Dictionary<string, Instance> _byId = new(StringComparer.Ordinal);
    private readonly List<ActivityTask> _activities = [];
    private readonly List<DueTimer> _timers = [];
    private readonly List<string> _violations = [];

    /// <summary>Something may be ready, or has ended.</summary>
    public event Action? Changed;

    public Payloads Payloads { get; init; } = new();

    /// <summary>The app, of the process that lives now.</summary>
    public IFunctionCode Code { get; set; } = code;
    public TimeProvider Clock => clock;

    /// <summary>Given to instances that start without a version; host.json's defaultVersion.</summary>
    public string DefaultVersion { get; init; } = "1.0";

    /// <summary>What the app did that the real runtime does not forgive. A test that passes leaves none.</summary>
    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_lock) return [.. _violations];
        }
    }

    public IReadOnlyList<Instance> Instances
    {
        get
        {
            lock (_lock) return [.. _instances];
        }
    }

    public Instance? Find(string id)
    {
        lock (_lock) return _byId.GetValueOrDefault(id);
    }

    /// <exception cref="OrchestrationAlreadyExistsException">The id is unfinished, or at a status that the caller excludes.</exception>
    public string Start(string name, string? input, StartOrchestrationOptions? options, ParentOrchestrationInstance? parent = null, int parentCall = -1)
    {
        var id = options?.InstanceId ?? Guid.NewGuid().ToString("N");
        RequireValidId(id);
        lock (_lock)
        {
            if (_byId.TryGetValue(id, out var old))
            {
                RefuseReplacing(old, options);
                Forget(old);
            }

            var now = clock.GetUtcNow();
            var instance = new Instance(id, name) { Input = input, CreatedAt = now, UpdatedAt = now, Generation = old is null ? 0 : old.Generation + 1 };
            var version = options?.Version is { } given ? given.Version : DefaultVersion;
            var message = new ExecutionStarted(name, input, version, parent, parentCall);
            if (options?.StartAt is { } at && at > now) _timers.Add(new DueTimer(instance, instance.Generation, at, message));
            else instance.Inbox.Add(message);
            _byId[id] = instance;
            _instances.Add(instance);
        }

        Changed?.Invoke();
        return id;
    }

    /// <summary>Brings an event on its way; to a missing or finished instance it is dropped.</summary>
    public void Raise(string id, EventRaised raised)
    {
        lock (_lock)
        {
            if (Happens(faults.EventsLost)) return;
            Deliver(id, raised);
            if (Happens(faults.RepeatedEvents)) Deliver(id, raised);
        }

        Changed?.Invoke();
    }

    public void Terminate(string id, string? output, bool recursive) => Change(id, new ExecutionTerminated(output), recursive);

    public void Suspend(string id) => Change(id, new ExecutionSuspended(), recursive: false);

    public void Resume(string id) => Change(id, new ExecutionResumed(), recursive: false);

    /// <returns>How many were there and finished.</returns>
    public int Purge(Func<Instance, bool> which)
    {
        lock (_lock)
        {
            var purged = _instances.FindAll(i => i.HasEnded && which(i));
            purged.ForEach(Forget);
            return purged.Count;
        }
    }

    public DateTimeOffset? NextTimer
    {
        get
        {
            lock (_lock) return _timers.Count == 0 ? null : _timers.Min(t => t.At);
        }
    }

    /// <summary>What can be performed now, in an order that depends on nothing but what happened.</summary>
    public IReadOnlyList<Func<Task>> Ready()
    {
        lock (_lock)
        {
            FireTimers();
            List<Func<Task>> ready = [];
            foreach (var instance in _instances)
            {
                if (!instance.IsInEpisode && instance.Inbox.Count > 0) ready.Add(() => PlayAsync(instance));
            }

            foreach (var task in _activities)
            {
                if (!task.IsRunning) ready.Add(() => RunAsync(task));
            }

            return ready;
        }
    }

    private static void RequireValidId(string id)
    {
        if (id.Length is 0 or > 100 || id[0] == '@' || id.Any(c => c is < ' ' or > '~' or '/' or '\\' or '#' or '?'))
            throw new ArgumentException($"'{id}' is not an instance id: 1 to 100 printable ASCII characters, none of / \\ # ?, no leading @.");
    }

    private static void RefuseReplacing(Instance old, StartOrchestrationOptions? options)
    {
        if (!old.HasEnded || options?.DedupeStatuses?.Contains(old.Status.ToString(), StringComparer.OrdinalIgnoreCase) == true)
            throw new OrchestrationAlreadyExistsException($"An orchestration with the id '{old.Id}' exists and is {old.Status}.");
    }

    private void Report(Instance instance, string violation)
    {
        lock (_lock) _violations.Add($"{instance.Id}: {violation}");
    }

    private bool Happens(double probability) => probability > 0 && random.NextDouble() < probability;

    private void Forget(Instance instance)
    {
        _instances.Remove(instance);
        _byId.Remove(instance.Id);
        _activities.RemoveAll(a => a.Instance == instance && !a.IsRunning);
        _timers.RemoveAll(t => t.Instance == instance);
    }

    private void Deliver(string id, HistoryEvent message)
    {
        if (_byId.TryGetValue(id, out var instance) && !instance.HasEnded) instance.Inbox.Add(message);
    }

    private void Change(string id, HistoryEvent message, bool recursive)
    {
        lock (_lock)
        {
            Deliver(id, message);
            foreach (var child in recursive ? _instances.Where(i => IsChildOf(i, id)) : []) Deliver(child.Id, message);
        }

        Changed?.Invoke();
    }

    private static bool IsChildOf(Instance instance, string id) => instance.History.OfType<ExecutionStarted>().Any(s => s.Parent?.InstanceId == id);

    private void FireTimers()
    {
        var now = clock.GetUtcNow();
        foreach (var timer in _timers.Where(t => t.At <= now).OrderBy(t => t.At).ToList())
        {
            _timers.Remove(timer);
            if (IsCurrent(timer.Instance, timer.Generation)) timer.Instance.Inbox.Add(timer.Message);
        }
    }

    private bool IsCurrent(Instance instance, int generation)
        => _byId.GetValueOrDefault(instance.Id) == instance && instance.Generation == generation && !instance.HasEnded;

    private Task PlayAsync(Instance instance)
    {
        List<HistoryEvent> news;
        lock (_lock)
        {
            if (instance.IsInEpisode || instance.Inbox.Count == 0) return Task.CompletedTask;
            instance.IsInEpisode = true;
            news = TakeNews(instance);
            news.Insert(0, new EpisodeStarted(clock.GetUtcNow().UtcDateTime));
        }

        var episode = Episode.Run(instance, Code, Payloads, news, () => Report(instance, new OffThreadException().Message));
        lock (_lock)
        {
            instance.IsInEpisode = false;
            if (Happens(faults.LostEpisodes)) instance.Inbox.InsertRange(0, news.Skip(1));
            else Store(instance, news, episode);
        }

        Changed?.Invoke();
        return Task.CompletedTask;
    }

    /// <summary>The start comes before all else; the rest in any order and number.</summary>
    private List<HistoryEvent> TakeNews(Instance instance)
    {
        var news = instance.Inbox.OfType<ExecutionStarted>().ToList<HistoryEvent>();
        var rest = instance.Inbox.Where(m => m is not ExecutionStarted).ToList();
        instance.Inbox.Clear();
        if (Happens(faults.PartialDelivery))
        {
            var shuffled = rest.ToArray();
            random.Shuffle(shuffled);
            var count = random.Next(news.Count > 0 ? 0 : 1, rest.Count + 1);
            rest = [.. shuffled[..count]];
            instance.Inbox.AddRange(shuffled[count..]);
        }

        news.AddRange(rest);
        return news;
    }

    private void Store(Instance instance, List<HistoryEvent> news, Episode episode)
    {
        if (_byId.GetValueOrDefault(instance.Id) != instance) return;
        instance.History.AddRange(news);
        instance.Episodes++;
        instance.UpdatedAt = clock.GetUtcNow();
        instance.CustomStatus = episode.CustomStatus ?? instance.CustomStatus;
        if (episode.Violation is { } violation) _violations.Add($"{instance.Id}: {violation}");
        if (instance.HistoryBytes > MaxHistoryBytes) _violations.Add($"{instance.Id}: the history has {instance.HistoryBytes:N0} bytes; the host reads {MaxHistoryBytes:N0}.");
        instance.Status = episode.IsSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running;
        foreach (var call in episode.Calls) HandOut(instance, call);
        if (episode.Next is { } next) ContinueAsNew(instance, next.Input, next.Version, episode.CarriedOver);
        else if (episode.Ending is { } ending) End(instance, ending);
    }

    private void HandOut(Instance instance, Call call)
    {
        instance.History.Add(call);
        switch (call)
        {
            case ActivityScheduled activity:
                instance.Activities++;
                _activities.Add(new ActivityTask(instance, instance.Generation, activity.Id, activity.Name, activity.Input));
                break;
            case TimerCreated timer:
                _timers.Add(new DueTimer(instance, instance.Generation, timer.FireAt, new CallCompleted(timer.Id, null)));
                break;
            case EventSent sent:
                Deliver(sent.InstanceId, new EventRaised(sent.Name, sent.Input));
                break;
            case ChildScheduled child:
                StartChild(instance, child);
                break;
        }
    }

    private void StartChild(Instance parent, ChildScheduled child)
    {
        try
        {
            Start(child.Name, child.Input, new StartOrchestrationOptions(child.InstanceId), new ParentOrchestrationInstance(parent.Name, parent.Id), child.Id);
        }
        catch (OrchestrationAlreadyExistsException e)
        {
            parent.Inbox.Add(new CallFailed(child.Id, TaskFailureDetails.FromException(e)));
        }
    }

    private void ContinueAsNew(Instance instance, string? input, string? version, IReadOnlyList<EventRaised> carriedOver)
    {
        var start = instance.History.OfType<ExecutionStarted>().Single();
        instance.BytesOfEarlierGenerations += instance.HistoryBytes;
        instance.History.Clear();
        instance.Generation++;
        instance.Input = input;
        instance.Inbox.RemoveAll(m => m is CallCompleted or CallFailed);
        instance.Inbox.InsertRange(0, carriedOver);
        if (Happens(faults.EventsLostAtContinueAsNew)) instance.Inbox.RemoveAll(m => m is EventRaised);
        instance.Inbox.Insert(0, start with { Input = input, Version = version ?? start.Version });
    }

    private void End(Instance instance, Ending ending)
    {
        instance.Status = ending.Status;
        instance.Output = ending.Output;
        instance.Failure = ending.Failure;
        instance.Inbox.Clear();
        _timers.RemoveAll(t => t.Instance == instance);
        var start = instance.History.OfType<ExecutionStarted>().Single();
        if (start.Parent is not { } parent) return;
        Deliver(parent.InstanceId, ending.Status == OrchestrationRuntimeStatus.Completed
            ? new CallCompleted(start.ParentCall, ending.Output)
            : new CallFailed(start.ParentCall, ending.Failure ?? new TaskFailureDetails("Terminated", "The orchestration was terminated.", null, null, null)));
    }

    private async Task RunAsync(ActivityTask task)
    {
        lock (_lock)
        {
            if (task.IsRunning) return;
            task.IsRunning = true;
        }

        var outcome = await OutcomeAsync(task);
        lock (_lock)
        {
            task.IsRunning = false;
            if (outcome is not null && !Happens(faults.RepeatedActivities))
            {
                _activities.Remove(task);
                if (IsCurrent(task.Instance, task.Generation))
                {
                    task.Instance.Inbox.Add(outcome);
                    if (Happens(faults.RepeatedResults)) task.Instance.Inbox.Add(outcome);
                }
            }
        }

        Changed?.Invoke();
    }

    /// <returns>Null: the process was killed, and the activity comes again.</returns>
    private async Task<HistoryEvent?> OutcomeAsync(ActivityTask task)
    {
        try
        {
            var output = await Code.RunActivityAsync(task.Name, task.Input, task.Instance.Id);
            return output?.Length > Payloads.MaxBytes
                ? throw new PayloadRefusedException($"The output of activity '{task.Name}' has {output.Length:N0} bytes; {Payloads.MaxBytes:N0} are allowed.")
                : new CallCompleted(task.CallId, output);
        }
        catch (ProcessKilledException)
        {
            return null;
        }
        catch (Exception e)
        {
            if (e is PayloadRefusedException) Report(task.Instance, e.Message);
            return new CallFailed(task.CallId, TaskFailureDetails.FromException(e));
        }
    }
}
