using System.Collections.Concurrent;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Express;
using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Records;
using LinkFlow.Local.Journal;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Sqlite;
using LinkFlow.Nodes;
using LinkFlow.Platform;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Functions.Tests.Records;

/// <summary>Records over a real store in a temporary folder, with a runtime that only notes what it is told; <see cref="LineDriver"/> runs executions.</summary>
internal sealed class RecordsWorld : IAsyncDisposable
{
    public const string Tenant = "default";

    private readonly DataFolder _folder;
    private readonly RecordsHost _one;

    private RecordsWorld(DataFolder folder, bool movesClock)
    {
        _folder = folder;
        Registry = new NodeRegistry([.. BuiltInNodes.All().All, new CallNode(this)]);
        if (movesClock) Clock = Moved = new MovedClock();
        Sqlite = SqliteStore.Open(folder, new StoreOptions(), Clock, NullLogger.Instance);
        Store = new StoreDouble(Sqlite.Documents);
        Host = new ExecutionHost
        {
            Clock = Clock, Workflows = new PlannedWorkflows(Workflows, Registry), Blobs = Sqlite.Blobs, Services = new NoServices(),
            Options = new JournalOptions { FirstRetryDelay = TimeSpan.FromMilliseconds(1) }, Watch = new ExecutionWatch(), Log = NullLogger.Instance,
        };
        _one = new RecordsHost(this);
    }

    public static async Task<RecordsWorld> BeginAsync(bool movesClock = false) =>
        new(await DataFolder.OpenAsync(Directory.CreateTempSubdirectory("linkflow-records-").FullName, TimeSpan.Zero), movesClock);

    public TimeProvider Clock { get; } = TimeProvider.System;
    public MovedClock Moved { get; } = null!;
    public SqliteStore Sqlite { get; }
    public StoreDouble Store { get; }
    public ScheduledClient Client { get; } = new();
    public SavedWorkflows Workflows { get; } = new();
    public NodeRegistry Registry { get; }

    /// <summary>Every call of a <c>call</c> node: its execution, node, run and idempotency key.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Set: <c>call</c> nodes fail.</summary>
    public bool CallsFail { get; set; }
    public ExecutionHost Host { get; }

    /// <summary>One instance of the app, within a function that has the client: for the caller from here on.</summary>
    public RecordsHost One => Within(_one);

    /// <summary>Another one, over the same store: it knows nothing that the first has in memory.</summary>
    public RecordsHost Another() => Within(new RecordsHost(this));

    public void Save(string workflowId, string nodes, string edges, Func<WorkflowSettings, WorkflowSettings>? settings = null) =>
        Workflows.Save(workflowId, nodes, edges, settings);

    public StartExecution Start(string workflowId, AnswerWhen when = AnswerWhen.Accepted, string input = "{}", string? id = null) => new()
    {
        Tenant = Tenant,
        ExecutionId = id ?? Ids.Next(),
        WorkflowId = workflowId,
        WorkflowVersion = Workflows.VersionOf(workflowId),
        StartNode = "start",
        Mode = "api",
        Input = [Item.Of(JsonText.Parse(input))],
        AnswerWhen = when,
        AnswerWithin = TimeSpan.FromSeconds(20),
    };

    /// <summary>Starts one and runs it, and all that it brings about, until nothing moves any more.</summary>
    public async Task<string> RunAsync(string workflowId, string input = "{}")
    {
        var start = Start(workflowId, input: input);
        await One.Runtime.StartAsync(start);
        await DriveAsync();
        return start.ExecutionId;
    }

    /// <summary>Runs what is scheduled or was rung, until nothing is.</summary>
    public async Task DriveAsync()
    {
        while (Client.Scheduled.TryDequeue(out var id) || Client.Rung.TryDequeue(out id)) await LineDriver.RunAsync(One, id);
    }

    public async Task<ExecutionRecord> FindAsync(string id) => await One.Records.FindAsync(Tenant, id) ?? throw new InvalidOperationException($"There is no execution {id}.");
    public async Task<string> StatusAsync(string id) => (await FindAsync(id)).Execution.Status.Word();

    public async Task<string> OutputAsync(string id) =>
        JsonText.Write(new ArrayValue((await One.History.LoadAsync(Tenant, id, (await FindAsync(id)).Execution.Output)).Select(i => Value.From(i.Json))));

    public async Task<int> CountAsync(DocumentType type)
    {
        var count = 0;
        await foreach (var _ in ((IDocumentStore)Sqlite.Documents).ReadAllAsync(new DocumentQuery(Tenant, type))) count++;
        return count;
    }

    public ValueTask DisposeAsync()
    {
        Sqlite.Dispose();
        _folder.Dispose();
        Directory.Delete(_folder.Path, recursive: true);
        return ValueTask.CompletedTask;
    }

