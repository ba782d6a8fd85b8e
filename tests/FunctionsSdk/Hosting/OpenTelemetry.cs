using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OpenTelemetry
{
    public interface IOpenTelemetryBuilder
    {
        IServiceCollection Services { get; }
    }

    public sealed class OpenTelemetryBuilder : IOpenTelemetryBuilder
    {
        internal OpenTelemetryBuilder(IServiceCollection services) => Services = services;

        public IServiceCollection Services { get; }

        public OpenTelemetryBuilder ConfigureResource(Action<ResourceBuilder> configure) => this;

        public OpenTelemetryBuilder WithMetrics(Action<MeterProviderBuilder> configure) => this;

        public OpenTelemetryBuilder WithTracing(Action<TracerProviderBuilder> configure) => this;
    }

    public static class OpenTelemetryBuilderSdkExtensions
    {
        public static IOpenTelemetryBuilder ConfigureResource(this IOpenTelemetryBuilder builder, Action<ResourceBuilder> configure) => builder;

        public static IOpenTelemetryBuilder WithMetrics(this IOpenTelemetryBuilder builder, Action<MeterProviderBuilder> configure) => builder;

        public static IOpenTelemetryBuilder WithTracing(this IOpenTelemetryBuilder builder, Action<TracerProviderBuilder> configure) => builder;
    }

    public abstract class BaseProcessor<T>
    {
        public virtual void OnStart(T data)
        {
        }

        public virtual void OnEnd(T data)
        {
        }
    }
}

namespace OpenTelemetry.Resources
{
    public class ResourceBuilder
    {
        internal ResourceBuilder()
        {
        }
    }
}

namespace OpenTelemetry.Trace
{
    public abstract class TracerProviderBuilder
    {
        public abstract TracerProviderBuilder AddSource(params string[] names);
    }

    public static class TracerProviderBuilderExtensions
    {
        public static TracerProviderBuilder AddProcessor(this TracerProviderBuilder tracerProviderBuilder, BaseProcessor<System.Diagnostics.Activity> processor)
            => throw Outside.Functions();
    }
}

namespace OpenTelemetry.Metrics
{
    public abstract class MeterProviderBuilder
    {
        public abstract MeterProviderBuilder AddMeter(params string[] names);
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    public static class OpenTelemetryServicesExtensions
    {
        public static OpenTelemetry.OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services) => new(services);
    }
}

namespace Microsoft.Azure.Functions.Worker.OpenTelemetry
{
    public static class ConfigureFunctionsOpenTelemetry
    {
        public static global::OpenTelemetry.IOpenTelemetryBuilder UseFunctionsWorkerDefaults(this global::OpenTelemetry.IOpenTelemetryBuilder builder) => builder;
    }
}

namespace Azure.Monitor.OpenTelemetry.Exporter
{
    using global::Azure.Core;

    public partial class AzureMonitorExporterOptions : ClientOptions
    {
        public string? ConnectionString { get; set; }

        public TokenCredential? Credential { get; set; }

        public bool DisableOfflineStorage { get; set; }

        public float SamplingRatio { get; set; }

        public double? TracesPerSecond { get; set; }
    }

    public static partial class OpenTelemetryBuilderExtensions
    {
        public static global::OpenTelemetry.IOpenTelemetryBuilder UseAzureMonitorExporter(this global::OpenTelemetry.IOpenTelemetryBuilder builder) => builder;

        public static global::OpenTelemetry.IOpenTelemetryBuilder UseAzureMonitorExporter(this global::OpenTelemetry.IOpenTelemetryBuilder builder, Action<AzureMonitorExporterOptions> configureAzureMonitor)
        {
            configureAzureMonitor(new AzureMonitorExporterOptions());
            return builder;
        }
    }
}
