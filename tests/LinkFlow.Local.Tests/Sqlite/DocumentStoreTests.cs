using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Tests.Ports;

namespace LinkFlow.Local.Tests.Sqlite;

public sealed class DocumentStoreTests : DocumentStoreContract, IAsyncLifetime
{
    private static readonly DocumentType Workflow = new("workflow", "status", "name");

    private TestStore _test = null!;

    protected override IDocumentStore Documents => _test.Store.Documents;
    protected override DateTimeOffset Now => _test.Clock.Now;

    public async Task InitializeAsync() => _test = await TestStore.OpenAsync();

    public Task DisposeAsync()
    {
        _test.Dispose();
        return Task.CompletedTask;
    }

    protected override void Advance(TimeSpan time) => _test.Clock.Now += time;

    [Fact]
    public async Task The_index_has_the_fields_of_what_is_there_and_no_others()
    {
        var work = new UnitOfWork(Tenant);
        foreach (var id in "abc") work.Put(Workflow, $"{id}", 1, new Dictionary<string, string> { ["status"] = "draft" });
        await Documents.CommitAsync(work);

        await Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", 1, new Dictionary<string, string> { ["status"] = "active" }).Delete(Workflow, "b"));

        Assert.Equal(2, await _test.NumberAsync("SELECT count(*) FROM document_fields"));
    }

    [Fact]
    public async Task Nothing_is_published_of_a_unit_that_was_refused()
    {
        await Assert.ThrowsAsync<DocumentConflictException>(() => Documents.CommitAsync(
            new UnitOfWork(Tenant).Raise(new OutgoingEvent("t", "b", 2)).Put(Workflow, "a", 2, expected: 9)));

        Assert.Empty(await _test.Store.Outbox.ReadAsync(0, 10));
    }

    [Fact]
    public async Task Events_leave_in_the_order_of_their_commits_and_once_they_are_published()
    {
        foreach (var i in Enumerable.Range(1, 3)) await Documents.CommitAsync(new UnitOfWork(Tenant).Raise(new OutgoingEvent("type", $"s{i}", i)));
        var events = await _test.Store.Outbox.ReadAsync(0, 10);
        Assert.Equal(["s1", "s2", "s3"], events.Select(e => e.Subject));

        Assert.Equal(2, await _test.Store.Outbox.DeleteAsync(events[1].Position, DateTimeOffset.MaxValue));
        _test.Reopen();
        await Documents.CommitAsync(new UnitOfWork(Tenant).Raise(new OutgoingEvent("type", "s4", 4)));

        Assert.Equal(["s3", "s4"], (await _test.Store.Outbox.ReadAsync(events[1].Position, 10)).Select(e => e.Subject));
    }
}
