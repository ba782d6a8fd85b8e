using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Tests.Ports;

namespace LinkFlow.Azure.Tests.Documents;

/// <summary>The port's suite over the fake container.</summary>
public sealed class CosmosContractTests : DocumentStoreContract, IDisposable
{
    private readonly TestCosmos _test = new();

    protected override IDocumentStore Documents => _test.Store;
    protected override DateTimeOffset Now => _test.Clock.Now;

    protected override void Advance(TimeSpan time) => _test.Clock.Now += time;

    public void Dispose() => _test.Dispose();
}
