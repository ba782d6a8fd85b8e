using LinkFlow.Azure.Documents;
using LinkFlow.Azure.Tests.Documents.Fake;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Tests.Documents;

public sealed class CosmosOutboxTests : IDisposable
{
    private static readonly DocumentType Workflow = new("workflow");
    private static readonly DocumentType Part = new("part") { Partition = "whole" };
    private readonly TestCosmos _test = new();

    private CosmosOutbox Outbox => _test.Store.Outbox;

    [Fact]
    public async Task Events_of_all_tenants_wait_oldest_first_until_they_are_forgotten()
    {
        foreach (var (tenant, subject) in new[] { ("a", "1"), ("b", "2"), ("a", "3") })
            await _test.Store.CommitAsync(new UnitOfWork(tenant).Put(Part, subject, 1).Raise(new OutgoingEvent("t", subject, 1) { Actor = "user", Target = "only" }));
        var waiting = await WaitingAsync();
        Assert.Equal(["a 1 user only", "b 2 user only", "a 3 user only"], waiting.Select(e => $"{e.Tenant} {e.Event.Subject} {e.Event.Actor} {e.Target}"));

        await Outbox.ForgetAsync([.. waiting.Take(2)]);
        await Outbox.ForgetAsync(waiting);
        await Outbox.ForgetAsync(waiting);

        Assert.Empty(await WaitingAsync());
        Assert.Equal(3, _test.Cosmos.Count);
    }

    [Fact]
    public async Task Events_that_are_being_published_by_who_committed_them_are_left_to_them()
    {
        await _test.Store.CommitAsync(Raising("1"));

        Assert.Empty(await Outbox.ReadAsync(_test.Clock.Now.AddSeconds(-10), 10));
        Assert.Equal("t", Assert.Single(await Outbox.ReadAsync(_test.Clock.Now.AddSeconds(10), 10)).Event.Type);
    }

    [Fact]
    public async Task Events_are_published_behind_the_commit()
    {
        var published = new List<OutboxEvent>();
        Outbox.PublishBy((events, _) =>
        {
            Assert.Equal(2, _test.Cosmos.Count);
            published.AddRange(events);
            return Outbox.ForgetAsync(events, CancellationToken.None);
        });

        await _test.Store.CommitAsync(Raising("1"));

        Assert.Equal(("1", 1), (Assert.Single(published).Event.Subject, _test.Cosmos.Count));
    }

    [Fact]
    public async Task A_commit_stands_although_its_events_cannot_be_published_now()
    {
        Outbox.PublishBy((_, _) => throw new StoreUnavailableException("No bus.", TimeSpan.FromSeconds(1)));

        await _test.Store.CommitAsync(Raising("1"));

        Assert.Single(await WaitingAsync());
    }

    [Fact]
    public async Task No_event_is_published_of_a_unit_that_was_refused()
    {
        var published = 0;
        Outbox.PublishBy((events, _) => Task.FromResult(published += events.Count));

        await Assert.ThrowsAsync<DocumentConflictException>(() => _test.Store.CommitAsync(Raising("1").Put(Workflow, "b", 1, expected: 4)));

        Assert.Equal((0, 0), (published, _test.Cosmos.Count));
    }

    [Fact]
    public async Task A_read_has_as_many_events_as_it_asks_for()
    {
        var work = new UnitOfWork("a");
        for (var i = 0; i < 50; i++) work.Raise(new OutgoingEvent("t", $"{i:D2}", 1));
        await _test.Store.CommitAsync(work);
        _test.Cosmos.HasEmptyPages = true;
        _test.Cosmos.Faults.Enqueue(Fault.Throttled("query"));

        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i:D2}"), (await Outbox.ReadAsync(_test.Clock.Now.AddMinutes(1), 30)).Select(e => e.Event.Subject));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Outbox.ReadAsync(_test.Clock.Now, 1001));
    }

    public void Dispose() => _test.Dispose();

    private static UnitOfWork Raising(string subject) => new UnitOfWork("a").Put(Workflow, subject, 1).Raise(new OutgoingEvent("t", subject, 1));

    private ValueTask<IReadOnlyList<OutboxEvent>> WaitingAsync() => Outbox.ReadAsync(_test.Clock.Now.AddMinutes(1), 10);
}
