using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Tests.Plans;

/// <summary>Random graphs with loops, judged by the words of execution.md §3 taken literally.</summary>
public sealed class LoopRegionPropertyTests
{
    private const int Graphs = 2_000;

    [Fact]
    public void Graphs_are_refused_exactly_when_they_break_the_rules_of_loops_or_have_a_cycle()
    {
        var refused = 0;
        for (var seed = 0; seed < Graphs; seed++)
        {
            var definition = RandomGraph(new Random(seed));
            var sound = IsSound(definition);
            var errors = DefinitionValidation.Of(definition, TestNodes.Registry, new DefinitionLimits()).Errors;
            Assert.True(sound == (errors.Count == 0), $"seed {seed}: {Show(definition)} is {(sound ? "sound" : "not sound")}, and: {string.Join(" ", errors.Select(e => e.Message))}");
            if (!sound) refused++;
        }

        Assert.InRange(refused, Graphs / 10, Graphs * 9 / 10);
    }

    [Fact]
    public void Plans_of_sound_graphs_nest_regions_and_order_nodes_by_their_connections()
    {
        for (var seed = 0; seed < Graphs; seed++)
        {
            var definition = RandomGraph(new Random(seed));
            if (!IsSound(definition)) continue;
            var plan = definition.Plan("n0");
            foreach (var node in plan.Nodes)
            {
                Assert.Equal(LoopsAround(definition, node.Id), node.Loops.Select(l => plan.Nodes[l].Id));
                Assert.Equal(plan.Nodes.Where(n => n.Loops.LastOrDefault(-1) == node.Index).Select(n => n.Index), node.Region);
                Assert.All(node.Incoming, c => Assert.True(plan.Order.IndexOf(c.Source) < plan.Order.IndexOf(node.Index)));
            }
        }
    }

    [Fact]
    public void Paths_of_plans_are_those_that_a_walk_finds()
    {
        for (var seed = 0; seed < Graphs / 4; seed++)
        {
            var definition = RandomGraph(new Random(seed));
            if (!IsSound(definition)) continue;
            var plan = definition.Plan("n0");
            foreach (var from in plan.Nodes.Where(n => n.TakesPart))
            {
                var reached = Reached(definition, definition.Connections.Where(c => c.Source == from.Id), _ => true);
                Assert.All(plan.Nodes, to => Assert.Equal(reached.Contains(to.Id), plan.HasPath(from.Index, to.Index)));
            }
        }
    }

    /// <summary>A trigger, three loops and four other nodes; connections lead forwards, or back into a loop.</summary>
    private static WorkflowDefinition RandomGraph(Random random)
    {
        var loops = Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, 7)).ToHashSet();
        var nodes = Enumerable.Range(0, 8)
            .Select(i => new NodeDefinition { Id = $"n{i}", Name = $"n{i}", Type = i == 0 ? "start" : loops.Contains(i) ? "loop" : "step" })
            .ToList();
        var connections = new HashSet<Connection>();
        for (var target = 1; target < 8; target++)
        {
            for (var more = 0; more < 1 + (random.Next(4) == 0 ? 1 : 0); more++)
                connections.Add(Draw(random, loops, random.Next(target), target));
            if (loops.Contains(target) && target < 7) connections.Add(Draw(random, loops, random.Next(target + 1, 8), target));
        }

        return new WorkflowDefinition { Nodes = nodes, Connections = [.. connections] };
    }

    private static Connection Draw(Random random, HashSet<int> loops, int source, int target) =>
        new($"n{source}", $"n{target}", loops.Contains(source) ? random.Next(2) == 0 ? "loop" : "done" : Connection.Main);

    private static bool IsSound(WorkflowDefinition definition)
    {
        var loops = definition.Nodes.Where(n => n.Type == "loop").Select(n => n.Id).ToList();
        var regions = loops.ToDictionary(l => l, l => Region(definition, l));
        foreach (var (loop, region) in regions)
        {
            if (definition.Connections.Any(c => region.Contains(c.Target) && !region.Contains(c.Source) && !(c.Source == loop && c.SourceOutput == "loop"))) return false;
            foreach (var (other, otherRegion) in regions)
            {
                if (other == loop) continue;
                var nested = region.IsProperSubsetOf(otherRegion) || otherRegion.IsProperSubsetOf(region);
                if (region.Overlaps(otherRegion) && !nested) return false;
                if (region.Contains(other) && otherRegion.Contains(loop)) return false;
            }
        }

        var forward = definition.Connections.Where(c => !(regions.TryGetValue(c.Target, out var region) && region.Contains(c.Source))).ToHashSet();
        return definition.Nodes.All(n => !Reached(definition, forward.Where(c => c.Source == n.Id), forward.Contains).Contains(n.Id));
    }

    private static IEnumerable<string> LoopsAround(WorkflowDefinition definition, string node) =>
        definition.Nodes.Where(n => n.Type == "loop")
            .Select(l => (l.Id, Region: Region(definition, l.Id)))
            .Where(l => l.Region.Contains(node))
            .OrderByDescending(l => l.Region.Count)
            .Select(l => l.Id);

    private static HashSet<string> Region(WorkflowDefinition definition, string loop) =>
        Reached(definition, definition.Connections.Where(c => c.Source == loop && c.SourceOutput == "loop" && c.Target != loop), c => c.Target != loop);

    private static HashSet<string> Reached(WorkflowDefinition definition, IEnumerable<Connection> first, Func<Connection, bool> follow)
    {
        var reached = first.Select(c => c.Target).ToHashSet();
        while (definition.Connections.Where(c => reached.Contains(c.Source) && follow(c)).Select(c => c.Target).Any(reached.Add))
        {
        }

        return reached;
    }

    private static string Show(WorkflowDefinition definition) =>
        string.Join("; ", definition.Connections.Select(c => $"{c.Source}.{c.SourceOutput} > {c.Target}"));
}
