using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Tests.Records;
using LinkFlow.Local.Journal;
using LinkFlow.Local.Sqlite;
using LinkFlow.Nodes;
using LinkFlow.Platform;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Functions.Tests.Search;

/// <summary>What the other shell makes of a workflow, undisturbed.</summary>
internal sealed class JournalShell : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly SqliteStore _store;
    private readonly SavedWorkflows _workflows = new();
    private readonly JournalRuntime _runtime;

    private JournalShell(DataFolder folder)
    {
        _folder = folder;
        _store = SqliteStore.Open(folder, new StoreOptions(), TimeProvider.System, NullLogger.Instance);
        _runtime = new JournalRuntime(_store, _workflows, NodesWith(new SearchNode()), new NoServices(), new JournalOptions(), TimeProvider.System, NullLogger<JournalRuntime>.Instance);
    }

    public static async Task<JournalShell> BeginAsync()
    {
        var shell = new JournalShell(await DataFolder.OpenAsync(Directory.CreateTempSubdirectory("linkflow-search-").FullName, TimeSpan.Zero));
        await shell._runtime.StartAsync(default);
        return shell;
    }

    public static NodeRegistry NodesWith(SearchNode calls) => new([.. BuiltInNodes.All().All, calls]);

    public static SavedWorkflows WorkflowsOf(RandomWorkflow drawn, string id)
    {
        var workflows = new SavedWorkflows();
        Save(workflows, drawn, id);
        return workflows;
    }

    public static StartExecution StartOf(RandomWorkflow drawn, string id, string executionId) => new()
    {
        Tenant = DurableWorld.Tenant,
        ExecutionId = executionId,
        WorkflowId = id,
        WorkflowVersion = 1,
        StartNode = "start",
        Mode = "api",
        Input = [.. JsonText.Parse(drawn.Input).AsArray!.Select(Item.Of)],
    };

    public async Task<ShellResult> RunAsync(RandomWorkflow drawn, string id)
    {
        Save(_workflows, drawn, id);
        var executionId = Ids.Next();
        await _runtime.StartAsync(StartOf(drawn, id, executionId));
        foreach (var signal in drawn.Commands) await _runtime.SendAsync(DurableWorld.Tenant, executionId, signal);
        for (var tries = 0; tries < 4_000; tries++)
        {
            if (await _runtime.History.FindAsync(DurableWorld.Tenant, executionId) is { IsFinished: true }) return await ShellResult.OfAsync(_runtime.History, DurableWorld.Tenant, executionId);
            await Task.Delay(5);
        }

        throw new TimeoutException($"The journal shell does not end:\n{drawn}");
    }

    public async ValueTask DisposeAsync()
    {
        await _runtime.StopAsync(default);
        _runtime.Dispose();
        _store.Dispose();
        _folder.Dispose();
        Directory.Delete(_folder.Path, recursive: true);
    }

    private static void Save(SavedWorkflows workflows, RandomWorkflow drawn, string id)
    {
        workflows.Save(RandomWorkflow.ChildId, RandomWorkflow.ChildNodes, RandomWorkflow.ChildEdges, null);
        workflows.Save(id, drawn.Nodes, drawn.Edges, settings => settings with { MaxParallelNodes = drawn.Parallel });
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
