using System.Collections.Concurrent;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Tests.Records;
using LinkFlow.Local.Journal;
using LinkFlow.Local.Sqlite;
using LinkFlow.Nodes;
using LinkFlow.Platform;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Functions.Tests.Orchestration;

/// <summary>The journal shell, for the same workflows and the same nodes.</summary>
internal sealed class JournalTwin : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly SqliteStore _store;
    private readonly SavedWorkflows _workflows;
    private readonly JournalRuntime _runtime;

    private JournalTwin(DataFolder folder, SavedWorkflows workflows, NodeRegistry registry)
    {
        _folder = folder;
        _workflows = workflows;
        _store = SqliteStore.Open(folder, new StoreOptions(), TimeProvider.System, NullLogger.Instance);
        _runtime = new JournalRuntime(_store, workflows, registry, new NoServices(), new JournalOptions(), TimeProvider.System, NullLogger<JournalRuntime>.Instance);
    }

    public IExecutionRuntime Runtime => _runtime;
    public IExecutionHistory History => _runtime.History;

    public static Task<JournalTwin> BeginAsync(SavedWorkflows workflows, Func<ScriptedCallMade, CancellationToken, Task<Value>> answer) =>
        BeginAsync(workflows, new NodeRegistry([.. BuiltInNodes.All().All, new ScriptedCall(new ConcurrentQueue<ScriptedCallMade>(), answer)]));

    public static async Task<JournalTwin> BeginAsync(SavedWorkflows workflows, NodeRegistry registry)
    {
        var twin = new JournalTwin(await DataFolder.OpenAsync(Directory.CreateTempSubdirectory("linkflow-twin-").FullName, TimeSpan.Zero), workflows, registry);
        await twin._runtime.StartAsync(default);
        return twin;
    }

    /// <summary>Runs it to its end.</summary>
    public async Task<Execution> RunAsync(string workflowId, string input)
    {
        var id = Ids.Next();
        await _runtime.StartAsync(new StartExecution
        {
            Tenant = DurableWorld.Tenant, ExecutionId = id, WorkflowId = workflowId, WorkflowVersion = _workflows.VersionOf(workflowId), StartNode = "start", Mode = "api",
            Input = JsonText.Parse(input).AsArray is { } items ? [.. items.Select(Item.Of)] : [Item.Of(JsonText.Parse(input))],
            AnswerWhen = AnswerWhen.Accepted,
        });
        return await EndedAsync(id);
    }

    /// <exception cref="TimeoutException">It does not end within half a minute.</exception>
    public async Task<Execution> EndedAsync(string id)
    {
        for (var end = Environment.TickCount64 + 30_000; ; await Task.Delay(2))
        {
            if (await _runtime.History.FindAsync(DurableWorld.Tenant, id) is { IsFinished: true } execution) return execution;
            if (Environment.TickCount64 > end) throw new TimeoutException($"The journal's execution '{id}' does not end.");
        }
    }

    public async Task<string> OutputAsync(Execution execution) =>
        JsonText.Write(new ArrayValue((await _runtime.History.LoadAsync(DurableWorld.Tenant, execution.Id, execution.Output)).Select(i => Value.From(i.Json))));

    public Task<IReadOnlyList<ExecutionEvent>> EventsAsync(string id) => _runtime.History.ReadAsync(DurableWorld.Tenant, id, 0, 1_000_000).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _runtime.StopAsync(default);
        _runtime.Dispose();
        _store.Dispose();
        _folder.Dispose();
        Directory.Delete(_folder.Path, recursive: true);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
