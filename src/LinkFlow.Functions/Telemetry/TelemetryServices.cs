using Azure.Monitor.OpenTelemetry.Exporter;
using LinkFlow.Azure;
using LinkFlow.Platform.Metrics;
using LinkFlow.Platform.Settings;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace LinkFlow.Functions.Telemetry;

/// <summary>Traces, metrics and logs to Azure Monitor, where a connection string names it; without one nothing is sent.</summary>
public static class TelemetryServices
{
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    public static IServiceCollection AddLinkFlowTelemetry(this IServiceCollection services, IConfiguration configuration, LinkFlowOptions options)
    {
        // The Service Bus client makes spans, and puts its context into messages, only when asked.
        AppContext.SetSwitch("Azure.Experimental.EnableActivitySource", true);
        var telemetry = services.AddOpenTelemetry().UseFunctionsWorkerDefaults()
            .WithTracing(tracing => tracing.AddSource(Traces.SourceName, "Microsoft.AspNetCore", "System.Net.Http", "Microsoft.DurableTask", "Azure.Messaging.ServiceBus.*", "Azure.Cosmos.Operation").AddProcessor(new UrlRedaction()))
            .WithMetrics(metrics => metrics.AddMeter(PrometheusMetrics.MeterName, "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http"));
        if (string.IsNullOrEmpty(configuration[ConnectionString])) return services;
        telemetry.UseAzureMonitorExporter(exporter =>
        {
            // The workspace takes no keys; without an identity of its own it is a developer's, whose string is enough.
            if (options.Azure.ClientId is not null) exporter.Credential = AzureServices.CredentialOf(options.Azure);
        });
        return services;
    }
}
