using System.Collections.Concurrent;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Express;
using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Orchestration;
using LinkFlow.Functions.Orchestration.Activities;
using LinkFlow.Functions.Records;
using LinkFlow.Functions.Tests.Records;
using LinkFlow.Functions.Tests.Runtime;
using LinkFlow.Local.Sqlite;
using LinkFlow.Nodes;
using LinkFlow.Platform;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging.Abstractions;
using ContractClock = LinkFlow.Scenarios.Contract.MovedClock;

namespace LinkFlow.Functions.Tests.Orchestration;

/// <summary>
/// The Durable shell as it is, over a real store in a temporary folder and the replaying runtime of the tests; external
/// calls are answered by the test. Driven by a seed, or, live, by the clock of the machine.
/// </summary>
internal sealed class DurableWorld : IFunctionCode, IAsyncDisposable
{
    public const string Tenant = "default";

    private readonly DataFolder _folder;
    private readonly OrchestrationPlans _plans;
    private RecordsParts _parts;

    private DurableWorld(DataFolder folder, RuntimeFaults faults, int seed, bool isLive)
    {
        _folder = folder;
        if (isLive) Clock = TimeProvider.System;
        else
        {
            Moved = new ContractClock();
            Moved.Advance(TimeSpan.FromDays(20_000));
            Clock = Moved;
        }

        Sqlite = SqliteStore.Open(folder, new StoreOptions(), Clock, NullLogger.Instance);
        Store = new StoreDouble(Sqlite.Documents);
        Registry = new NodeRegistry([.. BuiltInNodes.All().All, new ScriptedCall(Calls, (call, stop) => Answer(call, stop)), new KillingNode(this)]);
        var random = new Random(seed);
        Hub = new TaskHub(this, Clock, faults, random);
        Simulation = Moved is null ? null! : new Simulation(Hub, Moved, random);
        Client = new RuntimeClient(Hub);
        Host = new LinkFlow.Local.Journal.Actors.ExecutionHost
        { Clock = Clock, Workflows = new PlannedWorkflows(Workflows, Registry), Blobs = Sqlite.Blobs, Services = new NoServices(), Options = new LinkFlow.Local.Journal.JournalOptions(), Watch = new ExecutionWatch(), Log = NullLogger.Instance };
        _plans = new OrchestrationPlans(Registry);
        _parts = new RecordsParts(this);
    }

    public static async Task<DurableWorld> BeginAsync(RuntimeFaults? faults = null, int seed = 1, bool isLive = false) =>
        new(await DataFolder.OpenAsync(Directory.CreateTempSubdirectory("linkflow-durable-").FullName, TimeSpan.Zero), faults ?? RuntimeFaults.None, seed, isLive);

    public TimeProvider Clock { get; }
    public ContractClock? Moved { get; }
    public SqliteStore Sqlite { get; }
    public StoreDouble Store { get; }
    public NodeRegistry Registry { get; }
    public SavedWorkflows Workflows { get; } = new();
    public TaskHub Hub { get; }
    public Simulation Simulation { get; }
    public RuntimeClient Client { get; }
    public LinkFlow.Local.Journal.Actors.ExecutionHost Host { get; private set; }
    public DurableRuntime Runtime => _parts.Runtime;
    public ExecutionRecords Records => _parts.Records;

    /// <summary>Every call of a <c>call</c> node, in order.</summary>
    public ConcurrentQueue<ScriptedCallMade> Calls { get; } = new();

    /// <summary>Answers calls; the default hands the item back.</summary>
    public Func<ScriptedCallMade, CancellationToken, Task<Value>> Answer { get; set; } = (call, _) => Task.FromResult(Value.From(call.Item));

    /// <summary>How often a <c>kill</c> node still kills its process.</summary>
    public int Kills { get; set; }

    public void Save(string workflowId, string nodes, string edges, Func<WorkflowSettings, WorkflowSettings>? settings = null) => Workflows.Save(workflowId, nodes, edges, settings);

