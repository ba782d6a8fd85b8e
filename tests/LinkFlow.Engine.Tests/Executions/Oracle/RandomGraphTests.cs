using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Tests.Executions.Oracle;

public class RandomGraphTests
{
    [Fact]
    public void What_is_drawn_is_valid_and_uses_every_type_run_and_skipped()
    {
        var seen = new HashSet<(string Type, RunStatus? Status)>();
        World.ForSeeds(0, 300, seed =>
        {
            var world = new World(seed, Failing.Stopping);
            Assert.Empty(DefinitionValidation.Of(world.Definition, RandomGraph.Registry, new DefinitionLimits()).Errors);
            seen.UnionWith(world.Model.Runs.Values.Select(r => (world.Definition.Nodes.Single(n => n.Id == r.Node).Type, r.Status)));
        });

        foreach (var node in RandomGraph.Registry.All.Where(n => n.Descriptor.Type != "webhook"))
            foreach (var status in new[] { RunStatus.Success, RunStatus.Skipped })
                Assert.Contains((node.Descriptor.Type, status), seen);
    }

    [Fact]
    public void A_seed_draws_the_same_workflow_every_time() =>
        Assert.Equal(RandomGraph.Of(4711).Connections, RandomGraph.Of(4711).Connections);
}
