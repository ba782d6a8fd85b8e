using System.Collections.Concurrent;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal;
using LinkFlow.Local.Sqlite;
using LinkFlow.Nodes;
using LinkFlow.Platform;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Local.Tests.Journal;

/// <summary>A runtime over a real store in a temporary folder, workflows in memory, and external calls that the test answers.</summary>
internal sealed class JournalWorld : IAsyncDisposable
{
    public const string Tenant = "default";

    private readonly bool _ownsFolder;
    private readonly Workflows _workflows;
    private readonly DataFolder _folder;
    private int _hangs;

    private JournalWorld(DataFolder folder, Workflows workflows, JournalOptions options, TimeProvider clock, bool ownsFolder)
    {
        _folder = folder;
        _workflows = workflows;
        _ownsFolder = ownsFolder;
        Options = options;
        Clock = clock;
        Store = SqliteStore.Open(folder, new StoreOptions(), clock, NullLogger.Instance);
        Runtime = MakeRuntime();
    }

    public static JournalOptions QuickRetries { get; } = new()
    {
        FirstRetryDelay = TimeSpan.FromMilliseconds(10), MaxRetryDelay = TimeSpan.FromMilliseconds(50), ShutdownTime = TimeSpan.FromSeconds(5),
    };

    public JournalOptions Options { get; private set; }
    public TimeProvider Clock { get; }
    public SqliteStore Store { get; private set; }
    public JournalRuntime Runtime { get; private set; }
    public string FolderPath => _folder.Path;

    /// <summary>Every call of a <c>call</c> node, in order.</summary>
    public ConcurrentQueue<Call> Calls { get; } = new();

    /// <summary>How often a <c>hang</c> node began.</summary>
    public int Hangs => Volatile.Read(ref _hangs);

    /// <summary>Answers calls; the default hands the item back.</summary>
    public Func<Call, CancellationToken, Task<Value>> Answer { get; set; } = (call, _) => Task.FromResult(Value.From(call.Item));

    public static async Task<JournalWorld> BeginAsync(JournalOptions? options = null, TimeProvider? clock = null, string? path = null, JournalWorld? like = null)
    {
        var folder = await DataFolder.OpenAsync(path ?? Directory.CreateTempSubdirectory("linkflow-journal-").FullName, TimeSpan.Zero);
        var world = new JournalWorld(folder, like?._workflows ?? new Workflows(), options ?? QuickRetries, clock ?? TimeProvider.System, ownsFolder: true);
        await world.Runtime.StartAsync(default);
        return world;
    }

    /// <summary>Saves a workflow and makes it the active version.</summary>
    /// <param name="nodes">A JSON object: node id → {type, …fields of a node}.</param>
    /// <param name="edges"><c>a > b; c.true > d.main</c>.</param>
    public void Save(string workflowId, string nodes, string edges, Func<WorkflowSettings, WorkflowSettings>? settings = null) =>
        _workflows.Save(workflowId, TestWorkflows.Of(nodes, edges, settings));

    public void Deactivate(string workflowId) => _workflows.Deactivate(workflowId);
    public void Forget(string workflowId) => _workflows.Forget(workflowId);

    public Task<StartOutcome> StartAsync(
        string workflowId, AnswerWhen when = AnswerWhen.Accepted, string input = "{}", string? id = null, string start = "start", Func<StartExecution, StartExecution>? change = null)
    {
        var order = new StartExecution
        {
            Tenant = Tenant,
            ExecutionId = id ?? Ids.Next(),
            WorkflowId = workflowId,
            WorkflowVersion = _workflows.VersionOf(workflowId),
            StartNode = start,
            Mode = "api",
            Input = JsonText.Parse(input).AsArray is { } items ? [.. items.Select(Item.Of)] : [Item.Of(JsonText.Parse(input))],
            AnswerWhen = when,
            AnswerWithin = TimeSpan.FromSeconds(30),
        };
        return Runtime.StartAsync(change?.Invoke(order) ?? order);
    }