    private RecordsHost Within(RecordsHost host)
    {
        new CurrentDurableClient().Use(Client);
        return host;
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}

/// <summary>What one instance of the app consists of, as far as records go.</summary>
internal sealed class RecordsHost
{
    public RecordsHost(RecordsWorld world)
    {
        World = world;
        Records = new ExecutionRecords(world.Store, world.Sqlite.Blobs, world.Clock, new ExecutionWatch());
        var instances = new ExecutionInstances(new CurrentDurableClient(), (record, _, _) => new(record.Id), NullLogger<ExecutionInstances>.Instance);
        Turns = new LinkFlow.Functions.Records.WorkflowTurns(Records);
        Relay = new StartRelay(Records, Turns, instances, world.Clock, NullLogger<StartRelay>.Instance);
        News = new News(Records, Relay, Turns, instances, NullLogger<News>.Instance);
        Commits = new ExecutionCommits(Records, world.Host, News, NullLogger<ExecutionCommits>.Instance);
        Deletion = new RecordDeletion(Records);
        History = new DurableHistory(Records, Deletion, world.Clock);
        var limits = new DurableLimits();
        Express = new ExpressExecutions(world.Host, Records, Commits, Relay, Turns, News, limits);
        Runtime = new DurableRuntime(Records, Relay, instances, new Answers(Records, History, world.Clock), Express, world.Host, limits);
        Sweep = new RecordSweep(Records, Relay, Turns, instances, News, Deletion, world.Clock, NullLogger<RecordSweep>.Instance);
        Retention = new RecordRetention(Records, Deletion, new DurableLimits(), world.Clock, NullLogger<RecordRetention>.Instance);
    }

    public RecordsWorld World { get; }
    public ExecutionRecords Records { get; }
    public LinkFlow.Functions.Records.WorkflowTurns Turns { get; }
    public StartRelay Relay { get; }
    public News News { get; }
    public ExecutionCommits Commits { get; }
    public RecordDeletion Deletion { get; }
    public DurableHistory History { get; }
    public ExpressExecutions Express { get; }
    public DurableRuntime Runtime { get; }
    public RecordSweep Sweep { get; }
    public RecordRetention Retention { get; }
}

/// <summary>Goes on as time does, and a little further when it is told to.</summary>
internal sealed class MovedClock : TimeProvider
{
    private TimeSpan _ahead;

    public void Move(TimeSpan time) => _ahead += time;
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
}

/// <summary>An external node: notes that it was called, and hands its items back.</summary>
internal sealed class CallNode(RecordsWorld world) : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "call", Name = "call", Group = "test", Description = "Calls the test.", Effect = Effect.External, ParametersSchema = new() { { "type", "object" } },
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken)
    {
        var result = new NodeResult();
        foreach (var i in context.Pending)
        {
            world.Calls.Enqueue($"{context.ExecutionId} {context.Node.Id} {context.IdempotencyKey(i, 0)}");
            if (world.CallsFail) result.Fail(i, new NodeError("BROKEN", "It is broken."));
            else result.Emit(Connection.Main, context.Items[i], i);
        }

        return new(result);
    }
}

/// <summary>Workflows from short texts.</summary>
internal sealed class SavedWorkflows : IWorkflowSource
{
    private readonly ConcurrentDictionary<(string Id, int Version), WorkflowVersion> _versions = new();
    private readonly ConcurrentDictionary<string, int> _newest = new();

    /// <param name="nodes">A JSON object: node id → {type, …fields of a node}.</param>
    /// <param name="edges"><c>a > b; c.true > d.main</c>.</param>
    public void Save(string workflowId, string nodes, string edges, Func<WorkflowSettings, WorkflowSettings>? settings)
    {
        var body = new ArrayValue();
        foreach (var (id, node) in JsonText.Parse(nodes).AsObject!) body.Add(node.AsObject!.Copy().Set("id", id));
        var connections = new ArrayValue();
        foreach (var chain in edges.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = chain.Split('>', StringSplitOptions.TrimEntries);
            for (var i = 1; i < ends.Length; i++)
            {
                var (source, target) = (ends[i - 1].Split('.'), ends[i].Split('.'));
                connections.Add(new ObjectValue
                {
                    { "source", source[0] }, { "sourceOutput", source.ElementAtOrDefault(1) ?? "main" },
                    { "target", target[0] }, { "targetInput", target.ElementAtOrDefault(1) ?? "main" },
                });
            }
        }

        var errors = new List<FieldError>();
        var definition = WorkflowDefinitionJson.Read(new ObjectValue { { "nodes", body }, { "connections", connections } }, errors);
        Assert.Empty(errors);
        if (settings is not null) definition = definition with { Settings = settings(definition.Settings) };
        var version = _newest.AddOrUpdate(workflowId, 1, (_, last) => last + 1);
        _versions[(workflowId, version)] = new WorkflowVersion(workflowId, $"Workflow {workflowId}", version, definition);
    }

    public void Forget(string workflowId) => _versions.TryRemove((workflowId, _newest[workflowId]), out _);
    public int VersionOf(string workflowId) => _newest[workflowId];

    public ValueTask<WorkflowVersion?> FindAsync(string tenant, string workflowId, int version, CancellationToken cancellationToken = default) =>
        new(_versions.GetValueOrDefault((workflowId, version)));

    public ValueTask<WorkflowVersion?> FindActiveAsync(string tenant, string workflowId, CancellationToken cancellationToken = default) =>
        new(_newest.TryGetValue(workflowId, out var version) ? _versions.GetValueOrDefault((workflowId, version)) : null);
}
