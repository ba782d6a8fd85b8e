using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Ports;

/// <summary>The store that this project's tests stand on keeps what the real ones keep.</summary>
public sealed class MemoryDocumentStoreTests : DocumentStoreContract
{
    private readonly FixedClock _clock = new();

    public MemoryDocumentStoreTests() => Documents = new MemoryDocumentStore(_clock);

    protected override IDocumentStore Documents { get; }
    protected override DateTimeOffset Now => _clock.GetUtcNow();

    protected override void Advance(TimeSpan time) => _clock.Advance(time);
}
