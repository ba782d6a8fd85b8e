using LinkFlow.Azure.Documents;
using LinkFlow.Azure.Tests.Emulators;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Azure.Tests.Documents;

/// <summary>What the real client sends, and what it makes of the answers.</summary>
public sealed class CosmosEmulatorTests : IClassFixture<CosmosEmulator>, IDisposable
{
    private const string Tenant = "default";
    private static readonly DocumentType Workflow = new("workflow", "status");
    private static readonly DocumentType Part = new("part") { Partition = "whole" };
    private readonly CosmosMetrics _metrics = new();
    private readonly CosmosEmulator _emulator;
    private readonly CosmosDocumentStore _store;
    private readonly string _id = Guid.CreateVersion7().ToString();

    public CosmosEmulatorTests(CosmosEmulator emulator)
    {
        _emulator = emulator;
        _store = Another();
    }

    [Theory]
    [InlineData("""{"n":1.5,"s":"ä€😀\n","l":[1,{"b":true}],"z":null,"a":{}}""")]
    [InlineData("""{"n":12345678901234567890}""")]
    [InlineData("\"text\"")]
    public async Task A_document_comes_back_as_it_was_put(string json)
    {
        await _store.CommitAsync(Put(_id + "/ä b?#", JsonText.Parse(json), 0));

        var found = await Another().GetAsync(Tenant, Workflow, _id + "/ä b?#");

        Assert.Equal((1, json), (found!.ETag, JsonText.Write(found.Body)));
        Assert.Null(await _store.GetAsync(Tenant, Workflow, _id));
    }

    [Fact]
    public async Task Versions_grow_and_keep_writers_apart()
    {
        await _store.CommitAsync(Put(_id, 1, 0));
        await _store.CommitAsync(Put(_id, 2, 1));
        await Another().CommitAsync(Put(_id, 3, null));

        await Assert.ThrowsAsync<DocumentConflictException>(() => _store.CommitAsync(Put(_id, 4, 2)));
        await Assert.ThrowsAsync<DocumentConflictException>(() => Another().CommitAsync(Put(_id, 4, 0)));
        Assert.Equal((3, 3.0), (await _store.GetAsync(Tenant, Workflow, _id)) is { } found ? (found.ETag, found.Body.AsNumber) : default);
    }

    [Fact]
    public async Task A_deletion_needs_the_version_that_it_expects()
    {
        await _store.CommitAsync(new UnitOfWork(Tenant).Put(Part, $"{_id}/1", 1));

        await Assert.ThrowsAsync<DocumentConflictException>(() => _store.CommitAsync(new UnitOfWork(Tenant).Delete(Part, $"{_id}/1", expected: 2)));
        await _store.CommitAsync(new UnitOfWork(Tenant).Delete(Part, $"{_id}/1", expected: 1));
        await _store.CommitAsync(new UnitOfWork(Tenant).Delete(Part, $"{_id}/1"));

        Assert.Null(await _store.GetAsync(Tenant, Part, $"{_id}/1"));
    }

    public void Dispose() => _metrics.Dispose();

    private static UnitOfWork Put(string id, Value body, long? expected) => new UnitOfWork(Tenant).Put(Workflow, id, body, new Dictionary<string, string> { ["status"] = "on" }, expected);

    private CosmosDocumentStore Another()
    {
        var requests = new CosmosRequests(_emulator.Container, new RequestPolicy(), _metrics, TimeProvider.System, NullLogger.Instance);
        return new CosmosDocumentStore(requests, new CosmosOutbox(requests, new MemoryBlobs(), NullLogger.Instance), new MemoryBlobs(), _metrics, TimeProvider.System, NullLogger.Instance);
    }
}
