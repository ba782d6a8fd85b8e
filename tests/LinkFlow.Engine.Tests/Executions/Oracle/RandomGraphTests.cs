using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Tests.Executions.Oracle;

public class RandomGraphTests
{
    [Fact]
    public void Two_thousand_seeds_draw_valid_workflows_that_use_every_rule()
    {
        var runs = new List<(string Type, ForeseenRun Run)>();
        for (var seed = 0; seed < 2000; seed++)
        {
            var definition = RandomGraph.Of(seed);
            ExecutionPlan.Build(definition, RandomGraph.Registry, "start", isManual: false);
            runs.AddRange(Model.Of(definition, new Script(seed, Failing.Stopping)).Runs.Values.Select(r => (definition.Nodes.Single(n => n.Id == r.Node).Type, r)));
        }
        File.WriteAllText("/tmp/stats", string.Join("\n", runs.GroupBy(r => (r.Type, r.Run.Status, Later: r.Run.Run > 0)).OrderBy(g=>g.Key.ToString()).Select(g => $"{g.Key} {g.Count()}")));
        foreach (var type in RandomGraph.Registry.All.Select(n => n.Descriptor.Type).Except(["webhook"]))
            foreach (var status in new RunStatus?[] { RunStatus.Success, RunStatus.Skipped })
                Assert.True(runs.Count(r => r.Type == type && r.Run.Status == status) > 50, $"{type} is {status} too seldom.");
    }
}
