using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Nodes.Credentials.OAuth2;
using LinkFlow.Nodes.Http;
using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Credentials.OAuth2;
using LinkFlow.Platform.Credentials.Opening;
using LinkFlow.Platform.Credentials.Reminders;
using LinkFlow.Platform.Credentials.Use;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.DeadLetters;
using LinkFlow.Platform.Events.Publishing;
using LinkFlow.Platform.Events.Subscriptions;
using LinkFlow.Platform.Events.Subscriptions.Deliveries;
using LinkFlow.Platform.Events.Triggers;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Expressions;
using LinkFlow.Platform.Files;
using LinkFlow.Platform.Health;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Metrics;
using LinkFlow.Platform.Nodes;
using LinkFlow.Platform.OpenApi;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules;
using LinkFlow.Platform.Secrets;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Streams;
using LinkFlow.Platform.Variables;
using LinkFlow.Platform.Webhooks;
using LinkFlow.Platform.Webhooks.Access;
using LinkFlow.Platform.Webhooks.Authentication;
using LinkFlow.Platform.Webhooks.Authentication.Tokens;
using LinkFlow.Platform.Webhooks.Bodies;
using LinkFlow.Platform.Webhooks.Deliveries;
using LinkFlow.Platform.Webhooks.Listening;
using LinkFlow.Platform.Webhooks.Recent;
using LinkFlow.Platform.Workflows;
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
        services.AddSingleton<CredentialUpkeep>();
        services.AddSingleton<CredentialReminders>();
        services.AddSingleton<WebhookDirectory>();
        services.AddSingleton<WebhookEndpoints>();
        services.AddSingleton<WebhookBodies>();
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
        services.AddSingleton<EventMetrics>();
        services.AddSingleton<EventDispatch>();
        services.AddSingleton<ScheduleAlarm>();
        services.AddSingleton<CalendarService>();
        services.AddSingleton<NodeSchedules>();
        services.AddSingleton<ScheduleService>();
        services.AddSingleton<ScheduleFiring>();
        services.AddSingleton<ScheduleEndpoints>();
        services.AddSingleton<CalendarEndpoints>();
        services.AddSingleton<EventTriggerDirectory>();
        services.AddSingleton<IEventSubscriber, EventTriggers>();
        services.AddSingleton<SubscriptionDirectory>();
        services.AddSingleton<ISecretOwner>(s => s.GetRequiredService<SubscriptionDirectory>());
        services.AddSingleton<DeliveryAlarm>();
        services.AddSingleton<SubscriptionService>();
        services.AddSingleton<DeliverySending>();
        services.AddSingleton<DeliveryRuns>();
        services.AddSingleton<DeliveryService>();
        services.AddSingleton(s => new DeliveryRound(
            s.GetRequiredService<IDocumentStore>(), s.GetRequiredService<DeliveryRuns>(), s.GetRequiredService<SubscriptionDirectory>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SubscriptionEndpoints>();
        services.AddSingleton<IEventSubscriber, SubscriptionFeed>();
        services.AddSingleton<PublishedEvents>();
        services.AddSingleton<PublishEndpoints>();
        services.AddSingleton<DeadLetterService>();
        services.AddSingleton<DeadLetterEndpoints>();
        services.AddSingleton(s => new EventEndpoints(s.GetService<IEventBus>()));
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
        services.AddSingleton<FileService>();
        services.AddSingleton<GivenFiles>();
        services.AddSingleton<FileUploads>();
        services.AddSingleton<FileEndpoints>();
        services.AddSingleton<FileSweep>();
        services.AddSingleton<OpenStreams>();
        services.AddSingleton<StreamTickets>();
        services.AddSingleton(s => new StreamEndpoints(s.GetService<IStreamNegotiation>(), s.GetRequiredService<ExecutionService>(), s.GetRequiredService<WorkflowService>()));
        services.AddSingleton(s => new MasterKeyEndpoints(s.GetService<IMasterKeys>()));
        services.AddSingleton<HealthService>();
        services.AddSingleton<HealthEndpoints>();
        services.AddSingleton<MetricsEndpoints>();
        services.AddOpenApi(OpenApiDocument.Name, OpenApiDocument.Configure);
        if (options.Cors.Origins.Count > 0) services.AddCors();
        return services;
    }

    /// <summary>The built-in nodes, and their way out.</summary>
    /// <exception cref="SettingsException">An entry of <c>LinkFlow:Outbound:Allow</c> is neither a host nor a block of addresses.</exception>
    public static IServiceCollection AddLinkFlowNodes(this IServiceCollection services, LinkFlowOptions options)
    {
        OutboundAllowList allow;
        try
        {
            allow = new OutboundAllowList(options.Outbound.Allow);
        }
        catch (FormatException e)
        {
            throw new SettingsException([e.Message]);
        }

        services.AddSingleton(_ => BuiltInNodes.All());
        services.AddSingleton(s => new OutboundHttp(new OutboundGuard(allow), s.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>What is done now and then, for hosts that run all the time. Others have timers that call the same.</summary>
    public static IServiceCollection AddLinkFlowUpkeep(this IServiceCollection services)
    {
        services.AddHostedService(s => s.GetRequiredService<CredentialUpkeep>());
        services.AddHostedService(s => s.GetRequiredService<CredentialReminders>());
        services.AddHostedService(s => s.GetRequiredService<VariableSetCleaning>());
        services.AddHostedService(s => s.GetRequiredService<FileSweep>());
        services.AddHostedService<LastUseWriter>();
        return services;
    }

    /// <summary>Has this host send what is due to outbound webhooks, as long as it runs. Without it something else must have them sent.</summary>
    public static IServiceCollection AddLinkFlowDeliveries(this IServiceCollection services) => services.AddHostedService<DeliveryClock>();
}
