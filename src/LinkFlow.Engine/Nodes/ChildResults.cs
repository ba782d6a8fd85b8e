using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>The result of a node whose sub-workflows have all ended: their outputs in item order (execution.md §9).</summary>
internal static class ChildResults
{
    public static async ValueTask<NodeResult> ComposeAsync(NodeAttempt attempt, CancellationToken cancellationToken)
    {
        var result = new NodeResult();
        foreach (var child in attempt.Step.Children.OrderBy(c => c.Owner))
        {
            if (!child.Succeeded) Fail(attempt, result, child);
            else if (child.Seq == 0) PassOn(attempt, result, child);
            else if (child.Count > 0) Emit(attempt, result, child, await attempt.RunData.Load([new DataPart(child.Seq, "main", 0, child.Count)], cancellationToken).ConfigureAwait(false));
        }

        await FailThoseWithoutChildAsync(attempt, result, cancellationToken).ConfigureAwait(false);
        return result;
    }

    private static void Emit(NodeAttempt attempt, NodeResult result, ChildOutcome child, IReadOnlyList<Item> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            // A child that got all items: its outputs pair by place where their number is the same, else not at all.
            var owner = child.Owner != NodeResult.WholeRun ? child.Owner : items.Count == attempt.Items.Count ? i : attempt.Items.Count == 1 ? 0 : NodeResult.WholeRun;
            result.Emit(attempt.Planned.Outputs[0], items[i] with { PairedItems = null }, owner);
        }
    }

    /// <summary>A child that was started and is not awaited: its items go on as they came.</summary>
    private static void PassOn(NodeAttempt attempt, NodeResult result, ChildOutcome child)
    {
        foreach (var item in attempt.Pending)
            if (child.Owner == NodeResult.WholeRun || child.Owner == item) result.Emit(attempt.Planned.Outputs[0], attempt.Items[item], item);
    }

    private static void Fail(NodeAttempt attempt, NodeResult result, ChildOutcome child)
    {
        var error = child.Error is { } e
            ? new NodeError(e.Code, e.Message)
            : new NodeError(NodeErrorCodes.ChildFailed, $"The sub-workflow's execution '{child.ExecutionId}' did not end in success.");
        if (child.Owner != NodeResult.WholeRun) result.Fail(child.Owner, error);
        else foreach (var item in attempt.Pending) result.Fail(item, error);
    }

    /// <summary>Items that had failed before their child was asked for (the others went ahead): the evaluation is repeated to tell why.</summary>
    private static async ValueTask FailThoseWithoutChildAsync(NodeAttempt attempt, NodeResult result, CancellationToken cancellationToken)
    {
        if (attempt.Step.Children.Any(c => c.Owner == NodeResult.WholeRun)) return;
        var missing = attempt.Pending.Except(attempt.Step.Children.Select(c => c.Owner)).ToList();
        if (missing.Count == 0) return;
        attempt.Views = await NodeViews.LoadAsync(attempt.RunData, NodeReferences.Of(attempt.RunData.Plan, attempt.Planned), attempt.Pending, cancellationToken).ConfigureAwait(false);
        var evaluated = await attempt.Planned.Node.ExecuteAsync(attempt, cancellationToken).ConfigureAwait(false);
        foreach (var item in missing)
            result.Fail(item, evaluated.Failures.GetValueOrDefault(item) ?? new NodeError(NodeErrorCodes.ChildFailed, "No sub-workflow was started for this item."));
    }
}
