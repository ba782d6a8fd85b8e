using System.Collections.Immutable;
using LinkFlow.Engine.Executions.Folding;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>
/// What a run gets: per input the items of its connections, joined in the order of <c>connections</c>; a dead one adds
/// none (execution.md §2). Derived from the sources' runs, which cannot change while this run is open.
/// </summary>
internal static class Merging
{
    private static readonly ImmutableArray<string> OneInput = [Definitions.Connection.Main];

    /// <summary>The names of the inputs; <c>main</c> for a node that has none.</summary>
    public static ImmutableArray<string> InputNames(NodeProgress node) => node.Node.Inputs.IsEmpty ? OneInput : node.Node.Inputs;

    public static ImmutableArray<StepInput> Inputs(ExecutionState state, NodeProgress node)
    {
        if (node.Active?.Undoes is { } undone) return Compensation.Inputs(state, node, undone);
        var names = InputNames(node);
        var inputs = ImmutableArray.CreateBuilder<StepInput>(names.Length);
        for (var input = 0; input < names.Length; input++)
        {
            var parts = ImmutableArray.CreateBuilder<DataPart>();
            var sources = ImmutableArray.CreateBuilder<InputSource>();
            Add(state, node, input, parts, sources);
            inputs.Add(new StepInput(names[input], parts.DrainToImmutable(), sources.DrainToImmutable()));
        }

        return inputs.MoveToImmutable();
    }

    /// <summary>The items of all inputs, in input order.</summary>
    public static ImmutableArray<DataPart> Join(ExecutionState state, NodeProgress node) => [.. Inputs(state, node).SelectMany(i => i.Parts)];

    /// <summary>What the active instance got over each connection that delivered.</summary>
    public static ImmutableArray<SourceRun> Sources(ExecutionState state, NodeProgress node)
    {
        var incoming = node.Node.Incoming;
        var sources = ImmutableArray.CreateBuilder<SourceRun>(incoming.Length);
        for (var i = 0; i < incoming.Length; i++)
        {
            var source = state.Nodes[incoming[i].Source];
            var count = CountOf(source.PartsOf(incoming[i].SourceOutput));
            if (count > 0) sources.Add(new SourceRun(i, source.RunOf(incoming[i].SourceOutput), count));
        }

        return sources.DrainToImmutable();
    }

    /// <summary>The recorded form of a run's sources.</summary>
    public static ImmutableArray<InputSources> Describe(ExecutionState state, NodeProgress node, ImmutableArray<SourceRun> sources)
    {
        var names = InputNames(node);
        var inputs = ImmutableArray.CreateBuilder<InputSources>(names.Length);
        for (var input = 0; input < names.Length; input++)
        {
            var ofInput = sources.Where(s => node.Node.Incoming[s.Connection].TargetInput == input);
            inputs.Add(new InputSources(names[input], [.. ofInput.Select(s => Describe(state, node, s))]));
        }

        return inputs.MoveToImmutable();
    }

    public static int CountOf(ImmutableArray<DataPart> parts)
    {
        var count = 0;
        foreach (var part in parts) count = checked(count + part.Count);
        return count;
    }

    private static void Add(ExecutionState state, NodeProgress node, int input, ImmutableArray<DataPart>.Builder parts, ImmutableArray<InputSource>.Builder sources)
    {
        if (input == 0 && node.Node == state.Plan.StartNode) parts.Add(new DataPart(1, Definitions.Connection.Main, 0, state.Started.Input.Count));
        foreach (var connection in node.Node.Incoming)
        {
            if (connection.TargetInput != input) continue;
            var source = state.Nodes[connection.Source];
            var items = source.PartsOf(connection.SourceOutput);
            if (items.IsEmpty) continue;
            parts.AddRange(items);
            sources.Add(new InputSource(source.Node.Id, source.Node.Outputs[connection.SourceOutput], source.RunOf(connection.SourceOutput), CountOf(items)));
        }
    }

    private static InputSource Describe(ExecutionState state, NodeProgress node, SourceRun run)
    {
        var connection = node.Node.Incoming[run.Connection];
        var source = state.Nodes[connection.Source].Node;
        return new InputSource(source.Id, source.Outputs[connection.SourceOutput], run.Run, run.Count);
    }
}
