using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Conditions;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Webhooks.Access;

/// <summary>Which calls a webhook node lets start its workflow.</summary>
internal sealed class WebhookFilter
{
    private readonly ItemFilter _conditions;
    private readonly ExpressionScope _scope;

    private WebhookFilter(ItemFilter conditions, ExpressionScope scope) => (_conditions, _scope) = (conditions, scope);

    /// <returns>Null: the node has no filter.</returns>
    public static WebhookFilter? Of(WorkflowVersion version, string nodeId, ObjectValue parameters)
    {
        if (ItemFilter.Of(parameters, "filter") is not { } conditions) return null;
        var settings = version.Definition.Settings;
        return new WebhookFilter(conditions, new ExpressionScope
        {
            Workflow = WorkflowVariable.Of(version, isActive: true),
            TimeZone = settings.Timezone,
            LenientPaths = settings.LenientPaths,
            NextRandom = Random.Shared.NextDouble,
            NodeId = nodeId,
        });
    }

    /// <exception cref="NodeException">The conditions cannot be evaluated for this call.</exception>
    public bool Holds(Item item, ExpressionLimits limits, DateTimeOffset now) =>
        _conditions.Holds(_scope with { Items = [item], Limits = limits, Now = now.ToUnixTimeMilliseconds() });
}
