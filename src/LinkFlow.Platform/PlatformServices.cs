using System.Net;
using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Nodes.Credentials.OAuth2;
using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Credentials.OAuth2;
using LinkFlow.Platform.Credentials.Opening;
using LinkFlow.Platform.Credentials.Reminders;
using LinkFlow.Platform.Credentials.Use;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Expressions;
using LinkFlow.Platform.Health;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Metrics;
using LinkFlow.Platform.Nodes;
using LinkFlow.Platform.OpenApi;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;
using LinkFlow.Platform.Schedules;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Streams;
using LinkFlow.Platform.Variables;
using LinkFlow.Platform.Webhooks;
using LinkFlow.Platform.Webhooks.Access;
using LinkFlow.Platform.Webhooks.Authentication;
using LinkFlow.Platform.Webhooks.Authentication.Tokens;
using LinkFlow.Platform.Webhooks.Deliveries;
using LinkFlow.Platform.Webhooks.Listening;
using LinkFlow.Platform.Webhooks.Recent;
using LinkFlow.Platform.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LinkFlow.Platform;

/// <summary>Puts the modules into a host. The host brings the ports.</summary>
public static class PlatformServices
{
    public static IServiceCollection AddLinkFlowPlatform(this IServiceCollection services, LinkFlowOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddRouting();
        services.AddSingleton<HttpMetrics>();
        services.AddSingleton<PrometheusMetrics>();
        services.AddSingleton<Idempotency>();
        services.AddSingleton<ApiKeyService>();
        services.AddSingleton<Authentication>();
        services.AddSingleton<FirstStart>();
        services.AddSingleton<ApiKeyEndpoints>();
        services.AddSingleton<WorkflowSource>();
        services.AddSingleton<IWorkflowSource>(s => s.GetRequiredService<WorkflowSource>());
        services.AddSingleton<WorkflowService>();
        services.AddSingleton<Activation>();
        services.AddSingleton<WorkflowEndpoints>();
        services.AddSingleton<VersionEndpoints>();
        services.TryAddSingleton(CredentialTypes.BuiltIn());
        services.AddSingleton<CredentialDirectory>();
        services.AddSingleton<CredentialMentions>();
        services.AddSingleton<CredentialFindings>();
        services.AddSingleton<CredentialUses>();
        services.AddSingleton<SecretKeeping>();
        services.AddSingleton<CredentialService>();
        services.AddSingleton<CredentialStatuses>();
        services.AddSingleton<TokenVault>();
        services.AddSingleton<TokenRequests>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<IAccessTokens>(s => s.GetRequiredService<AccessTokens>());
        services.AddSingleton<Authorizations>();
        services.AddSingleton<OAuth2Endpoints>();
        services.AddSingleton<CredentialOpening>();
        services.AddSingleton<CredentialTrials>();
        services.AddSingleton<CredentialEndpoints>();
        services.AddHostedService<CredentialUpkeep>();
        services.AddSingleton<CredentialReminders>();
        services.AddHostedService(s => s.GetRequiredService<CredentialReminders>());
        services.AddSingleton<WebhookDirectory>();
        services.AddSingleton<WebhookEndpoints>();
        services.AddSingleton<WebhookAnswers>();
        services.TryAddSingleton<OpenWebhookCredential>(s =>
        {
            var (opening, node) = (s.GetRequiredService<CredentialOpening>(), s.GetRequiredService<NodeRegistry>().Describe("webhook")!);
            return (tenant, target, id, cancellationToken) => opening.OpenAsync(tenant, new CredentialUser(target.WorkflowId, target.NodeId, node.Type, node.CredentialTypes), id, cancellationToken);
        });
        services.AddSingleton<PublishedKeys>();
        services.AddSingleton<TokenKeys>();
        services.AddSingleton<TokenVerification>();
        services.AddSingleton<WebhookAuthentication>();
        services.AddSingleton<CallRates>();
        services.AddSingleton<CallChecks>();
        services.AddSingleton<DeliveryStarts>();
        services.AddSingleton<DeliveryNames>();
        services.AddSingleton<Listeners>();
        services.AddSingleton<ListeningService>();
        services.AddSingleton<ListeningEndpoints>();
        services.AddSingleton<RecentCalls>();
        services.AddSingleton<RecentCallEndpoints>();
        services.AddSingleton<PublicAddress>();
        services.AddSingleton<ScheduleAlarm>();
        services.AddSingleton<CalendarService>();
        services.AddSingleton<NodeSchedules>();
        services.AddSingleton<ScheduleService>();
        services.AddSingleton<ScheduleFiring>();
        services.AddSingleton<ScheduleEndpoints>();
        services.AddSingleton<CalendarEndpoints>();
        services.AddSingleton<ExecutionService>();
        services.AddSingleton<ExecutionRuns>();
        services.AddSingleton<ExecutionEndpoints>();
        services.AddSingleton<HistoryEndpoints>();
        services.AddSingleton<ResumeLinks>();
        services.AddSingleton<ResumeEndpoints>();
        services.AddSingleton<NodeEndpoints>();
        services.AddSingleton<EvaluationService>();
        services.AddSingleton<EvaluationEndpoints>();
        services.AddSingleton<VariableSets>();
        services.AddSingleton<SecretVariables>();
        services.AddSingleton<VariableService>();
        services.AddSingleton<VariableEndpoints>();
        services.AddSingleton<ShownEnvironment>();
        services.AddSingleton<VariableSetCleaning>();
        services.AddHostedService(s => s.GetRequiredService<VariableSetCleaning>());
        services.AddSingleton<OpenStreams>();
        services.AddSingleton<StreamTickets>();
        services.AddSingleton<StreamEndpoints>();
        services.AddSingleton(s => new MasterKeyEndpoints(s.GetService<IMasterKeys>()));
        services.AddSingleton<HealthService>();
        services.AddSingleton<HealthEndpoints>();
        services.AddHostedService<LastUseWriter>();
        services.AddOpenApi(OpenApiDocument.Name, OpenApiDocument.Configure);
        if (options.Cors.Origins.Count > 0) services.AddCors();
        return services;
    }

