using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Tests.Executions.Oracle;

/// <summary>A workflow, what happens in it, and what the model says of it.</summary>
internal sealed class World
{
    public World(int seed, Failing failing) : this(RandomGraph.Of(seed), new Script(seed, failing)) { }

    public World(WorkflowDefinition definition, Script script)
    {
        Definition = definition;
        Script = script;
        Plan = ExecutionPlan.Build(Definition, RandomGraph.Registry, "start", isManual: false);
        Model = Model.Of(Definition, Script);
    }

    public WorkflowDefinition Definition { get; }
    public ExecutionPlan Plan { get; }
    public Script Script { get; }
    public Model Model { get; }

    public ScriptedShell Shell(int schedule = 0, Disturbance disturbance = Disturbance.None) => new(Plan, Script, Model.Signals, schedule, disturbance);

    /// <summary>
    /// Runs a property for each seed; a failure names the seed that draws it again. The suite keeps to the same seeds;
    /// <c>LINKFLOW_SEEDS=1000000,20</c> in the environment moves them by that much and makes them 20 times as many.
    /// </summary>
    public static void ForSeeds(int first, int count, Action<int> property)
    {
        var search = Environment.GetEnvironmentVariable("LINKFLOW_SEEDS")?.Split(',').Select(int.Parse).ToArray();
        if (search is [var shift, var times]) (first, count) = (first + shift, count * times);
        for (var seed = first; seed < first + count; seed++)
        {
            try
            {
                property(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
    }
}

/// <summary>A world without surprises: some items, each handed on to the first output; only named nodes fail.</summary>
internal sealed class CalmScript(params string[] failing) : Script(0)
{
    public int Items { get; init; } = 3;

    public override IReadOnlyList<string> Input => [.. Enumerable.Range(0, Items).Select(i => $"input.{i}")];

    public override ItemScript Item(NodeDefinition node, IReadOnlyList<string> outputs, int run, int item) =>
        new(failing.Contains(node.Id) ? 100 : 0, [outputs[0]]);

    public override (int BatchSize, int MaxRounds) Loop(NodeDefinition node, int run) => (1, 100_000);

    public override WaitEnd Wait(NodeDefinition node, int run) => node.Id.StartsWith("waitsignal", StringComparison.Ordinal) ? WaitEnd.Signal : WaitEnd.Duration;
}