    public async Task<string> StartAsync(string workflowId, string input = "{}", string? id = null)
    {
        var start = new StartExecution
        {
            Tenant = Tenant, ExecutionId = id ?? Ids.Next(), WorkflowId = workflowId, WorkflowVersion = Workflows.VersionOf(workflowId), StartNode = "start", Mode = "api",
            Input = JsonText.Parse(input).AsArray is { } items ? [.. items.Select(Item.Of)] : [Item.Of(JsonText.Parse(input))],
            AnswerWhen = AnswerWhen.Accepted,
        };
        using var lent = new CurrentDurableClient().Use(Client);
        await Runtime.StartAsync(start);
        return start.ExecutionId;
    }

    /// <summary>Starts it and lets everything happen that happens by itself.</summary>
    public async Task<Execution> RunAsync(string workflowId, string input = "{}")
    {
        var id = await StartAsync(workflowId, input);
        await SettleAsync();
        return await FindAsync(id);
    }

    /// <summary>Until nothing moves any more; what was lost on the way is found by the sweep, as on Azure.</summary>
    public async Task SettleAsync()
    {
        for (var round = 0; round < 20; round++)
        {
            var steps = Simulation.Steps;
            await Simulation.RunAsync();
            Moved!.Advance(TimeSpan.FromMinutes(10));
            await SweepAsync();
            if (Simulation.Steps == steps && Hub.Ready().Count == 0) return;
        }
    }

    /// <summary>As the operator does who brings the app up in another region.</summary>
    public async Task<int> RestartAllAsync()
    {
        using var lent = new CurrentDurableClient().Use(Client);
        return await _parts.Sweep.RestartAllAsync(Tenant);
    }

    /// <summary>As the timer does; its process may be killed too.</summary>
    private async Task SweepAsync()
    {
        using var lent = new CurrentDurableClient().Use(Client);
        try
        {
            await _parts.Sweep.RunAsync(Tenant);
        }
        catch (Exception) when (Store.HasDied)
        {
            Store.Revive();
            Restart();
            await _parts.Sweep.RunAsync(Tenant);
        }
    }

    public async Task<CommandOutcome> SendAsync(string id, ExecutionCommand command)
    {
        using var lent = new CurrentDurableClient().Use(Client);
        return await Runtime.SendAsync(Tenant, id, command);
    }

    public async Task<Execution> FindAsync(string id) => (await Records.FindAsync(Tenant, id))?.Execution ?? throw new InvalidOperationException($"There is no execution {id}.");

    /// <summary>Waits for its end, in a world that is live.</summary>
    public async Task<Execution> UntilEndedAsync(string id)
    {
        for (var end = Environment.TickCount64 + 30_000; ; await Task.Delay(20))
        {
            if (await FindAsync(id) is { IsFinished: true } execution) return execution;
            if (Environment.TickCount64 > end) throw new TimeoutException($"It stands at {(await FindAsync(id)).Show()}");
        }
    }

    public async Task<IReadOnlyList<ExecutionEvent>> EventsAsync(string id) => await _parts.History.ReadAsync(Tenant, id, 0, 1_000_000);
    public async Task<string> OutputAsync(Execution execution) =>
        JsonText.Write(new ArrayValue((await _parts.History.LoadAsync(Tenant, execution.Id, execution.Output)).Select(i => Value.From(i.Json))));

    public int ActivitiesOf(string id) => Hub.Find(id)!.Activities;

    /// <summary>As a process that dies and starts again: what it had in memory is gone.</summary>
    public void Restart()
    {
        Restarts++;
        Host = Host with { Workflows = new PlannedWorkflows(Workflows, Registry) };
        _parts = new RecordsParts(this);
    }

    public int Restarts { get; private set; }

    public Task<object?> RunOrchestratorAsync(string name, TaskOrchestrationContext context) => name == Orchestrations.Name
        ? Box(new ExecutionOrchestrator(_plans).RunAsync(context))
        : throw new InvalidOperationException($"There is no orchestrator '{name}'.");

    /// <summary>Answers activities in the place of those that there are; null: nobody does.</summary>
    public Func<string, string?, string?>? Instead { get; set; }

