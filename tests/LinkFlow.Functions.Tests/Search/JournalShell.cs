using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Tests.Orchestration;
using LinkFlow.Functions.Tests.Records;
using LinkFlow.Nodes;
using LinkFlow.Platform;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Tests.Search;

/// <summary>What the other shell makes of a workflow, undisturbed.</summary>
internal sealed class JournalShell : IAsyncDisposable
{
    private readonly SavedWorkflows _workflows;
    private readonly JournalTwin _twin;

    private JournalShell(SavedWorkflows workflows, JournalTwin twin) => (_workflows, _twin) = (workflows, twin);

    public static async Task<JournalShell> BeginAsync()
    {
        var workflows = new SavedWorkflows();
        return new JournalShell(workflows, await JournalTwin.BeginAsync(workflows, NodesWith(new SearchNode())));
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
        await _twin.Runtime.StartAsync(StartOf(drawn, id, executionId));
        foreach (var signal in drawn.Commands) await _twin.Runtime.SendAsync(DurableWorld.Tenant, executionId, signal);
        await _twin.EndedAsync(executionId);
        return await ShellResult.OfAsync(_twin.History, DurableWorld.Tenant, executionId);
    }

    public ValueTask DisposeAsync() => _twin.DisposeAsync();

    private static void Save(SavedWorkflows workflows, RandomWorkflow drawn, string id)
    {
        workflows.Save(RandomWorkflow.ChildId, RandomWorkflow.ChildNodes, RandomWorkflow.ChildEdges, null);
        workflows.Save(id, drawn.Nodes, drawn.Edges, settings => settings with { MaxParallelNodes = drawn.Parallel });
    }
}
