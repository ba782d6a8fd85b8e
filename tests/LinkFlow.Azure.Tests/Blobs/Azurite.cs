using System.Diagnostics;
using Azure.Identity;
using Azure.Storage.Blobs;
using LinkFlow.Azure.Blobs;
using LinkFlow.Azure.Tests.Emulators;

namespace LinkFlow.Azure.Tests.Blobs;

/// <summary>
/// Blob Storage to test with: the emulator from npm, which is installed once, outside of the checkout, and runs as long as the tests that share it; or, when
/// LINKFLOW_TEST_BLOB_ENDPOINT names one, a real account, with whatever identity the environment offers.
/// </summary>
public sealed class Azurite : IAsyncLifetime
{
    private const string Package = "azurite@3.35.0";
    private const string Account = "devstoreaccount1";

    /// <summary>The emulator's own, published by its makers.</summary>
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly string? Real = Environment.GetEnvironmentVariable("LINKFLOW_TEST_BLOB_ENDPOINT");

    private Process? _process;
    private int _port;

    /// <param name="options">Of the test's own; with these it tries again at once, for what is tested is what it does, not how long it waits. Null: as in production.</param>
    public BlobServiceClient Open(BlobClientOptions? options = null)
    {
        var (given, isOwn) = (BlobCalls.Options(options), options is not null);
        if (isOwn) (given.Retry.Delay, given.Retry.MaxDelay) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5));
        return Real is not null
            ? new BlobServiceClient(new Uri(Real), new DefaultAzureCredential(), given)
            : new BlobServiceClient($"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{_port}/{Account};", given);
    }

    public async Task InitializeAsync()
    {
        if (Real is not null) return;
        var folder = NpmPackage.Install(Package);
        _port = NpmPackage.FreePort();
        _process = await NpmPackage.StartAsync(folder, _port,
            Path.Combine(folder, "node_modules", "azurite", "dist", "src", "blob", "main.js"),
            "--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--disableTelemetry", "--blobHost", "127.0.0.1", "--blobPort", $"{_port}");
    }

    public Task DisposeAsync() => NpmPackage.StopAsync(_process);
}

/// <summary>The tests that share one emulator.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteTests : ICollectionFixture<Azurite>
{
    public const string Name = "Azurite";
}
