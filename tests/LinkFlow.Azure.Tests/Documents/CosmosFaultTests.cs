using System.Net;
using LinkFlow.Azure.Documents;
using LinkFlow.Azure.Tests.Documents.Fake;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Tests.Documents;

/// <summary>What becomes of units of work and lists when requests or their answers are lost, or the service has too many.</summary>
public sealed class CosmosFaultTests : IDisposable
{
    private const string Tenant = "default";
    private static readonly DocumentType Workflow = new("workflow", "status");
    private readonly TestCosmos _test = new();

    private CosmosDocumentStore Store => _test.Store;

    [Theory]
    [InlineData(1, false)]
    [InlineData(5, false)]
    [InlineData(1, true)]
    [InlineData(5, true)]
    public async Task A_throttled_request_is_made_again_after_the_time_that_the_service_names(int times, bool isWrite)
    {
        await Store.CommitAsync(Put("a", 1));
        for (var i = 0; i < times; i++) _test.Cosmos.Faults.Enqueue(Fault.Throttled());

        if (isWrite) await Store.CommitAsync(Put("b", 2, expected: 0));
        else Assert.NotNull(await Store.GetAsync(Tenant, Workflow, "a"));

        Assert.Equal(times, _test.Cosmos.Requests.Count(r => r.Status == 429));
    }

    [Fact]
    public async Task Throttling_that_does_not_end_is_an_unavailable_store_that_has_written_nothing()
    {
        for (var i = 0; i < 100; i++) _test.Cosmos.Faults.Enqueue(Fault.Throttled("write"));

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.CommitAsync(Put("a", 1, expected: 0)));

