using LinkFlow.Engine.Executions;
using LinkFlow.Local.Sqlite.Journal;
using static LinkFlow.Local.Tests.Sqlite.TestStore;

namespace LinkFlow.Local.Tests.Sqlite;

public sealed class InboxTests : IAsyncLifetime
{
    private TestStore _test = null!;
    private readonly string _id = NewId();
    private JournalStore Journal => _test.Store.Journal;

    public async Task InitializeAsync()
    {
        _test = await OpenAsync();
        await Journal.CommitAsync(First(_id, Row(ExecutionStatus.Waiting)));
    }

    public Task DisposeAsync()
    {
        _test.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Messages_wait_in_the_order_they_came_until_a_commit_has_handled_them()
    {
        foreach (var id in new[] { "b", "a", "c" }) Assert.Equal(InboxOutcome.Accepted, await Journal.SendAsync(Message(id)));
        var inbox = await Journal.ReadInboxAsync(Tenant, _id);
        Assert.Equal(["b", "a", "c"], inbox.Select(m => m.Id));

        await Journal.CommitAsync(Next(_id, 2, 3) with { Handled = [inbox[0].Position, inbox[1].Position] });

        Assert.Equal(["c"], (await Journal.ReadInboxAsync(Tenant, _id)).Select(m => m.Id));
        Assert.Equal(_id, Assert.Single(await Journal.ReadWithInboxAsync(0, 9)).ExecutionId);
    }

    [Fact]
    public async Task A_message_that_waits_already_is_accepted_and_kept_once()
    {
        Assert.Equal(InboxOutcome.Accepted, await Journal.SendAsync(Message("a")));
        Assert.Equal(InboxOutcome.Accepted, await Journal.SendAsync(Message("a")));

        Assert.Single(await Journal.ReadInboxAsync(Tenant, _id));
    }

    [Fact]
    public async Task A_message_to_nobody_to_another_tenants_or_to_a_finished_execution_is_not_accepted()
    {
        Assert.Equal(InboxOutcome.NotFound, await Journal.SendAsync(Message("a") with { ExecutionId = NewId() }));
        Assert.Equal(InboxOutcome.NotFound, await Journal.SendAsync(Message("a") with { Tenant = "other" }));

        await Journal.CommitAsync(Next(_id, 2, 3, Row(ExecutionStatus.Success)));

        Assert.Equal(InboxOutcome.Finished, await Journal.SendAsync(Message("a")));
    }

    [Fact]
    public async Task An_inbox_holds_a_thousand_messages()
    {
        await Task.WhenAll(Enumerable.Range(0, JournalStore.MaxInbox).Select(i => Journal.SendAsync(Message($"{i}"))));

        Assert.Equal(InboxOutcome.Full, await Journal.SendAsync(Message("one more")));
    }

    [Fact]
    public async Task A_commit_says_what_became_of_its_messages()
    {
        var receipt = await Journal.CommitAsync(First(NewId()) with { Messages = [Message("a"), Message("b") with { ExecutionId = NewId() }] });

        Assert.Equal([InboxOutcome.Accepted, InboxOutcome.NotFound], receipt.Messages);
        Assert.Equal(["a"], (await Journal.ReadInboxAsync(Tenant, _id)).Select(m => m.Id));
    }

    private InboxMessage Message(string id) => new(Tenant, _id, id, "signal", Json("1"));
}
