using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.OpenApi;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LinkFlow.Platform.Metrics;

/// <summary><c>/metrics</c>, for hosts of one process: where several share the work, what one of them counted would mislead.</summary>
public sealed class MetricsEndpoints(PrometheusMetrics metrics, Authentication authentication, LinkFlowOptions options)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/metrics", ["GET"], (RequestDelegate)WriteAsync).WithMetadata(OpenApiDocument.Described).WithTags("Operations");

    private async Task WriteAsync(HttpContext context)
    {
        if (!options.Metrics.Anonymous)
        {
            var principal = await authentication.RequireAsync(context);
            if (!principal.May(Permissions.MetricsRead)) throw ApiException.Forbidden(Permissions.MetricsRead);
        }

        context.Response.ContentType = PrometheusMetrics.ContentType;
        await context.Response.WriteAsync(metrics.Write(), context.RequestAborted);
    }
}
