using System.Net;
using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Credentials.OAuth2;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.DeadLetters;
using LinkFlow.Platform.Events.Publishing;
using LinkFlow.Platform.Events.Subscriptions;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Expressions;
using LinkFlow.Platform.Files;
using LinkFlow.Platform.Health;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Metrics;
using LinkFlow.Platform.Nodes;
using LinkFlow.Platform.Schedules;
using LinkFlow.Platform.Secrets;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Streams;
using LinkFlow.Platform.Variables;
using LinkFlow.Platform.Webhooks;
using LinkFlow.Platform.Webhooks.Listening;
using LinkFlow.Platform.Webhooks.Recent;
using LinkFlow.Platform.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform;

/// <summary>
/// What every request goes through, whoever hosts it: the envelope, webhooks, routing, the endpoints. A server puts it into
/// its own application; a host that is handed one request at a time has it built once, as one delegate.
/// </summary>
public static class PlatformPipeline
{
    public static WebApplication UseLinkFlowPlatform(this WebApplication app)
    {
        // Made before the first measurement, or that is lost.
        var metrics = app.Services.GetRequiredService<MetricsEndpoints>();
        UsePlatform(app);
        MapPlatform(app);
        metrics.Map(app);
        return app;
    }

    /// <summary>The whole pipeline as one delegate. It answers every request itself, failed and unknown ones too, and throws nothing but what a dead connection throws.</summary>
    /// <remarks>The context must come without an endpoint and without route values, or routing would look no further.</remarks>
    public static RequestDelegate BuildLinkFlowPlatform(this IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        UsePlatform(app);
        app.UseEndpoints(MapPlatform);
        return app.Build();
    }

    private static void UsePlatform(IApplicationBuilder app)
    {
        var options = app.ApplicationServices.GetRequiredService<LinkFlowOptions>();
        if (options.TrustedProxies.Count > 0) app.UseForwardedHeaders(Forwarding(options));
        app.UseMiddleware<RequestEnvelope>();
        app.UseMiddleware<WebhookCalls>();
        app.UseRouting();
        if (options.Cors.Origins.Count > 0)
        {
            app.UseCors(policy => policy.WithOrigins([.. options.Cors.Origins.Select(o => o.TrimEnd('/'))]).AllowAnyHeader().AllowAnyMethod()
                .WithExposedHeaders(RequestId.Header, "ETag", "Location", "Retry-After"));
        }
    }

    private static void MapPlatform(IEndpointRouteBuilder builder)
    {
        var services = builder.ServiceProvider;
        var routes = new ApiRoutes(builder, services.GetRequiredService<Authentication>(), services.GetRequiredService<Idempotency>(), services.GetRequiredService<LinkFlowOptions>());
        builder.MapOpenApi("/openapi/{documentName}.json");
        services.GetRequiredService<HealthEndpoints>().Map(builder);
        services.GetRequiredService<ResumeEndpoints>().Map(builder);
        services.GetRequiredService<ApiKeyEndpoints>().Map(routes);
        services.GetRequiredService<WorkflowEndpoints>().Map(routes);
        services.GetRequiredService<VersionEndpoints>().Map(routes);
        services.GetRequiredService<CredentialEndpoints>().Map(routes);
        services.GetRequiredService<OAuth2Endpoints>().Map(routes, builder);
        services.GetRequiredService<ExecutionEndpoints>().Map(routes);
        services.GetRequiredService<HistoryEndpoints>().Map(routes);
        services.GetRequiredService<NodeEndpoints>().Map(routes);
        services.GetRequiredService<EvaluationEndpoints>().Map(routes);
        ReferenceEndpoints.Map(routes);
        services.GetRequiredService<WebhookEndpoints>().Map(routes);
        services.GetRequiredService<RecentCallEndpoints>().Map(routes);
        services.GetRequiredService<ListeningEndpoints>().Map(routes);
        services.GetRequiredService<VariableEndpoints>().Map(routes);
        services.GetRequiredService<FileEndpoints>().Map(routes);
        services.GetRequiredService<ScheduleEndpoints>().Map(routes);
        services.GetRequiredService<CalendarEndpoints>().Map(routes);
        services.GetRequiredService<PublishEndpoints>().Map(routes);
        services.GetRequiredService<EventEndpoints>().Map(routes);
        services.GetRequiredService<DeadLetterEndpoints>().Map(routes);
        services.GetRequiredService<SubscriptionEndpoints>().Map(routes);
        services.GetRequiredService<StreamEndpoints>().Map(routes);
        services.GetRequiredService<MasterKeyEndpoints>().Map(routes);
    }

    private static ForwardedHeadersOptions Forwarding(LinkFlowOptions options)
    {
        // The host header is never believed: URLs are built from LinkFlow:PublicUrl.
        var forwarding = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        forwarding.KnownProxies.Clear();
        forwarding.KnownIPNetworks.Clear();
        foreach (var trusted in options.TrustedProxies)
        {
            if (IPAddress.TryParse(trusted, out var address)) forwarding.KnownProxies.Add(address);
            else forwarding.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(trusted));
        }

        return forwarding;
    }
}
