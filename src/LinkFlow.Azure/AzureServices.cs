using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using LinkFlow.Azure.Blobs;
using LinkFlow.Azure.Documents;
using LinkFlow.Azure.Live;
using LinkFlow.Azure.Secrets;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;
using LinkFlow.Platform.Settings;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Azure;

/// <summary>Puts the ports of a host on Azure into its services. Nothing is sent until something is asked for: a cold start pays only for what it uses.</summary>
public static class AzureServices
{
    /// <summary>On Azure the identity that is named, for looking for others costs a cold start seconds; on a developer's machine whatever they are signed in with.</summary>
    public static TokenCredential CredentialOf(AzureOptions options) => options.ClientId is { } id
        ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(id))
        : new DefaultAzureCredential();

    /// <summary>All ports that Azure's services are behind, for a host whose settings name them.</summary>
    public static IServiceCollection AddLinkFlowAzure(this IServiceCollection services, LinkFlowOptions options, TokenCredential credential)
    {
        services.AddLinkFlowAzureDocuments(options, credential);
        services.AddLinkFlowAzureBlobs(options, credential);
        services.AddLinkFlowAzureSecrets(options, credential);
        if (options.Azure.WebPubSubEndpoint is { } endpoint) services.AddLiveConnections(new Uri(endpoint), credential);
        return services;
    }

    /// <summary>Secrets in Key Vault behind the cache, for a host whose settings name the vault.</summary>
    public static IServiceCollection AddLinkFlowAzureSecrets(this IServiceCollection services, LinkFlowOptions options, TokenCredential credential)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(s => new KeyVaultSecretStore(
            KeyVaultSecretStore.Open(new Uri(options.Azure.KeyVaultUri!), credential), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<KeyVaultSecretStore>>()));
        services.AddSingleton(s => new CachedSecretStore(
            s.GetRequiredService<KeyVaultSecretStore>(), TimeSpan.FromSeconds(options.Secrets.CacheSeconds), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ISecretStore>(s => s.GetRequiredService<CachedSecretStore>());
        return services;
    }

    /// <summary>Payloads and the contents of files, for a host whose settings name Blob Storage.</summary>
    public static IServiceCollection AddLinkFlowAzureBlobs(this IServiceCollection services, LinkFlowOptions options, TokenCredential credential)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => BlobConnection.Open(options.Azure, credential));
        services.AddSingleton(s => new BlobStorageBlobStore(s.GetRequiredService<BlobServiceClient>(), "", s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IBlobStore>(s => s.GetRequiredService<BlobStorageBlobStore>());
        services.AddSingleton<IFileContents>(s => new BlobStorageFileContents(s.GetRequiredService<BlobServiceClient>()));
        return services;
    }

    /// <summary>Documents with their outbox, for a host whose settings name Cosmos DB.</summary>
    public static IServiceCollection AddLinkFlowAzureDocuments(this IServiceCollection services, LinkFlowOptions options, TokenCredential credential)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<CosmosMetrics>();
        services.AddSingleton(_ => CosmosConnection.Open(options.Azure, credential));
        services.AddSingleton(s => new CosmosRequests(
            s.GetRequiredService<CosmosClient>().GetContainer(options.Azure.CosmosDatabase, options.Azure.CosmosContainer),
            new RequestPolicy(), s.GetRequiredService<CosmosMetrics>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<CosmosDocumentStore>>()));
        services.AddSingleton(s => new CosmosOutbox(s.GetRequiredService<CosmosRequests>(), s.GetRequiredService<IBlobStore>(), s.GetRequiredService<ILogger<CosmosOutbox>>()));
        services.AddSingleton<IOutbox>(s => s.GetRequiredService<CosmosOutbox>());
        services.AddSingleton<IDocumentStore>(s => new CosmosDocumentStore(
            s.GetRequiredService<CosmosRequests>(), s.GetRequiredService<CosmosOutbox>(), s.GetRequiredService<IBlobStore>(), s.GetRequiredService<CosmosMetrics>(),
            s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<CosmosDocumentStore>>()));
        return services;
    }

    private static void AddLiveConnections(this IServiceCollection services, Uri endpoint, TokenCredential credential)
    {
        services.AddSingleton(_ => new WebPubSubHub(endpoint, credential, new LiveOptions()));
        services.AddSingleton<IStreamNegotiation, WebPubSubNegotiation>();
        services.AddSingleton<ILiveUpdates, WebPubSubUpdates>();
    }

    /// <summary>Of the pipeline that calls the service, as Azure's clients have them.</summary>
    private sealed class LiveOptions : ClientOptions;
}
