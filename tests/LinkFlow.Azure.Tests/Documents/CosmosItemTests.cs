using LinkFlow.Azure.Documents;
using LinkFlow.Azure.Tests.Documents.Fake;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Tests.Documents;

/// <summary>How documents lie in the container, and what the service's limits mean for them.</summary>
public sealed class CosmosItemTests : IDisposable
{
    private const string Tenant = "default";
    private static readonly DocumentType Workflow = new("workflow", "status");
    private static readonly DocumentType Part = new("part") { Partition = "whole" };
    private readonly TestCosmos _test = new();

    private CosmosDocumentStore Store => _test.Store;

    [Fact]
    public async Task A_document_lies_in_its_aggregate_with_what_lists_need()
    {
        await Store.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a/b", new ObjectValue { { "n", 1 } }, new Dictionary<string, string> { ["status"] = "on|off" }, expiresAt: _test.Clock.Now.AddSeconds(90.5)));

        var item = Assert.Single(_test.Cosmos.Items);
        Assert.Equal("workflow:a~2fb default tenant a/b default|workflow|a/b default|workflow|on%7Coff|a/b 1 91",
            string.Join(' ', new[] { item["id"], item["tenant"], item["aggregate"], item["documentId"], item["sort"], item["fields"]["status"], item["etag"], item["ttl"] }.Select(v => v.AsString ?? v.ToString())));
        Assert.Equal("""["default","tenant"]""", _test.Cosmos.Requests[^1].Key);
    }

    [Fact]
    public async Task A_partitioned_document_lies_with_those_that_it_is_committed_with()
    {
        await Store.CommitAsync(new UnitOfWork(Tenant).Put(Part, "a/1", 1).Put(Part, "a/2", 2).Raise(new OutgoingEvent("t", "s", 1)));

        Assert.All(_test.Cosmos.Items, item => Assert.Equal("whole:a", item["aggregate"].AsString));
        Assert.Equal(("batch", """["default","whole:a"]"""), (_test.Cosmos.Requests[^1].Operation, _test.Cosmos.Requests[^1].Key));
    }

    [Theory]
    [InlineData("""{"n":12345678901234567890}""", "text")]
    [InlineData("""{"n":1.5,"s":"a","l":[1,{"b":true}],"z":null,"a":1}""", "body")]
    [InlineData("deep", "text")]
    public async Task A_body_comes_back_as_it_was_whatever_the_service_does_to_numbers_and_levels(string json, string property)
    {
        if (json == "deep") json = string.Concat(Enumerable.Repeat("[", 180)) + string.Concat(Enumerable.Repeat("]", 180));
        await Store.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", JsonText.Parse(json)));

        Assert.Equal(json, JsonText.Write((await Store.GetAsync(Tenant, Workflow, "a"))!.Body));
        Assert.False(Assert.Single(_test.Cosmos.Items)[property].IsUndefined);
    }

    [Fact]
    public async Task A_large_body_is_kept_in_a_blob()
    {
        var large = new string('x', ItemBody.MaxInline + 1);
        await Store.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", large, new Dictionary<string, string> { ["status"] = "on" }));

        Assert.Equal(large, (await Store.GetAsync(Tenant, Workflow, "a"))!.Body.AsString);
        Assert.Equal(large, Assert.Single((await Store.QueryAsync(new DocumentQuery(Tenant, Workflow) { Filter = b => b.AsString!.Length > 1 })).Items).Body.AsString);
        Assert.Single(_test.Blobs.Blobs);
        Assert.All(_test.Cosmos.Requests, r => Assert.True(r.Charge < 20));
    }

    [Fact]
    public async Task A_unit_that_is_larger_than_a_batch_is_committed_with_its_largest_bodies_in_blobs()
    {
        var work = new UnitOfWork(Tenant);
        for (var i = 0; i < 90; i++) work.Put(Workflow, $"{i}", new string('x', 20_000 + i * 300));
        work.Raise(new OutgoingEvent("t", "s", new string('y', 500_000)));

        await Store.CommitAsync(work);

        Assert.InRange(_test.Blobs.Blobs.Count, 20, 45);
        Assert.Equal(500_000, Assert.Single(await Store.Outbox.ReadAsync(_test.Clock.Now.AddMinutes(1), 10)).Event.Data.AsString!.Length);
        Assert.Equal(20_000 + 89 * 300, (await Store.GetAsync(Tenant, Workflow, "89"))!.Body.AsString!.Length);
    }

