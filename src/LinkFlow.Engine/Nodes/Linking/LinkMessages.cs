using System.Globalization;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Nodes.Linking;

/// <summary>Why <c>$('x').item</c> is no item, and what to write instead.</summary>
internal static class LinkMessages
{
    /// <param name="item">The item that was followed back, of so many.</param>
    public static string Of(ExecutionPlan plan, PlannedNode target, LinkOutcome outcome, int item, int items)
    {
        var name = target.Definition.Name;
        if (item < 0 || item >= items)
            return string.Create(CultureInfo.InvariantCulture, $"There is no item {item} to follow back to '{name}': this node got {items}, counted from 0. {WaysOut(name)}");
        var where = outcome.Node < 0 ? "the start of the execution" : $"'{plan.Nodes[outcome.Node].Definition.Name}'";
        return outcome.End switch
        {
            LinkEnd.Several => string.Create(CultureInfo.InvariantCulture,
                $"$('{name}').item is ambiguous: {where} made this item of several, which came from different items of '{name}' (for one {outcome.Index} and {outcome.OtherIndex}). {WaysOut(name)}"),
            LinkEnd.Broken => $"$('{name}').item cannot be derived: {where} does not say which of its input items it made this one of. {WaysOut(name)}",
            _ => $"$('{name}').item does not exist: this item did not come through '{name}'; its way back ends at {where}. {WaysOut(name)}",
        };
    }

    private static string WaysOut(string name) =>
        $"Say which one you mean: $('{name}').first(), $('{name}').last(), $('{name}').all()[i], or $('{name}').itemMatching(i) for another item of this node's input.";
}