    /// <summary>Starts it and waits for its end: the document as clients see it.</summary>
    public async Task<Value> RunAsync(string workflowId, string input = "{}")
    {
        var outcome = await StartAsync(workflowId, AnswerWhen.Finished, input);
        return outcome.Kind == StartOutcomeKind.Finished ? outcome.Execution : throw new InvalidOperationException($"It ended in {outcome.Kind}.");
    }

    public async Task<Execution> FindAsync(string id) => await Runtime.History.FindAsync(Tenant, id) ?? throw new InvalidOperationException($"There is no execution {id}.");

    /// <summary>Waits until it stands as wanted.</summary>
    public async Task<Execution> UntilAsync(string id, Predicate<Execution> wanted)
    {
        for (var end = Environment.TickCount64 + 20_000; ; await Task.Delay(5))
        {
            if (await Runtime.History.FindAsync(Tenant, id) is { } execution && wanted(execution)) return execution;
            if (Environment.TickCount64 > end) throw new TimeoutException($"It stands at {(await FindAsync(id)).Show()}");
        }
    }

    public Task<Execution> UntilEndedAsync(string id) => UntilAsync(id, e => e.IsFinished);
    public Task<Execution> UntilAsync(string id, ExecutionStatus status) => UntilAsync(id, e => e.Status == status);

    public async Task UntilAsync(Func<bool> holds)
    {
        for (var end = Environment.TickCount64 + 20_000; !holds(); await Task.Delay(5))
            if (Environment.TickCount64 > end) throw new TimeoutException("What was waited for did not come.");
    }

    public Task<CommandOutcome> SendAsync(string id, ExecutionCommand command) => Runtime.SendAsync(Tenant, id, command);
    public Task<IReadOnlyList<ExecutionEvent>> EventsAsync(string id) => Runtime.History.ReadAsync(Tenant, id, 0, 100_000).AsTask();

    public async Task<string> OutputAsync(string id) =>
        JsonText.Write(new ArrayValue((await Runtime.History.LoadAsync(Tenant, id, (await FindAsync(id)).Output)).Select(i => Value.From(i.Json))));

    public Task<long?> NumberAsync(string sql) => Store.Writer.WriteAsync(session => session.QueryNumber(sql));

    /// <summary>As a process that dies and starts again, save that no disk is lost: what it had in memory is gone.</summary>
    public async Task RestartAsync(bool cleanly = true, JournalOptions? options = null)
    {
        Options = options ?? Options;
        if (cleanly) await Runtime.StopAsync(default);
        else Store.Writer.Dispose();

        // What is left of the dead runtime can write nothing any more; this only ends its loops.
        if (!cleanly) _ = Runtime.StopAsync(default);
        Store.Dispose();
        Store = SqliteStore.Open(_folder, new StoreOptions(), Clock, NullLogger.Instance);
        Runtime = MakeRuntime();
        await Runtime.StartAsync(default);
    }

