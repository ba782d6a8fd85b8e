using Azure.Core;
using Azure.Storage.Blobs;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Azure.Blobs;

/// <summary>Opens Blob Storage by the settings: with the app's identity, or an emulator with its connection string.</summary>
internal static class BlobConnection
{
    public static BlobServiceClient Open(AzureOptions options, TokenCredential credential) => options.BlobConnectionString is { } emulator
        ? new BlobServiceClient(emulator, BlobCalls.Options())
        : new BlobServiceClient(new Uri(options.BlobEndpoint ?? throw new InvalidOperationException("LinkFlow:Azure:BlobEndpoint is not set.")), credential, BlobCalls.Options());
}
