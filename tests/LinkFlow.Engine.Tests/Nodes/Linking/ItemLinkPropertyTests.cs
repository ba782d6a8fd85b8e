using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Tests.Executions.Oracle;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Nodes.Linking;

/// <summary>In random workflows every node asks for <c>.item</c> of every other, and every answer is what the item itself says of its origin.</summary>
public sealed class ItemLinkPropertyTests
{
    private static readonly string[] Ways = ["one", "one", "one", "one", "two", "drop", "aggregate", "unpaired", "flaky", "fail"];

    [Fact]
    public void An_item_is_followed_to_what_it_says_it_came_from() => World.ForSeeds(1, 250, seed => Check(seed, recoverOneIn: 0));

    [Fact]
    public void So_it_is_when_the_state_is_read_back_again_and_again() => World.ForSeeds(5_000, 100, seed => Check(seed, recoverOneIn: 4));

    [Fact]
    public void So_it_is_in_a_retry_over_copied_runs() => World.ForSeeds(9_000, 100, seed =>
    {
        var first = Check(seed, recoverOneIn: 0);
        if (first.Events[^1] is Engine.Executions.ExecutionFinished) Agree(first.RetryAsync(RetriedFrom(first, seed)).GetAwaiter().GetResult());
    });

    private static LinkShell Check(int seed, int recoverOneIn)
    {
        var shell = new LinkShell(Draw(seed), items: seed % 5, seed, recoverOneIn, mostItems: 40);
        Agree(shell.RunAsync().GetAwaiter().GetResult());
        return shell;
    }

    /// <summary>What only hands items on leaves no trace in them; the tables in <see cref="ItemLinkTests"/> have those.</summary>
    private static void Agree(LinkShell shell)
    {
        foreach (var (node, run, item, target, current, value) in shell.Seen.Where(s => !HandsOn(shell.Plan.Find(s.Target)!)))
        {
            var expected = Lineage.Expected(current, target);
            Assert.True(expected == value || (expected[0] == '!' && value.StartsWith(expected, StringComparison.Ordinal)), $"{node}#{run}.{item} sees '{value}' of '{target}', and should see '{expected}'.");
        }
    }

    private static bool HandsOn(PlannedNode node) => node.IsLoop || node.Definition.Disabled || node is { Definition.Type: "wait" };

    private static WorkflowDefinition Draw(int seed)
    {
        var random = new Random(seed);
        var drawn = RandomGraph.Of(seed);
        return drawn with { Nodes = [.. drawn.Nodes.Select(n => n with { AlwaysOutput = false, Parameters = Parameters(n, random) })] };
    }

    private static ObjectValue Parameters(NodeDefinition node, Random random)
    {
        var way = node.Type switch
        {
            "start" => "one",
            "merge" => random.Next(2) == 0 ? "position" : "append",
            "wait" => random.Next(2) == 0 ? "signal" : "duration",
            _ => Ways[random.Next(Ways.Length)],
        };
        if (way == "fail" && node.OnError == OnError.Stop && random.Next(4) > 0) way = "one";
        return node.Parameters.Copy().Set("do", way).Set("batchSize", 1 + random.Next(3));
    }

    private static string RetriedFrom(LinkShell shell, int seed)
    {
        var ran = shell.Events.OfType<Engine.Executions.NodeCompleted>().Select(e => e.Node).Distinct().Where(id => shell.Plan.Find(id)!.TakesPart).ToList();
        return ran.Count == 0 ? "start" : ran[seed % ran.Count];
    }
}
