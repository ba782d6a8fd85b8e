using LinkFlow.Local;
using LinkFlow.Local.Journal;
using LinkFlow.Local.Secrets;
using LinkFlow.Local.Sqlite;
using LinkFlow.Nodes;
using LinkFlow.Nodes.Http;
using LinkFlow.Platform;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Health;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Streams;
using LinkFlow.Server.Streaming;

namespace LinkFlow.Server;

/// <summary>Puts the self-hosted server together: Kestrel before, SQLite behind, the platform between.</summary>
internal static class SelfHost
{
    public const string DefaultUrl = "http://localhost:5080";

    /// <summary>Requests end within this time after the runtime has stopped.</summary>
    private static readonly TimeSpan ShutdownMargin = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(WebApplicationBuilder builder, LinkFlowOptions options)
    {
        ConfigureHost(builder, options);
        using var folder = await DataFolder.OpenAsync(options.DataPath);
        using var logging = LoggerFactory.Create(l => ConfigureLogging(l, builder.Configuration));
        using var store = SqliteStore.Open(folder, LocalServices.StoreLimits(options), TimeProvider.System, logging.CreateLogger<SqliteStore>());
        using var secrets = await SecretStart.OpenAsync(folder, store, options.Secrets, TimeProvider.System, logging.CreateLogger<LocalSecretStore>());
        AddLocal(builder.Services, store, secrets, AllowList(options), options);
        builder.Services.AddLinkFlowPlatform(options);
        builder.Services.AddSingleton<StreamSocket>();
        builder.Services.AddSingleton<IStreamNegotiation, SocketNegotiation>();

        await using var app = builder.Build();
        app.UseWebSockets();
        app.UseLinkFlowPlatform();
        app.Map(StreamEndpoints.SocketPath, (RequestDelegate)app.Services.GetRequiredService<StreamSocket>().AcceptAsync);
        var keyFile = new OwnerKeyFile(folder.OwnerKeyPath);
        await app.Services.GetRequiredService<FirstStart>().RunAsync(options.OwnerApiKey, keyFile.WriteAsync, CancellationToken.None);
        await app.Services.GetRequiredService<ResumeLinks>().LoadAsync(CancellationToken.None);

        var runtime = app.Services.GetRequiredService<JournalRuntime>();
        var health = app.Services.GetRequiredService<HealthService>();
        var stopped = Task.CompletedTask;
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            health.HasStarted = true;
            Console.WriteLine(new Welcome(app.Urls, keyFile, options).Text());
        });
        // At once, not behind Kestrel: callers who wait for an answer get theirs when the runtime stops, and only then can Kestrel.
        app.Lifetime.ApplicationStopping.Register(() => stopped = runtime.StopAsync(CancellationToken.None));
        await app.RunAsync();
        await stopped;
        return 0;
    }

    private static void ConfigureHost(WebApplicationBuilder builder, LinkFlowOptions options)
    {
        ConfigureLogging(builder.Logging.ClearProviders(), builder.Configuration);
        if (string.IsNullOrEmpty(builder.Configuration["urls"])) builder.WebHost.UseUrls(DefaultUrl);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Limits.BodyBytes;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.Limits.ShutdownSeconds) + ShutdownMargin);
    }

    private static void ConfigureLogging(ILoggingBuilder logging, IConfiguration configuration) => logging
        .AddFilter("Microsoft", LogLevel.Warning)
        // It opens a scope and an activity per request, and we have our own.
        .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
        // Last, so that it wins.
        .AddConfiguration(configuration.GetSection("Logging"))
        .AddJsonConsole(console =>
        {
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });

    private static void AddLocal(IServiceCollection services, SqliteStore store, LocalSecretStore secrets, OutboundAllowList allow, LinkFlowOptions options)
    {
        services.AddLinkFlowLocal(options, store, secrets);
        services.AddSingleton(BuiltInNodes.All());
        services.AddSingleton(s => new OutboundHttp(new OutboundGuard(allow), s.GetRequiredService<TimeProvider>()));
    }

    /// <exception cref="SettingsException">An entry is neither a host nor a block of addresses.</exception>
    private static OutboundAllowList AllowList(LinkFlowOptions options)
    {
        try
        {
            return new OutboundAllowList(options.Outbound.Allow);
        }
        catch (FormatException e)
        {
            throw new SettingsException([e.Message]);
        }
    }
}
