using Azure.Core;
using LinkFlow.Platform.Settings;
using Microsoft.Azure.Cosmos;

namespace LinkFlow.Azure.Documents;

/// <summary>Opens the container, and says how it must be made. Opening sends nothing: the first request does.</summary>
public static class CosmosConnection
{
    /// <summary>The levels of the partition key.</summary>
    public static IReadOnlyList<string> PartitionKeyPaths { get; } = ["/tenant", "/aggregate"];

    /// <summary>What lists ask for; everything else stays out of the index, for each path costs with each write.</summary>
    public static IReadOnlyList<string> IndexedPaths { get; } = ["/sort/?", "/fields/*", "/outbox/?"];

    public static CosmosClient Open(AzureOptions options, TokenCredential credential) => options.CosmosConnectionString is { } emulator
        ? new CosmosClient(emulator, OptionsFor(ConnectionMode.Gateway))
        : new CosmosClient(options.CosmosEndpoint, credential, OptionsFor(ConnectionMode.Direct));

    /// <summary>Makes database and container where they are missing: in emulators, for on Azure the app's identity may not.</summary>
    public static async Task CreateAsync(CosmosClient client, AzureOptions options, CancellationToken cancellationToken = default)
    {
        Database database = await client.CreateDatabaseIfNotExistsAsync(options.CosmosDatabase, cancellationToken: cancellationToken);
        await database.CreateContainerIfNotExistsAsync(ContainerOf(options.CosmosContainer), cancellationToken: cancellationToken);
    }

    /// <summary>The container as infra/modules/cosmos.bicep makes it.</summary>
    public static ContainerProperties ContainerOf(string name)
    {
        var properties = new ContainerProperties(name, PartitionKeyPaths) { DefaultTimeToLive = -1, PartitionKeyDefinitionVersion = PartitionKeyDefinitionVersion.V2 };
        properties.IndexingPolicy.IncludedPaths.Clear();
        foreach (var path in IndexedPaths) properties.IndexingPolicy.IncludedPaths.Add(new IncludedPath { Path = path });
        properties.IndexingPolicy.ExcludedPaths.Add(new ExcludedPath { Path = "/*" });
        return properties;
    }

    internal static CosmosClientOptions OptionsFor(ConnectionMode mode) => new()
    {
        ApplicationName = "LinkFlow",
        ConnectionMode = mode,
        LimitToEndpoint = mode == ConnectionMode.Gateway,
        EnableContentResponseOnWrite = false,
        // We wait ourselves: so it is counted, and a caller is told in time.
        MaxRetryAttemptsOnRateLimitedRequests = 0,
        CosmosClientTelemetryOptions = new CosmosClientTelemetryOptions { DisableDistributedTracing = false },
    };
}
