using LinkFlow.Azure.Blobs;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Tests.Ports;

namespace LinkFlow.Azure.Tests.Blobs;

[Collection(AzuriteTests.Name)]
public sealed class BlobContractTests(Azurite azurite) : BlobStoreContract
{
    protected override IBlobStore Store { get; } = new BlobStorageBlobStore(azurite.Open(), "", TimeProvider.System);
}

[Collection(AzuriteTests.Name)]
public sealed class FileContractTests(Azurite azurite) : FileContentsContract
{
    protected override IFileContents Store { get; } = new BlobStorageFileContents(azurite.Open());
    protected override DateTimeOffset Now => DateTimeOffset.UtcNow;

    /// <summary>Blobs' times are in whole seconds.</summary>
    protected override Task PassTimeAsync() => Task.Delay(TimeSpan.FromSeconds(2.1));
}
