using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LinkFlow.Platform.Health;

/// <summary><c>/health/*</c>: for orchestrators, without the API's base path.</summary>
public sealed class HealthEndpoints(HealthService health, Authentication authentication)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/health/live", Live);
        Map(routes, "/health/startup", Startup);
        Map(routes, "/health/ready", ReadyAsync);
    }

    private static void Map(IEndpointRouteBuilder routes, string path, RequestDelegate answer) =>
        routes.MapMethods(path, ["GET"], answer).WithMetadata(OpenApiDocument.Described).WithTags("Operations");

    private static Task Live(HttpContext context) => JsonAnswer.WriteAsync(context, 200, new ObjectValue { { "status", "ok" } });

    private Task Startup(HttpContext context) => health.HasStarted
        ? JsonAnswer.WriteAsync(context, 200, new ObjectValue { { "status", "ok" } })
        : JsonAnswer.WriteAsync(context, 503, new ObjectValue { { "status", "starting" } });

    private async Task ReadyAsync(HttpContext context)
    {
        var showDetails = await authentication.FindAsync(context) is not null;
        var readiness = await health.CheckAsync(context.RequestAborted);
        var isReady = readiness.IsReady && health.HasStarted;
        var body = new ObjectValue { { "status", isReady ? "ready" : "unavailable" } };
        if (showDetails)
        {
            body.Add("dependencies", new ArrayValue(readiness.Dependencies.Select(d => Value.From(new ObjectValue
            {
                { "name", d.Name }, { "status", d.IsUp ? "up" : "down" }, { "latencyMs", Math.Round(d.Latency.TotalMilliseconds, 3) },
            }))));
        }

        if (!isReady) context.Response.Headers.RetryAfter = "1";
        await JsonAnswer.WriteAsync(context, isReady ? 200 : 503, body);
    }
}
