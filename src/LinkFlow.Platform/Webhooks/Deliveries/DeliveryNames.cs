using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Webhooks.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Webhooks.Deliveries;

/// <summary>What a call is remembered by, so that it starts nothing when it comes again: what its node says, and what its sender signed.</summary>
internal sealed class DeliveryNames(LinkFlowOptions options, TimeProvider clock, ILogger<DeliveryNames> log)
{
    private readonly ExpressionLimits _limits = options.Limits.OfExpressions();

    /// <returns>None: the call is not told apart from others.</returns>
    public IReadOnlyList<WebhookDelivery> Of(string tenant, WebhookRegistration registration, WebhookTarget target, Admission admission, HttpRequest request, Item item)
    {
        var chosen = target.Dedupe is { } by && KeyOf(by, target, request, item) is { } key ? WebhookDelivery.Chosen(tenant, registration, target, key) : null;
        // A repeat of what was signed stays one, whatever the chosen key is: a header can be changed without the secret.
        var signed = admission.Delivery is { } delivery ? WebhookDelivery.Signed(tenant, registration, delivery) : null;
        return (chosen, signed) switch
        {
            (null, null) => [],
            (null, _) => [signed],
            (_, null) => [chosen],
            _ => [chosen, signed],
        };
    }

    private string? KeyOf(DedupeBy by, WebhookTarget target, HttpRequest request, Item item)
    {
        try
        {
            return by.KeyOf(request.Headers, item, _limits, clock.GetUtcNow());
        }
        catch (ExpressionException e)
        {
            // The message quotes what was evaluated, which is the caller's.
            log.NoKey(target.NodeId, target.WorkflowId, e.Code);
            return null;
        }
    }
}