    [Theory]
    [InlineData(100, 0, true)]
    [InlineData(60, 40, true)]
    [InlineData(101, 0, false)]
    [InlineData(60, 41, false)]
    public async Task A_unit_has_as_many_writes_and_events_as_a_batch_takes(int documents, int events, bool isTaken)
    {
        var work = new UnitOfWork(Tenant);
        for (var i = 0; i < documents; i++) work.Put(Workflow, $"{i}", i, expected: 0);
        for (var i = 0; i < events; i++) work.Raise(new OutgoingEvent("t", "s", i));

        if (isTaken) await Store.CommitAsync(work);
        else Assert.Contains("at most 100", (await Assert.ThrowsAsync<UnitTooLargeException>(() => Store.CommitAsync(work))).Message, StringComparison.Ordinal);

        Assert.Equal(isTaken ? documents + events : 0, _test.Cosmos.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deletions_that_expect_nothing_are_made_behind_a_full_batch(bool isCutOff)
    {
        for (var chunk = 0; chunk < 3; chunk++)
        {
            var puts = new UnitOfWork(Tenant);
            for (var i = 0; i < 100; i++) puts.Put(Workflow, $"{chunk}/{i}", i);
            await Store.CommitAsync(puts);
        }

        var work = new UnitOfWork(Tenant).Delete(Workflow, "0/0", expected: 1);
        for (var i = 1; i < 300; i++) work.Delete(Workflow, $"{i / 100}/{i % 100}");
        work.Raise(new OutgoingEvent("t", "s", 1));
        _test.Cosmos.Requests.Clear();
        if (isCutOff) _test.Cosmos.Faults.Enqueue(new Fault("batch", System.Net.HttpStatusCode.OK, IsDone: true) { IsQuiet = true });
        if (isCutOff) for (var i = 0; i < 100; i++) _test.Cosmos.Faults.Enqueue(Fault.Throttled("batch"));

        await Store.CommitAsync(work);

        Assert.Equal(isCutOff ? 201 : 1, _test.Cosmos.Count);
        Assert.Null(await Store.GetAsync(Tenant, Workflow, "0/0"));
    }

    [Fact]
    public async Task What_has_expired_is_not_shown_whenever_the_service_deletes_it()
    {
        await Store.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", 1, expiresAt: _test.Clock.Now.AddSeconds(10)).Put(Workflow, "b", 1, expiresAt: _test.Clock.Now.AddSeconds(20)));
        _test.Clock.Now += TimeSpan.FromSeconds(10);

        Assert.Equal("b", Assert.Single((await Store.QueryAsync(new DocumentQuery(Tenant, Workflow))).Items).Id);
        _test.Cosmos.DeleteExpired();

        Assert.Equal(1, _test.Cosmos.Count);
        await Store.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", 2, expected: 0));
        Assert.Equal(1, (await Store.GetAsync(Tenant, Workflow, "a"))!.ETag);
    }

    [Fact]
    public async Task A_document_that_is_put_without_an_end_has_none_any_more()
    {
        await Store.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", 1, expiresAt: _test.Clock.Now.AddSeconds(10)));
        await Store.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", 2, expected: 1));
        _test.Clock.Now += TimeSpan.FromSeconds(20);
        _test.Cosmos.DeleteExpired();

        Assert.NotNull(await Store.GetAsync(Tenant, Workflow, "a"));
    }

    [Theory]
    [InlineData("a", "a|workflow", "x")]
    [InlineData("a|workflow", "a", "x")]
    [InlineData("a", "b", "workflow|a")]
    [InlineData("a%7Cworkflow", "a|workflow", "x")]
    public async Task No_name_reaches_into_another_tenant(string ours, string theirs, string id)
    {
        await Store.CommitAsync(new UnitOfWork(theirs).Put(Workflow, id, 1, new Dictionary<string, string> { ["status"] = id }));

        Assert.Null(await Store.GetAsync(ours, Workflow, id));
        Assert.Empty((await Store.QueryAsync(new DocumentQuery(ours, Workflow))).Items);
        Assert.Empty((await Store.QueryAsync(new DocumentQuery(ours, Workflow) { Where = new Dictionary<string, string> { ["status"] = id } })).Items);
    }

    [Fact]
    public async Task Every_request_names_the_tenant_in_its_key_but_those_of_the_outbox()
    {
        await Store.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", 1).Raise(new OutgoingEvent("t", "s", 1)));
        await Store.QueryAsync(new DocumentQuery(Tenant, Workflow));
        await Store.QueryAsync(new DocumentQuery(Tenant, Part) { Within = "b" });
        await Store.Outbox.ForgetAsync(await Store.Outbox.ReadAsync(_test.Clock.Now.AddMinutes(1), 10));

        Assert.Equal("""["default"] ["default","whole:b"]""", string.Join(' ', _test.Cosmos.Requests.Where(r => r.Operation == "query" && r.Key.Length > 0).Select(r => r.Key)));
        Assert.Contains("c.outbox", Assert.Single(_test.Cosmos.Requests, r => r.Key.Length == 0).Text, StringComparison.Ordinal);
    }

    public void Dispose() => _test.Dispose();
}
