using LinkFlow.Engine.Nodes;
using LinkFlow.Functions.Tests.Records;
using LinkFlow.Functions.Tests.Runtime;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Tests.Search;

/// <summary>One drawn workflow, ready to be run on Durable under many schedules.</summary>
internal sealed class SearchedShell
{
    private readonly SearchNode _calls = new();
    private readonly SavedWorkflows _workflows;
    private readonly NodeRegistry _nodes;
    private readonly RandomWorkflow _drawn;
    private readonly string _id;

    public SearchedShell(RandomWorkflow drawn, string id)
    {
        _drawn = drawn;
        _id = id;
        _workflows = JournalShell.WorkflowsOf(drawn, id);
        _nodes = JournalShell.NodesWith(_calls);
    }

    public DurableWorld World(RuntimeFaults faults, int kills, int seed) => new(_workflows, _nodes, faults, kills, seed);

    public StartExecution Start(string executionId) => JournalShell.StartOf(_drawn, _id, executionId);

    /// <returns>A call that was made more than once, in words; null: there is none.</returns>
    public string? MadeTwice() => _calls.Made.FirstOrDefault(m => m.Value > 1) is { Key: not null } twice ? $"the call {twice.Key} was made {twice.Value} times, and nothing had died" : null;

    public void Forget() => _calls.Made.Clear();
}
