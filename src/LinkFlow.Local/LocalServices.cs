using LinkFlow.Local.Events;
using LinkFlow.Local.Journal;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Journal.Upkeep;
using LinkFlow.Local.Secrets;
using LinkFlow.Local.Sqlite;
using LinkFlow.Platform;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules;
using LinkFlow.Platform.Secrets;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Local;

/// <summary>Puts the ports of one machine into a host: documents, blobs, secrets, the runtime and its history.</summary>
public static class LocalServices
{
    /// <param name="store">Open; whoever opened it closes it, after the host has ended.</param>
    /// <param name="secrets">As the store.</param>
    public static IServiceCollection AddLinkFlowLocal(this IServiceCollection services, LinkFlowOptions options, SqliteStore store, LocalSecretStore secrets)
    {
        services.AddLinkFlowLocalStores(options, store, secrets);
        services.AddSingleton(JournalLimits(options));
        services.AddSingleton<JournalRuntime>();
        services.AddSingleton<IExecutionRuntime>(s => s.GetRequiredService<JournalRuntime>());
        services.AddSingleton<IExecutionHistory>(s => s.GetRequiredService<JournalRuntime>().History);
        services.AddSingleton(s => s.GetRequiredService<JournalRuntime>().Changes);
        services.AddHostedService(s => s.GetRequiredService<JournalRuntime>());
        services.AddHostedService<ScheduleClock>();
        // Behind the runtime, so that it stops before it: subscribers start executions.
        return services.AddLinkFlowLocalEvents();
    }

    /// <summary>The bus within the process, and the sending of what outbound webhooks wait for. Both run all the time.</summary>
    public static IServiceCollection AddLinkFlowLocalEvents(this IServiceCollection services)
    {
        services.AddLinkFlowDeliveries();
        services.AddSingleton<LocalEventBus>();
        services.AddSingleton<IEventBus>(s => s.GetRequiredService<LocalEventBus>());
        services.AddHostedService(s => s.GetRequiredService<LocalEventBus>());
        return services;
    }

    /// <summary>Documents, blobs and secrets alone, for a host with a runtime of its own.</summary>
    /// <param name="store">Open; whoever opened it closes it, after the host has ended.</param>
    /// <param name="secrets">As the store.</param>
    public static IServiceCollection AddLinkFlowLocalStores(this IServiceCollection services, LinkFlowOptions options, SqliteStore store, LocalSecretStore secrets)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(store);
        services.AddSingleton<IDocumentStore>(store.Documents);
        services.AddSingleton<IBlobStore>(store.Blobs);
        services.AddSingleton<IFileContents>(store.Files);
        services.AddSingleton(s => new CachedSecretStore(secrets, TimeSpan.FromSeconds(options.Secrets.CacheSeconds), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ISecretStore>(s => s.GetRequiredService<CachedSecretStore>());
        services.AddSingleton(s => new MasterKeyRotation(
            secrets, s.GetRequiredService<CachedSecretStore>().Clear, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<MasterKeyRotation>>()));
        services.AddSingleton<IMasterKeys>(s => s.GetRequiredService<MasterKeyRotation>());
        services.AddHostedService(s => s.GetRequiredService<MasterKeyRotation>());
        return services;
    }

    /// <summary>The settings that concern the store.</summary>
    public static StoreOptions StoreLimits(LinkFlowOptions options) => new() { QueueLength = options.Limits.QueuedWrites };

    /// <summary>The settings that concern running executions.</summary>
    public static JournalOptions JournalLimits(LinkFlowOptions options) => new()
    {
        ActiveExecutions = options.Limits.RunningExecutions,
        QueuedExecutions = options.Limits.QueuedExecutions,
        UnmatchedSignals = options.Limits.UnmatchedSignals,
        Depth = options.Limits.SubworkflowDepth,
        ClaimCheckBytes = options.ClaimCheck.ThresholdBytes,
        ShutdownTime = TimeSpan.FromSeconds(options.Limits.ShutdownSeconds),
        Retention = TimeSpan.FromDays(options.Retention.Days),
        Environment = options.Environment,
        Expressions = options.Limits.OfExpressions(),
    };
}
