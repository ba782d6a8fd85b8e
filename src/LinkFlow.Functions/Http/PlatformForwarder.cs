using LinkFlow.Functions.Hosting;
using LinkFlow.Platform;
using LinkFlow.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Http;

/// <summary>
/// Hands a function's request to the platform's pipeline: the same that the server runs, built at the first request, so that
/// an instance which only runs activities or timers never pays for it.
/// </summary>
public sealed class PlatformForwarder(IServiceProvider services, CurrentDurableClient durable, ILogger<PlatformForwarder> log)
{
    private static readonly TimeSpan ElsewhereSoon = TimeSpan.FromSeconds(1);

    private readonly Lazy<RequestDelegate> _pipeline = new(services.BuildLinkFlowPlatform);

    /// <param name="client">The function's binding; null for functions that start and command nothing.</param>
    /// <param name="stopping">The invocation's token: cancelled when the host gives it up, because it stops or because the caller went away.</param>
    public async Task InvokeAsync(HttpContext context, DurableTaskClient? client, CancellationToken stopping)
    {
        // The function's own endpoint, which routing would take for ours.
        context.SetEndpoint(null);
        context.Request.RouteValues = new RouteValueDictionary();
        using var _ = client is null ? null : durable.Use(client);
        var callerGone = context.RequestAborted;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(callerGone, stopping);
        context.RequestAborted = over.Token;
        try
        {
            await _pipeline.Value(context);
            context.RequestAborted = callerGone;
            if (stopping.IsCancellationRequested && !callerGone.IsCancellationRequested && !context.Response.HasStarted) await RefuseAsync(context);
        }
        catch (Exception e) when (callerGone.IsCancellationRequested)
        {
            // The connection's objects may be gone by now, so even saying that nobody listens can fail.
            log.CallerGone(e.GetType().Name);
        }
    }

    /// <summary>The caller waits and this instance ends: another one will answer.</summary>
    private static Task RefuseAsync(HttpContext context)
    {
        var requestId = context.Response.Headers[RequestId.Header];
        context.Response.Clear();
        context.Response.Headers[RequestId.Header] = requestId;
        return ApiError.Unavailable("This instance stops. What was started goes on; ask again.", ElsewhereSoon).WriteAsync(context);
    }
}