    public static WebApplication UseLinkFlowPlatform(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<LinkFlowOptions>();
        // Made before the first measurement, or that is lost.
        app.Services.GetRequiredService<PrometheusMetrics>();
        if (options.TrustedProxies.Count > 0) app.UseForwardedHeaders(Forwarding(options));
        app.UseMiddleware<RequestEnvelope>();
        app.UseMiddleware<WebhookCalls>();
        app.UseRouting();
        if (options.Cors.Origins.Count > 0)
        {
            app.UseCors(policy => policy.WithOrigins([.. options.Cors.Origins.Select(o => o.TrimEnd('/'))]).AllowAnyHeader().AllowAnyMethod()
                .WithExposedHeaders(RequestId.Header, "ETag", "Location", "Retry-After"));
        }

        var routes = new ApiRoutes(app, app.Services.GetRequiredService<Authentication>(), app.Services.GetRequiredService<Idempotency>(), options);
        app.MapOpenApi("/openapi/{documentName}.json");
        app.Services.GetRequiredService<HealthEndpoints>().Map(app);
        app.Services.GetRequiredService<ResumeEndpoints>().Map(app);
        app.Services.GetRequiredService<ApiKeyEndpoints>().Map(routes);
        app.Services.GetRequiredService<WorkflowEndpoints>().Map(routes);
        app.Services.GetRequiredService<VersionEndpoints>().Map(routes);
        app.Services.GetRequiredService<CredentialEndpoints>().Map(routes);
        app.Services.GetRequiredService<OAuth2Endpoints>().Map(routes, app);
        app.Services.GetRequiredService<ExecutionEndpoints>().Map(routes);
        app.Services.GetRequiredService<HistoryEndpoints>().Map(routes);
        app.Services.GetRequiredService<NodeEndpoints>().Map(routes);
        app.Services.GetRequiredService<EvaluationEndpoints>().Map(routes);
        ReferenceEndpoints.Map(routes);
        app.Services.GetRequiredService<WebhookEndpoints>().Map(routes);
        app.Services.GetRequiredService<RecentCallEndpoints>().Map(routes);
        app.Services.GetRequiredService<ListeningEndpoints>().Map(routes);
        app.Services.GetRequiredService<VariableEndpoints>().Map(routes);
        app.Services.GetRequiredService<ScheduleEndpoints>().Map(routes);
        app.Services.GetRequiredService<CalendarEndpoints>().Map(routes);
        app.Services.GetRequiredService<StreamEndpoints>().Map(routes);
        app.Services.GetRequiredService<MasterKeyEndpoints>().Map(routes);
        return app;
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
