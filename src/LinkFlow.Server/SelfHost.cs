using LinkFlow.Local;
using LinkFlow.Local.Journal;
using LinkFlow.Local.Secrets;
using LinkFlow.Local.Sqlite;
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
        RefuseOthersSettings(options);
        ConfigureHost(builder, options);
        using var folder = await DataFolder.OpenAsync(options.DataPath);
        using var logging = LoggerFactory.Create(l => ConfigureLogging(l, builder.Configuration));
        using var store = SqliteStore.Open(folder, LocalServices.StoreLimits(options), TimeProvider.System, logging.CreateLogger<SqliteStore>());
        using var secrets = await SecretStart.OpenAsync(folder, store, options.Secrets, TimeProvider.System, logging.CreateLogger<LocalSecretStore>());
        builder.Services.AddLinkFlowLocal(options, store, secrets).AddLinkFlowNodes(options).AddLinkFlowPlatform(options).AddLinkFlowUpkeep();
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

    /// <exception cref="SettingsException">A setting is set that only the Function App heeds; ignoring it would surprise whoever set it.</exception>
    private static void RefuseOthersSettings(LinkFlowOptions options)
    {
        var set = options.Azure.Endpoints().Append(("LinkFlow:Azure:ClientId", options.Azure.ClientId)).Append(("LinkFlow:Azure:CosmosConnectionString", options.Azure.CosmosConnectionString))
            .Append(("LinkFlow:Azure:BlobConnectionString", options.Azure.BlobConnectionString)).Append(("LinkFlow:Azure:WebPubSubEndpoint", options.Azure.WebPubSubEndpoint))
            .Append(("LinkFlow:Entra:Tenants", options.Entra.Tenants is [var tenant, ..] ? tenant : null)).Append(("LinkFlow:Entra:Roles", options.Entra.Roles is [var role, ..] ? role : null))
            .Where(s => s.Item2 is not null).Select(s => $"'{s.Item1}' is a setting of the Function App; the server keeps everything in LinkFlow:DataPath and knows API keys only.").ToList();
        if (set.Count > 0) throw new SettingsException(set);
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
}
