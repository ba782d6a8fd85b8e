using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Ports;

/// <summary>What every <see cref="IDocumentStore"/> keeps. A new store's tests derive from it; the file is linked into their project.</summary>
public abstract class DocumentStoreContract
{
    private static readonly DocumentType Workflow = new("workflow", "status", "name");
    private static readonly DocumentType Part = new("part", "kind") { Partition = "whole" };
    private static readonly DocumentType Note = new("note") { Partition = "whole" };

    /// <summary>The store under test, empty at first.</summary>
    protected abstract IDocumentStore Documents { get; }

    /// <summary>Two tenants that no other test uses, where the store outlives a test.</summary>
    protected virtual string Tenant => "default";
    protected virtual string OtherTenant => "other";

    /// <summary>The time as the store under test has it.</summary>
    protected abstract DateTimeOffset Now { get; }
    protected abstract void Advance(TimeSpan time);

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
        var work = new UnitOfWork(Tenant).Put(Workflow, "b", Body("2")).Put(Workflow, "a", Body("2"), expected: 9);

        await Assert.ThrowsAsync<DocumentConflictException>(() => Documents.CommitAsync(work));

        Assert.Null(await Documents.GetAsync(Tenant, Workflow, "b"));
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
        await Documents.CommitAsync(new UnitOfWork(OtherTenant).Put(Workflow, "a", Body("1"), Fields("status", "active")));

        Assert.Null(await Documents.GetAsync(Tenant, Workflow, "a"));
        Assert.Empty((await Documents.QueryAsync(new DocumentQuery(Tenant, Workflow))).Items);
        Assert.Empty((await Documents.QueryAsync(new DocumentQuery(Tenant, Workflow) { Where = Fields("status", "active") })).Items);
        await Documents.CommitAsync(new UnitOfWork(Tenant).Delete(Workflow, "a").Put(Workflow, "a", Body("2"), expected: 0));
        Assert.Equal(Body("1"), (await Documents.GetAsync(OtherTenant, Workflow, "a"))!.Body);
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
        await Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", Body("1"), Fields("status", "x"), expiresAt: Now.AddHours(1)));
        Assert.NotNull(await Documents.GetAsync(Tenant, Workflow, "a"));
        Advance(TimeSpan.FromHours(1));

