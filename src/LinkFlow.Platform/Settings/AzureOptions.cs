using System.ComponentModel.DataAnnotations;

namespace LinkFlow.Platform.Settings;

/// <summary>
/// Where a host on Azure finds its services. Each that is not named has a stand-in on the machine, for development.
/// Access is by managed identity; connection strings hold keys and are for emulators only.
/// </summary>
public sealed class AzureOptions
{
    /// <summary>The client id of the user-assigned identity. Null: the default chain, in which developers are signed in as themselves.</summary>
    [MinLength(1)]
    public string? ClientId { get; set; }

    /// <summary>The Cosmos DB account. Null: documents are in SQLite.</summary>
    [HttpUrl]
    public string? CosmosEndpoint { get; set; }

    /// <summary>Of an emulator of Cosmos DB, in development: takes the place of the endpoint. Its container must be there.</summary>
    [MinLength(1)]
    public string? CosmosConnectionString { get; set; }

    [RegularExpression("[A-Za-z0-9_-]{1,255}")]
    public string CosmosDatabase { get; set; } = "linkflow";

    [RegularExpression("[A-Za-z0-9_-]{1,255}")]
    public string CosmosContainer { get; set; } = "documents";

    /// <summary>The blob service of the storage account. Null: payloads are files.</summary>
    [HttpUrl]
    public string? BlobEndpoint { get; set; }

    /// <summary>Of an emulator of the storage account, in development: takes the place of the endpoint.</summary>
    [MinLength(1)]
    public string? BlobConnectionString { get; set; }

    /// <summary>The vault of all secrets. Null: they are sealed in SQLite.</summary>
    [HttpUrl]
    public string? KeyVaultUri { get; set; }

    /// <summary>The host name of the Service Bus namespace. Null: events stay in the process.</summary>
    [HostName]
    public string? ServiceBusNamespace { get; set; }

    /// <summary>The Web PubSub service that holds live connections. Null: executions are followed by Server-Sent Events only.</summary>
    [HttpUrl]
    public string? WebPubSubEndpoint { get; set; }

    /// <summary>The endpoints of the services, with their settings' names.</summary>
    public IReadOnlyList<(string Setting, string? Value)> Endpoints() =>
    [
        ("LinkFlow:Azure:CosmosEndpoint", CosmosEndpoint),
        ("LinkFlow:Azure:BlobEndpoint", BlobEndpoint),
        ("LinkFlow:Azure:KeyVaultUri", KeyVaultUri),
        ("LinkFlow:Azure:ServiceBusNamespace", ServiceBusNamespace),
    ];
}
