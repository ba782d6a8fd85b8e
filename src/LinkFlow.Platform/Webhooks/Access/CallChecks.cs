using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Webhooks.Access;

/// <summary>What a call must pass besides authentication: the caller's address, the rate, and, once it has been read, the filter. Reads nothing from the store.</summary>
internal sealed class CallChecks(CallRates rates, LinkFlowOptions options, TimeProvider clock, ILogger<CallChecks> log)
{
    private const string RateLimited = "RATE_LIMITED";

    private readonly CallRate? _rate = options.Webhooks.RatePerMinute is var perMinute and > 0 ? new CallRate(perMinute, ByAddress: false) : null;
    private readonly ExpressionLimits _limits = options.Limits.OfExpressions();

    /// <summary>Before who calls is proved, and before anything of a body is read.</summary>
    /// <exception cref="ApiException">403: the address is not on the node's list; 429: there were too many calls.</exception>
    public void Admit(HttpContext context, WebhookTarget target)
    {
        var access = target.Access;
        if (access is null && _rate is null) return;
        if (access?.Origins is { } origins) CrossOrigin.Mark(context, origins);
        var caller = context.Connection.RemoteIpAddress;
        // Addresses first: who may not call at all does not use up the rate of those who may.
        if (access?.Addresses is { } addresses && !addresses.Contains(caller))
        {
            log.CallRefused(target.NodeId, target.WorkflowId, $"its address {caller?.ToString() ?? "(unknown)"} is not on the node's list.");
            throw new ApiException(ApiError.Forbidden("This webhook may not be called from this address."));
        }

        if ((access?.Rate ?? _rate) is not { } rate || rates.Take(target, rate, caller) is not { } wait) return;
        log.CallRefused(target.NodeId, target.WorkflowId, $"there were more than {rate.PerMinute} calls a minute.");
        throw new ApiException(new ApiError(429, RateLimited, $"This webhook takes {rate.PerMinute} calls a minute{(rate.ByAddress ? " from an address" : "")}. Try again later.") { RetryAfter = wait });
    }

    /// <summary>Whether the node's filter lets a call start the workflow. A filter that cannot be evaluated does not.</summary>
    public bool Passes(WebhookTarget target, Item item)
    {
        if (target.Filter is not { } filter) return true;
        try
        {
            return filter.Holds(item, _limits, clock.GetUtcNow());
        }
        catch (NodeException e)
        {
            // The message quotes what was compared, which is the caller's.
            log.FilterFailed(target.NodeId, target.WorkflowId, e.Error.Code);
            return false;
        }
    }

    /// <summary>Answers a call that the filter did not let through: it was taken, so its sender need not repeat it.</summary>
    public static Task AnswerFilteredAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new ObjectValue(2) { { "executionId", Value.Null }, { "filtered", true } });
}