    /// <summary>Told of each activity, its input and its result.</summary>
    public Action<string, string?, string?>? Recorded { get; set; }

    public async Task<string?> RunActivityAsync(string name, string? input, string instanceId)
    {
        if (Instead is { } instead) return instead(name, input);
        var result = await CallAsync(name, input);
        Recorded?.Invoke(name, input, result);
        return result;
    }

    private async Task<string?> CallAsync(string name, string? input)
    {
        var activities = _parts.Activities;
        try
        {
            object result = name switch
            {
                Orchestrations.RunBatch => await activities.RunBatchAsync(Read<BatchInput>(input), Client, default),
                Orchestrations.Append => await activities.AppendAsync(Read<AppendInput>(input), Client, default),
                Orchestrations.ReadInbox => await activities.ReadInboxAsync(Read<InboxInput>(input), default),
                Orchestrations.StartChildren => await activities.StartChildrenAsync(Read<ChildrenInput>(input), Client, default),
                Orchestrations.TellChildren => await activities.TellChildrenAsync(Read<TellInput>(input), Client, default),
                Orchestrations.StopAttempts => await activities.StopAttemptsAsync(Read<StopInput>(input), default),
                Orchestrations.Load => await activities.LoadAsync(Read<LoadInput>(input), default),
                Orchestrations.Park => await activities.ParkAsync(Read<ParkInput>(input), Client, default),
                _ => throw new InvalidOperationException($"There is no activity '{name}'."),
            };
            if (!Store.HasDied) return Hub.Payloads.Write(result, $"The result of '{name}'");
        }
        catch (Exception) when (Store.HasDied)
        {
            // Whatever the activity made of it: its process is gone.
        }

        Store.Revive();
        Restart();
        throw new ProcessKilledException(name);
    }

    public ValueTask DisposeAsync()
    {
        Sqlite.Dispose();
        _folder.Dispose();
        Directory.Delete(_folder.Path, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task<object?> Box(Task<string?> run) => await run;
    private T Read<T>(string? input) => Hub.Payloads.Read<T>(input);

    /// <summary>What one process of the app consists of.</summary>
    private sealed class RecordsParts
    {
        public RecordsParts(DurableWorld world)
        {
            Records = new ExecutionRecords(world.Store, world.Sqlite.Blobs, world.Clock, new ExecutionWatch());
            var instances = new ExecutionInstances(new CurrentDurableClient(), new InstanceInputs(world.Host, Records).MakeAsync, NullLogger<ExecutionInstances>.Instance);
            var turns = new WorkflowTurns(Records);
            var relay = new StartRelay(Records, turns, instances, world.Clock, NullLogger<StartRelay>.Instance);
            var news = new News(Records, relay, turns, instances, NullLogger<News>.Instance);
            var commits = new ExecutionCommits(Records, world.Host, news, NullLogger<ExecutionCommits>.Instance);
            var deletion = new RecordDeletion(Records);
            History = new DurableHistory(Records, deletion, world.Clock);
            var express = new ExpressExecutions(world.Host, Records, commits, relay, turns, news, new DurableLimits());
            Runtime = new DurableRuntime(Records, relay, instances, new Answers(Records, History, world.Clock), express, world.Host, new DurableLimits());
            Sweep = new RecordSweep(Records, relay, turns, instances, news, deletion, world.Clock, NullLogger<RecordSweep>.Instance);
            var loader = new ExecutionLoader(world.Host, Records, NullLogger<ExecutionLoader>.Instance);
            var upkeep = new HistoryUpkeep(Records, commits, loader, world.Sqlite.Blobs);
            Activities = new ExecutionActivities(
                new BatchRunner(world.Host, Records, commits, loader, NullLogger<BatchRunner>.Instance), upkeep, new ChildActivities(Runtime, upkeep),
                Records, commits, world.Sqlite.Blobs, new CurrentDurableClient());
        }

        public ExecutionRecords Records { get; }
        public DurableHistory History { get; }
        public DurableRuntime Runtime { get; }
        public RecordSweep Sweep { get; }
        public ExecutionActivities Activities { get; }
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
