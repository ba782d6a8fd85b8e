using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Nodes;

/// <summary>The variables of a run's expressions, for one that is not among its node's parameters: for people who try one out.</summary>
public static class RunScope
{
    /// <summary>The nodes whose runs must be looked up (ExecutionState.FindVisible) for a text that stands in this node's place.</summary>
    public static IReadOnlyCollection<int> ReferencedNodes(ExecutionPlan plan, PlannedNode node, Template template) =>
        NodeReferences.Of(plan, node, [template]).Shown;

    /// <summary>Loads what the text names of other nodes.</summary>
    /// <param name="item">An index into the run's first input; 0 also where there is none.</param>
    /// <remarks>What <see cref="NodeRun.Load"/> throws goes through.</remarks>
    public static async ValueTask<ExpressionScope> LoadAsync(NodeRun run, Template template, int item, CancellationToken cancellationToken)
    {
        var node = run.Plan.Find(run.Step.Node) ?? throw new ArgumentException($"The plan has no node '{run.Step.Node}'.", nameof(run));
        var attempt = new NodeAttempt(run, node);
        attempt.Views = await NodeViews.LoadAsync(run, NodeReferences.Of(run.Plan, node, [template]), [item], cancellationToken).ConfigureAwait(false);
        return attempt.ScopeFor(item);
    }
}
