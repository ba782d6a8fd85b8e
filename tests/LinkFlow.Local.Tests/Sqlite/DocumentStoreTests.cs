using LinkFlow.Platform.Ports;
using static LinkFlow.Local.Tests.Sqlite.TestStore;

namespace LinkFlow.Local.Tests.Sqlite;

public sealed class DocumentStoreTests : IAsyncLifetime
{
    private static readonly DocumentType Workflow = new("workflow", "status", "name");

    private TestStore _test = null!;
    private IDocumentStore Documents => _test.Store.Documents;

    public async Task InitializeAsync() => _test = await OpenAsync();

    public Task DisposeAsync()
    {
        _test.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_document_is_read_as_it_was_put_and_its_version_grows()
    {
        await Put("a", """{"n":12345678901234567890,"b":[1]}""");
        await Put("a", """{"n":2}""");

        var found = await Documents.GetAsync(Tenant, Workflow, "a");

        Assert.Equal(new Document(Tenant, Workflow, "a", 2, Body("""{"n":2}""")), found);
    }

    [Theory]
    [InlineData(null, 0L, true)]
    [InlineData(null, 1L, false)]
    [InlineData("a", null, true)]
    [InlineData("a", 1L, true)]
    [InlineData("a", 0L, false)]
    [InlineData("a", 2L, false)]
    public async Task A_write_needs_the_version_that_it_expects(string? there, long? expected, bool isWritten)
    {
        if (there is not null) await Put(there, "1");
        var put = Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", Body("2"), expected: expected));
        if (!isWritten) Assert.Equal("a", (await Assert.ThrowsAsync<DocumentConflictException>(() => put)).Id);
        else await put;

        Assert.Equal(isWritten, (await Documents.GetAsync(Tenant, Workflow, "a"))?.Body == Body("2"));
    }

    [Fact]
    public async Task A_deletion_needs_the_version_that_it_expects()
    {
        await Put("a", "1");

        await Assert.ThrowsAsync<DocumentConflictException>(() => Documents.CommitAsync(new UnitOfWork(Tenant).Delete(Workflow, "a", expected: 7)));
        await Documents.CommitAsync(new UnitOfWork(Tenant).Delete(Workflow, "a", expected: 1).Delete(Workflow, "never there"));

        Assert.Null(await Documents.GetAsync(Tenant, Workflow, "a"));
    }

    [Fact]
    public async Task A_unit_of_work_is_written_whole_or_not_at_all()
    {
        await Put("a", "1");
        var work = new UnitOfWork(Tenant).Put(Workflow, "b", Body("2")).Raise(new OutgoingEvent("t", "b", Body("2"))).Put(Workflow, "a", Body("2"), expected: 9);

        await Assert.ThrowsAsync<DocumentConflictException>(() => Documents.CommitAsync(work));

        Assert.Null(await Documents.GetAsync(Tenant, Workflow, "b"));
        Assert.Empty(await _test.Store.Outbox.ReadAsync(0, 10));
    }

    [Fact]
    public async Task Only_one_of_many_writers_at_a_version_succeeds()
    {
        await Put("a", "1");
        var puts = Enumerable.Range(0, 20).Select(i => Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", Body($"{i}"), expected: 1))).ToList();

        await Task.WhenAll(puts.Select(p => p.ContinueWith(_ => { }, TaskScheduler.Default)));

        Assert.Equal(1, puts.Count(p => p.IsCompletedSuccessfully));
        Assert.Equal(2, (await Documents.GetAsync(Tenant, Workflow, "a"))!.ETag);
    }

    [Fact]
    public async Task Nothing_reaches_across_tenants()
    {
        await Documents.CommitAsync(new UnitOfWork("other").Put(Workflow, "a", Body("1"), Fields("status", "active")));

        Assert.Null(await Documents.GetAsync(Tenant, Workflow, "a"));
        Assert.Empty((await Documents.QueryAsync(new DocumentQuery(Tenant, Workflow))).Items);
        Assert.Empty((await Documents.QueryAsync(new DocumentQuery(Tenant, Workflow) { Where = Fields("status", "active") })).Items);
        await Documents.CommitAsync(new UnitOfWork(Tenant).Delete(Workflow, "a").Put(Workflow, "a", Body("2"), expected: 0));
        Assert.Equal(Body("1"), (await Documents.GetAsync("other", Workflow, "a"))!.Body);
    }

    [Fact]
    public async Task Types_are_apart()
    {
        await Put("a", "1");

        Assert.Null(await Documents.GetAsync(Tenant, new DocumentType("schedule"), "a"));
        Assert.Empty((await Documents.QueryAsync(new DocumentQuery(Tenant, new DocumentType("schedule")))).Items);
    }

    [Fact]
    public async Task A_field_follows_its_document()
    {
        var work = new UnitOfWork(Tenant).Put(Workflow, "a", Body("1"), Fields("status", "draft")).Put(Workflow, "b", Body("1"), Fields("status", "draft")).Put(Workflow, "c", Body("1"), Fields("status", "draft"));
        await Documents.CommitAsync(work);

        await Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", Body("1"), Fields("status", "active")).Delete(Workflow, "b"));

        Assert.Equal(["c"], await Ids(new DocumentQuery(Tenant, Workflow) { Where = Fields("status", "draft") }));
        Assert.Equal(["a"], await Ids(new DocumentQuery(Tenant, Workflow) { Where = Fields("status", "active") }));
        Assert.Equal(2, await _test.NumberAsync("SELECT count(*) FROM document_fields"));
    }

    [Fact]
    public async Task All_fields_asked_for_must_hold()
    {
        var fields = new Dictionary<string, string> { ["status"] = "active", ["name"] = "n" };
        await Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", Body("1"), fields).Put(Workflow, "b", Body("1"), Fields("status", "active")).Put(Workflow, "c", Body("1"), Fields("name", "n")));

        Assert.Equal(["a"], await Ids(new DocumentQuery(Tenant, Workflow) { Where = fields }));
    }

    [Fact]
    public async Task A_field_that_is_not_declared_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", Body("1"), Fields("statsu", "x"))));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Documents.QueryAsync(new DocumentQuery(Tenant, Workflow) { Where = Fields("statsu", "x") }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Documents.QueryAsync(new DocumentQuery(Tenant, Workflow) { Limit = 201 }));
    }

    [Theory]
    [InlineData(false, null, null, "e d c b a")]
    [InlineData(true, null, null, "a b c d e")]
    [InlineData(false, "b", "e", "d c b")]
    [InlineData(true, "b", "e", "b c d")]
    public async Task Ids_bound_a_query(bool oldestFirst, string? from, string? before, string expected)
    {
        foreach (var id in "abcde") await Put($"{id}", "1", "active");

        var query = new DocumentQuery(Tenant, Workflow) { OldestFirst = oldestFirst, FromId = from, BeforeId = before };

        Assert.Equal(expected.Split(' '), await Ids(query));
        Assert.Equal(expected.Split(' '), await Ids(query with { Where = Fields("status", "active") }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_are_stable_while_documents_come_and_go(bool oldestFirst)
    {
        foreach (var i in Enumerable.Range(10, 20)) await Put($"{i}", "1");
        var query = new DocumentQuery(Tenant, Workflow) { Limit = 7, OldestFirst = oldestFirst };
        var seen = new List<string>();
        for (string? next = null; ;)
        {
            var page = await Documents.QueryAsync(oldestFirst ? query with { FromId = next } : query with { BeforeId = next });
            seen.AddRange(page.Items.Select(d => d.Id));
            if ((next = page.NextId) is null) break;
            // Where the reader has been already.
            await Documents.CommitAsync(new UnitOfWork(Tenant).Delete(Workflow, seen[^1]).Put(Workflow, oldestFirst ? "0" + seen.Count : "9" + seen.Count, Body("1")));
        }

        var expected = Enumerable.Range(10, 20).Select(i => $"{i}");
        Assert.Equal(oldestFirst ? expected : expected.Reverse(), seen);
    }

    [Fact]
    public async Task A_filter_looks_at_no_more_than_its_limit_per_page()
    {
        foreach (var i in Enumerable.Range(10, 30)) await Put($"{i}", $"{i}");
        var query = new DocumentQuery(Tenant, Workflow) { Filter = body => body.AsNumber == 15, ScanLimit = 10 };

        var first = await Documents.QueryAsync(query);
        var third = await Documents.QueryAsync(query with { BeforeId = "20" });

        Assert.Empty(first.Items);
        Assert.Equal("30", first.NextId);
        Assert.Equal("15", Assert.Single(third.Items).Id);
        Assert.Null(third.NextId);
    }

    [Fact]
    public async Task A_document_whose_time_is_over_is_not_there()
    {
        await Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", Body("1"), Fields("status", "x"), expiresAt: _test.Clock.Now.AddHours(1)));
        Assert.NotNull(await Documents.GetAsync(Tenant, Workflow, "a"));
        _test.Clock.Now += TimeSpan.FromHours(1);

        Assert.Null(await Documents.GetAsync(Tenant, Workflow, "a"));
        Assert.Empty(await Ids(new DocumentQuery(Tenant, Workflow) { Where = Fields("status", "x") }));
        await Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", Body("2"), expected: 0));
        Assert.NotNull(await Documents.GetAsync(Tenant, Workflow, "a"));
    }

    [Fact]
    public async Task Events_leave_in_the_order_of_their_commits_and_once_they_are_published()
    {
        foreach (var i in Enumerable.Range(1, 3)) await Documents.CommitAsync(new UnitOfWork(Tenant).Raise(new OutgoingEvent("type", $"s{i}", Body($"{i}"))));
        var events = await _test.Store.Outbox.ReadAsync(0, 10);
        Assert.Equal(["s1", "s2", "s3"], events.Select(e => e.Subject));

        Assert.Equal(2, await _test.Store.Outbox.DeleteThroughAsync(events[1].Position));
        _test.Reopen();
        await Documents.CommitAsync(new UnitOfWork(Tenant).Raise(new OutgoingEvent("type", "s4", Body("4"))));

        Assert.Equal(["s3", "s4"], (await _test.Store.Outbox.ReadAsync(events[1].Position, 10)).Select(e => e.Subject));
    }

    private Task Put(string id, string body, string? status = null) =>
        Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, id, Body(body), status is null ? null : Fields("status", status)));

    private async Task<IEnumerable<string>> Ids(DocumentQuery query) => (await Documents.QueryAsync(query)).Items.Select(d => d.Id);

    private static Dictionary<string, string> Fields(string name, string value) => new() { [name] = value };
}
