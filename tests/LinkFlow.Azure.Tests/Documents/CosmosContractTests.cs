using LinkFlow.Azure.Documents;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Tests.Ports;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Azure.Tests.Documents;

/// <summary>
/// The port's suite over the fake container; or, when LINKFLOW_TEST_COSMOS_ENDPOINT names an account, over a real one: its container linkflow/documents, made as infra/modules/cosmos.bicep
/// makes it, with whatever identity the environment offers, and with tenants of the test's own.
/// </summary>
public sealed class CosmosContractTests : DocumentStoreContract, IDisposable
{
    private static readonly string? Real = Environment.GetEnvironmentVariable("LINKFLOW_TEST_COSMOS_ENDPOINT");

    /// <summary>A client per process is what it is made for.</summary>
    private static readonly Lazy<CosmosClient> Client = new(() =>
    {
        var options = new AzureOptions { CosmosEndpoint = Real };
        return CosmosConnection.Open(options, AzureServices.CredentialOf(options));
    });

    private readonly TestCosmos _test = new();
    private readonly CosmosMetrics _metrics = new();

    public CosmosContractTests() => Documents = Real is null ? _test.Store : OverReal();

    protected override IDocumentStore Documents { get; }
    protected override string Tenant { get; } = $"test-{Guid.NewGuid():N}";
    protected override string OtherTenant { get; } = $"test-{Guid.NewGuid():N}";
    protected override DateTimeOffset Now => _test.Clock.Now;

    protected override void Advance(TimeSpan time) => _test.Clock.Now += time;

    public void Dispose()
    {
        _metrics.Dispose();
        _test.Dispose();
    }

    private CosmosDocumentStore OverReal()
    {
        var options = new AzureOptions();
        var requests = new CosmosRequests(Client.Value.GetContainer(options.CosmosDatabase, options.CosmosContainer), new RequestPolicy(), _metrics, _test.Clock, NullLogger.Instance);
        return new CosmosDocumentStore(requests, new CosmosOutbox(requests, _test.Blobs, NullLogger.Instance), _test.Blobs, _metrics, _test.Clock, NullLogger.Instance);
    }
}
