using System.Collections.Immutable;
using LinkFlow.Engine.Executions.Folding;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>Nodes that hand their items on untouched: disabled ones, and waits that ended by the clock. No payload is needed, only references.</summary>
internal static class PassingOn
{
    /// <summary>A disabled node hands the items of all its inputs to its first output; it takes no step and makes no event.</summary>
    public static void EndDisabled(ExecutionState state, NodeProgress node)
    {
        if (node.Node.IsLoop) Skipping.SkipRegion(state, node);
        Settling.End(state, node, RunStatus.Success, InputOn(state, node, node.FirstOutput));
    }

    /// <summary>Outputs of which one has the items of all inputs, in input order.</summary>
    public static ImmutableArray<ImmutableArray<DataPart>> InputOn(ExecutionState state, NodeProgress node, int output) =>
        Only(node, output, Merging.Join(state, node));

    /// <summary>Outputs of which one has these items.</summary>
    public static ImmutableArray<ImmutableArray<DataPart>> Only(NodeProgress node, int output, ImmutableArray<DataPart> parts)
    {
        var outputs = new ImmutableArray<DataPart>[node.Node.Outputs.Length];
        Array.Fill(outputs, []);
        outputs[output] = parts;
        return [.. outputs];
    }
}