        Assert.Null(await Documents.GetAsync(Tenant, Workflow, "a"));
        Assert.Empty(await Ids(new DocumentQuery(Tenant, Workflow) { Where = Fields("status", "x") }));
        await Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", Body("2"), expected: 0));
        Assert.NotNull(await Documents.GetAsync(Tenant, Workflow, "a"));
    }

    [Theory]
    [InlineData("a/1 b/1")]
    [InlineData("a b")]
    [InlineData("a ab/1")]
    [InlineData("a/1 a-b")]
    public void Documents_of_two_aggregates_cannot_be_committed_together(string ids)
    {
        var work = new UnitOfWork(Tenant);

        var refused = Assert.Throws<ArgumentException>(() => ids.Split(' ').Aggregate(work, (w, id) => w.Put(Part, id, Body("1"))));

        Assert.Contains($"'whole:{ids.Split(' ')[0].Split('/')[0]}'", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => work.Delete(Workflow, "a"));
    }

    [Fact]
    public async Task Types_of_one_partition_share_its_aggregates()
    {
        var work = new UnitOfWork(Tenant).Put(Part, "a", Body("1")).Put(Part, "a/1", Body("2")).Put(Note, "a/x/y", Body("3"));
        await Documents.CommitAsync(work);

        Assert.Equal("whole:a", work.Aggregate);
        Assert.Equal((Body("1"), Body("2"), Body("3")), (await BodyOf(Part, "a"), await BodyOf(Part, "a/1"), await BodyOf(Note, "a/x/y")));
    }

    [Theory]
    [InlineData("a", false, null, null, "a/2 a/1 a")]
    [InlineData("a", true, null, null, "a a/1 a/2")]
    [InlineData("a", true, "a/1", null, "a/1 a/2")]
    [InlineData("a", true, "A", "b", "a a/1 a/2")]
    [InlineData("a", false, null, "a/2", "a/1 a")]
    [InlineData("b", false, null, null, "b/1")]
    [InlineData("c", false, null, null, "")]
    [InlineData(null, true, null, null, "a a- a-/1 a/1 a/2 a0 b/1")]
    public async Task A_query_within_an_aggregate_finds_what_is_in_it(string? within, bool oldestFirst, string? from, string? before, string expected)
    {
        foreach (var id in (string[])["b/1", "a/2", "a0", "a-/1", "a", "a/1", "a-"]) await Documents.CommitAsync(new UnitOfWork(Tenant).Put(Part, id, Body("1"), Fields("kind", "k")));

        var query = new DocumentQuery(Tenant, Part) { Within = within, OldestFirst = oldestFirst, FromId = from, BeforeId = before, Limit = 2 };

        Assert.Equal(expected, string.Join(' ', await AllIds(query)));
        Assert.Equal(expected, string.Join(' ', await AllIds(query with { Where = Fields("kind", "k") })));
    }

    [Fact]
    public async Task A_query_within_what_is_no_aggregate_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Documents.QueryAsync(new DocumentQuery(Tenant, Workflow) { Within = "a" }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Documents.QueryAsync(new DocumentQuery(Tenant, Part) { Within = "a/1" }));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\\b?c#d%e")]
    [InlineData("ä€😀")]
    [InlineData(" a ")]
    [InlineData("a~2fb")]
    [InlineData("A")]
    [InlineData("500")]
    public async Task An_id_may_hold_any_characters(string id)
    {
        if (id == "500") id = new string('x', 500);
        await Put("a", "1");
        await Put("a/b", "1");
        await Put(id, "2");

        Assert.Equal(Body("2"), await BodyOf(Workflow, id));
        Assert.Equal(Body("1"), await BodyOf(Workflow, "a"));
        Assert.Contains(id, await Ids(new DocumentQuery(Tenant, Workflow)));
    }

    [Fact]
    public async Task What_one_unit_writes_twice_counts_one_after_the_other()
    {
        await Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", Body("1"), expected: 0).Put(Workflow, "a", Body("2"), expected: 1));
        Assert.Equal((2, Body("2")), ((await Documents.GetAsync(Tenant, Workflow, "a"))!.ETag, await BodyOf(Workflow, "a")));

        await Documents.CommitAsync(new UnitOfWork(Tenant).Delete(Workflow, "a", expected: 2).Put(Workflow, "a", Body("3"), expected: 0).Put(Workflow, "b", Body("1")).Delete(Workflow, "b"));
        Assert.Equal((Body("3"), null), (await BodyOf(Workflow, "a"), await Documents.GetAsync(Tenant, Workflow, "b")));
    }

    [Fact]
    public async Task An_empty_unit_is_no_error() => await Documents.CommitAsync(new UnitOfWork(Tenant));

    private Task Put(string id, string body, string? status = null) =>
        Documents.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, id, Body(body), status is null ? null : Fields("status", status)));

    private async Task<IEnumerable<string>> Ids(DocumentQuery query) => (await Documents.QueryAsync(query)).Items.Select(d => d.Id);

    private static Dictionary<string, string> Fields(string name, string value) => new() { [name] = value };

    private async Task<Value> BodyOf(DocumentType type, string id) => (await Documents.GetAsync(Tenant, type, id))!.Body;

    private async Task<List<string>> AllIds(DocumentQuery query)
    {
        for (var ids = new List<string>(); ;)
        {
            var page = await Documents.QueryAsync(query);
            ids.AddRange(page.Items.Select(d => d.Id));
            if (page.NextId is null) return ids;
            query = query.OldestFirst ? query with { FromId = page.NextId } : query with { BeforeId = page.NextId };
        }
    }

    private static Value Body(string text) => JsonText.Parse(text);
}