    /// <summary>A copy of the files as a crash at this moment would leave them, in a folder of its own.</summary>
    public string CopyOfFiles()
    {
        var copy = Directory.CreateTempSubdirectory("linkflow-crash-").FullName;
        foreach (var file in Directory.EnumerateFiles(FolderPath, "linkflow.db*")) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        var blobs = Path.Combine(FolderPath, "blobs");
        if (!Directory.Exists(blobs)) return copy;
        foreach (var file in Directory.EnumerateFiles(blobs, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(FolderPath, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    public async ValueTask DisposeAsync()
    {
        await Runtime.StopAsync(default);
        Runtime.Dispose();
        Store.Dispose();
        _folder.Dispose();
        if (_ownsFolder) Directory.Delete(_folder.Path, recursive: true);
    }

    private JournalRuntime MakeRuntime() => new(
        Store, _workflows, new NodeRegistry([.. BuiltInNodes.All().All, new CallNode(this), new HangNode(() => Interlocked.Increment(ref _hangs))]), new NoServices(), Options, Clock, new ListedLog(Log));

    /// <summary>What was logged as a warning or worse.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    private sealed class ListedLog(ConcurrentQueue<string> lines) : ILogger<JournalRuntime>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) lines.Enqueue($"{eventId.Id} {formatter(state, exception)} {exception}");
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    private sealed class Workflows : IWorkflowSource
    {
        private readonly ConcurrentDictionary<(string Id, int Version), WorkflowVersion> _versions = new();
        private readonly ConcurrentDictionary<string, int> _newest = new();
        private readonly ConcurrentDictionary<string, bool> _inactive = new();

        public void Save(string id, WorkflowDefinition definition)
        {
            var version = _newest.AddOrUpdate(id, 1, (_, last) => last + 1);
            _versions[(id, version)] = new WorkflowVersion(id, $"Workflow {id}", version, definition);
        }

        public int VersionOf(string id) => _newest[id];
        public void Deactivate(string id) => _inactive[id] = true;
        public void Forget(string id) => _versions.TryRemove((id, _newest[id]), out _);

        public ValueTask<WorkflowVersion?> FindAsync(string tenant, string workflowId, int version, CancellationToken cancellationToken = default) =>
            new(_versions.GetValueOrDefault((workflowId, version)));

        public ValueTask<WorkflowVersion?> FindActiveAsync(string tenant, string workflowId, CancellationToken cancellationToken = default) =>
            new(!_inactive.ContainsKey(workflowId) && _newest.TryGetValue(workflowId, out var version) ? _versions.GetValueOrDefault((workflowId, version)) : null);
    }
}

/// <summary>A call that an external node made.</summary>
internal sealed record Call(string ExecutionId, string Node, int Run, int Attempt, ObjectValue Item, string Key, long Now);

/// <summary>An external node: asks the world about each item.</summary>
internal sealed class CallNode(JournalWorld world) : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "call", Name = "call", Group = "test", Description = "Calls the test.", Effect = Effect.External, ParametersSchema = new() { { "type", "object" } },
    };

    public async ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken)
    {
        var result = new NodeResult();
        foreach (var i in context.Pending)
        {
            var call = new Call(context.ExecutionId, context.Node.Id, context.Run, context.Attempt, context.Items[i].Json, context.IdempotencyKey(i, 0), context.Now);
            world.Calls.Enqueue(call);
            try
            {
                result.Emit(Connection.Main, Item.Of(await world.Answer(call, cancellationToken)), i);
            }
            catch (NodeException e)
            {
                result.Fail(i, e.Error);
            }
        }

        return result;
    }
}

/// <summary>A pure node that never comes back: what a process looks like to its store when a node kills it.</summary>
internal sealed class HangNode(Action began) : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "hang", Name = "hang", Group = "test", Description = "Never ends.", ParametersSchema = new() { { "type", "object" } },
    };

    public async ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken)
    {
        began();
        await Task.Delay(Timeout.Infinite, CancellationToken.None);
        return new NodeResult();
    }
}

/// <summary>Workflows from short texts.</summary>
internal static class TestWorkflows
{
    public static WorkflowDefinition Of(string nodes, string edges, Func<WorkflowSettings, WorkflowSettings>? settings)
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

        var definition = DefinitionOf(new ObjectValue { { "nodes", body }, { "connections", connections } });
        return settings is null ? definition : definition with { Settings = settings(definition.Settings) };
    }

    private static WorkflowDefinition DefinitionOf(ObjectValue workflow)
    {
        var errors = new List<FieldError>();
        var definition = WorkflowDefinitionJson.Read(workflow, errors);
        return errors.Count == 0 ? definition : throw new ArgumentException($"{errors[0].Pointer}: {errors[0].Message}", nameof(workflow));
    }
}
