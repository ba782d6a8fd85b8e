using LinkFlow.Engine.Executions.Folding;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>
/// Bounds what reaches one run. Where branches fan out and meet again, items double; forty such places in a row would
/// be more than any machine holds, so the run that would get too many fails instead.
/// </summary>
internal static class Inflow
{
    /// <summary>References in a run's inputs. Nodes that pass items on by reference multiply these, too.</summary>
    private const int MostParts = 100_000;

    /// <summary>What the run fails with; null: it gets no more than it may.</summary>
    public static NodeError? TooMuch(ExecutionState state, NodeProgress node)
    {
        long items = 0, parts = 0;
        foreach (var connection in node.Node.Incoming)
        {
            var from = state.Nodes[connection.Source].PartsOf(connection.SourceOutput);
            parts += from.Length;
            foreach (var part in from) items += part.Count;
        }

        return items <= NodeResult.MostItems && parts <= MostParts ? null : new NodeError(
            NodeErrorCodes.TooManyItems,
            $"{items:N0} items in {parts:N0} pieces reach the node '{node.Node.Id}'; at most {NodeResult.MostItems:N0} items in {MostParts:N0} pieces can. "
            + "Where branches fan out and meet again, every item comes once by each: merge them by key or position, or aggregate before.",
            Final: true);
    }
}
