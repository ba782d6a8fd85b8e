using LinkFlow.Functions.Events;
using LinkFlow.Functions.Http;
using LinkFlow.Functions.Identity;
using LinkFlow.Functions.Records;
using LinkFlow.Functions.Telemetry;
using LinkFlow.Functions.Timers;
using LinkFlow.Platform;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Health;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Hosting;

/// <summary>Puts the Function App together: the worker before, Azure's services or their stand-ins behind, the platform between. Nothing runs in it by itself: functions do.</summary>
internal static class FunctionApp
{
    /// <summary>For what an instance still writes down when it is stopped.</summary>
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(15);

    /// <summary>Each look is a message and a few reads; whoever waits for an execution's end waits this much longer.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(15);

    /// <exception cref="SettingsException">A setting is unknown or wrong, or needed ones are missing.</exception>
    public static async Task<int> RunAsync(FunctionsApplicationBuilder builder, LinkFlowOptions options)
    {
        var ports = PortChoice.Of(options.Azure, System.Environment.GetEnvironmentVariable);
        using var standIns = ports == HostPorts.Local ? await LocalStandIns.OpenAsync(options) : null;
        Configure(builder, options, ports);
        if (standIns is null) AzurePorts.AddTo(builder.Services, options);
        else standIns.AddTo(builder.Services, options);

        using var host = builder.Build();
        // Before the worker calls the Functions host: no function may run without it.
        await PrepareAsync(host.Services, options, CancellationToken.None);
        await host.RunAsync();
        return 0;
    }

    /// <summary>Everything but the ports to where things are kept.</summary>
    public static void Configure(FunctionsApplicationBuilder builder, LinkFlowOptions options, HostPorts ports)
    {
        builder.ConfigureFunctionsWebApplication();
        builder.UseMiddleware<LastUses>();
        var services = builder.Services;
        services.AddLinkFlowNodes(options).AddLinkFlowPlatform(options);
        services.AddEntra(builder.Configuration, options);
        services.AddLinkFlowTelemetry(builder.Configuration, options);
        services.AddSingleton(new CurrentDurableClient(remembers: ports == HostPorts.Local));
        services.AddDurableExecutions(options);
        services.AddSingleton<PlatformForwarder>();
        services.AddSingleton<TimerRun>();
        services.AddSingleton<OutboxRelay>();
        services.AddSingleton<ScheduleRound>();
        services.AddEventFunctions();
        services.AddSingleton<ScheduleRings>();
        services.AddSingleton(s => new ScheduleFiring(
            s.GetRequiredService<IDocumentStore>(), s.GetRequiredService<IExecutionRuntime>(), s.GetRequiredService<IExecutionHistory>(), s.GetRequiredService<IWorkflowSource>(),
            s.GetRequiredService<CalendarService>(), options, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<ScheduleFiring>>()) { LookAgain = LookAgain });
        if (ports == HostPorts.Azure)
        {
            services.AddSingleton(OtherHosts.Default);
            services.AddSingleton<IDueTimeQueue, ServiceBusDueTimes>();
            services.AddServiceBusEvents();
        }
        else
        {
            services.AddSingleton<IDueTimeQueue, NoDueTimes>();
        }

        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Limits.BodyBytes;
        });
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTime);
    }

    /// <summary>Makes the tenant, at the very first start, and reads what every request may need. Several instances may do it at once.</summary>
    public static async Task PrepareAsync(IServiceProvider services, LinkFlowOptions options, CancellationToken cancellationToken)
    {
        // There is no file that an owner would find: without LinkFlow:OwnerApiKey only Entra ID lets anybody in.
        await services.GetRequiredService<FirstStart>().RunAsync(options.OwnerApiKey, saveKey: null, cancellationToken);
        await services.GetRequiredService<ResumeLinks>().LoadAsync(cancellationToken);
        services.GetRequiredService<ScheduleRings>();
        services.GetService<DeliveryRings>();
        services.GetRequiredService<OutboxRelay>().Listen();
        services.GetRequiredService<HealthService>().HasStarted = true;
    }
}