        Assert.Equal((false, TimeSpan.FromSeconds(1)), (refused.IsOutcomeUnknown, refused.RetryAfter));
        Assert.Equal((_test.Policy.MaxTries, 0), (_test.Cosmos.Requests.Count, _test.Cosmos.Count));
    }

    [Fact]
    public async Task Who_would_have_to_wait_too_long_is_told_at_once()
    {
        _test.Cosmos.Faults.Enqueue(new Fault("read", HttpStatusCode.TooManyRequests) { RetryAfter = TimeSpan.FromSeconds(30) });

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Store.GetAsync(Tenant, Workflow, "a"));

        Assert.Equal(TimeSpan.FromSeconds(30), refused.RetryAfter);
    }

    [Theory]
    [InlineData(1, false, 0L)]
    [InlineData(1, true, 0L)]
    [InlineData(1, false, null)]
    [InlineData(3, false, 0L)]
    [InlineData(3, true, null)]
    public async Task A_commit_whose_answer_is_lost_is_made_once(int documents, bool isBroken, long? expected)
    {
        _test.Cosmos.Faults.Enqueue(Fault.LostAnswer("write") with { IsBroken = isBroken });
        var work = new UnitOfWork(Tenant);
        for (var i = 0; i < documents; i++) work.Put(Workflow, $"{i}", i, expected: expected);

        await Store.CommitAsync(work);

        for (var i = 0; i < documents; i++) Assert.Equal(1, (await Store.GetAsync(Tenant, Workflow, $"{i}"))!.ETag);
    }

    [Fact]
    public async Task A_change_whose_answer_is_lost_is_made_once_although_others_write_behind_it()
    {
        await Store.CommitAsync(Put("a", 1));
        _test.Cosmos.Faults.Enqueue(Fault.LostAnswer("write"));
        _test.Cosmos.Faults.Enqueue(new Fault("write", HttpStatusCode.ServiceUnavailable) { RetryAfter = TimeSpan.FromMilliseconds(300) });

        var change = Store.CommitAsync(Put("a", 2, expected: 1));
        await _test.Another().CommitAsync(Put("a", 3, expected: 2));

        await change;
        Assert.Equal((3, 3.0), await ReadAsync("a"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_deletion_whose_answer_is_lost_is_done(bool isDone)
    {
        await Store.CommitAsync(Put("a", 1));
        _test.Cosmos.Faults.Enqueue(isDone ? Fault.LostAnswer("delete") : Fault.LostRequest("delete"));

        await Store.CommitAsync(new UnitOfWork(Tenant).Delete(Workflow, "a", expected: 1));

        Assert.Null(await Store.GetAsync(Tenant, Workflow, "a"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Events_whose_answer_is_lost_are_raised_once(bool isDone)
    {
        _test.Cosmos.Faults.Enqueue(isDone ? Fault.LostAnswer("write") : Fault.LostRequest("write"));

        await Store.CommitAsync(new UnitOfWork(Tenant).Raise(new OutgoingEvent("t", "s", 1)));

        Assert.Single(await Store.Outbox.ReadAsync(_test.Clock.Now.AddMinutes(1), 10));
    }

    [Fact]
    public async Task Another_ones_change_behind_a_lost_request_is_a_conflict()
    {
        await Store.CommitAsync(Put("a", 1));
        _test.Cosmos.Faults.Enqueue(Fault.LostRequest("write") with { RetryAfter = TimeSpan.FromMilliseconds(300) });

        var change = Store.CommitAsync(Put("a", 2, expected: 1));
        await _test.Another().CommitAsync(Put("a", 3, expected: 1));

        await Assert.ThrowsAsync<DocumentConflictException>(() => change);
        Assert.Equal((2, 3.0), await ReadAsync("a"));
    }

    [Fact]
    public async Task Where_it_cannot_be_found_out_whether_a_commit_was_made_the_exception_says_so()
    {
        for (var i = 0; i < 100; i++) _test.Cosmos.Faults.Enqueue(Fault.LostRequest("write"));

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.CommitAsync(Put("a", 1, expected: 0)));

        Assert.True(refused.IsOutcomeUnknown);
        Assert.Contains("may have been", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_was_made_counts_although_all_answers_are_lost()
    {
        _test.Cosmos.Faults.Enqueue(Fault.LostAnswer("write"));
        for (var i = 0; i < 7; i++) _test.Cosmos.Faults.Enqueue(Fault.LostRequest("write"));

        await Store.CommitAsync(Put("a", 1, expected: 0));

        Assert.Equal((1, 1.0), await ReadAsync("a"));
    }

    [Theory]
    [InlineData("put", 3)]
    [InlineData("missing", 3)]
    [InlineData("there", 3)]
    public async Task A_batch_of_which_one_write_fails_leaves_nothing(string which, int documents)
    {
        await Store.CommitAsync(Put("there", 1));
        var before = _test.Cosmos.Items.Count();
        var work = new UnitOfWork(Tenant).Raise(new OutgoingEvent("t", "s", 1));
        for (var i = 0; i < documents; i++) work.Put(Workflow, $"{i}", i, expected: 0);
        _ = which switch
        {
            "put" => work.Put(Workflow, "there", 2, expected: 7),
            "missing" => work.Put(Workflow, "missing", 2, expected: 1),
            _ => work.Put(Workflow, "there", 2, expected: 0),
        };

        var conflict = await Assert.ThrowsAsync<DocumentConflictException>(() => _test.Another().CommitAsync(work));

        Assert.Equal((which == "missing" ? "missing" : "there", before), (conflict.Id, _test.Cosmos.Items.Count()));
    }

    [Fact]
    public async Task A_version_that_is_believed_to_be_there_and_is_not_harms_nothing()
    {
        var other = _test.Another();
        await Store.CommitAsync(Put("a", 1));
        await other.CommitAsync(Put("a", 2, expected: 1));

        await Store.CommitAsync(Put("a", 3, expected: 2));
        await other.CommitAsync(Put("a", 4));

        Assert.Equal((4, 4.0), await ReadAsync("a"));
        await Assert.ThrowsAsync<DocumentConflictException>(() => Store.CommitAsync(Put("a", 5, expected: 3)));
    }

    [Fact]
    public async Task Many_instances_that_write_whatever_is_there_all_succeed()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() => _test.Another().CommitAsync(Put("a", i)))));

        Assert.Equal(10, (await Store.GetAsync(Tenant, Workflow, "a"))!.ETag);
    }

    [Fact]
    public async Task A_list_goes_on_where_it_was_when_a_page_is_throttled_or_lost()
    {
        var work = new UnitOfWork(Tenant);
        for (var i = 10; i < 60; i++) work.Put(Workflow, $"{i}", i);
        await Store.CommitAsync(work);
        _test.Cosmos.HasEmptyPages = true;
        foreach (var fault in (Fault[])[Fault.Throttled("query"), Fault.LostAnswer("query"), Fault.LostRequest("query")]) _test.Cosmos.Faults.Enqueue(fault);

        var page = await Store.QueryAsync(new DocumentQuery(Tenant, Workflow) { Limit = 7 });

        Assert.Equal(Enumerable.Range(53, 7).Reverse().Select(i => $"{i}"), page.Items.Select(d => d.Id));
        Assert.Equal("53", page.NextId);
    }

    [Fact]
    public async Task A_page_that_is_out_of_order_is_not_shown()
    {
        await Store.CommitAsync(Put("a", 1).Put(Workflow, "b", 2));
        _test.Cosmos.Reorder = items => [.. Enumerable.Reverse(items)];

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Store.QueryAsync(new DocumentQuery(Tenant, Workflow)));
    }

    [Fact]
    public async Task Access_that_is_denied_is_said_at_once()
    {
        _test.Cosmos.Faults.Enqueue(new Fault("read", HttpStatusCode.Forbidden));

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Store.GetAsync(Tenant, Workflow, "a"));

        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
        Assert.Single(_test.Cosmos.Requests);
    }

    public void Dispose() => _test.Dispose();

    private static UnitOfWork Put(string id, double body, long? expected = null) => new UnitOfWork(Tenant).Put(Workflow, id, body, expected: expected);

    private async Task<(long ETag, double Body)> ReadAsync(string id) => await Store.GetAsync(Tenant, Workflow, id) is { } found ? (found.ETag, found.Body.AsNumber) : default;
}
