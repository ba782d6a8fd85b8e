using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Tests.Records;

public sealed class InboxTests : IAsyncLifetime
{
    private RecordsWorld _world = null!;
    private ExecutionRecord _record = null!;

    private RecordedInbox Inbox => _world.One.Records.Inbox;

    public async Task InitializeAsync()
    {
        _world = await RecordsWorld.BeginAsync();
        _record = await _world.One.Records.CreateAsync(RecordsWorld.Tenant, [ExecutionRecordsTests.Started()], AnswerWhen.Accepted);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Positions_have_no_gaps_and_keep_each_senders_order_when_many_send_at_once()
    {
        var senders = Enumerable.Range(0, 6).Select(s => Task.Run(async () =>
        {
            var host = _world.Another();
            for (var i = 0; i < 10; i++) Assert.Equal(CommandOutcome.Accepted, await Send(Signal($"{s}.{i}"), host));
        }));
        await Task.WhenAll(senders);

        var entries = await Inbox.ReadAsync(RecordsWorld.Tenant, _record.Id, 0);

        Assert.Equal(Enumerable.Range(1, 60), entries.Select(e => (int)e.Position));
        Assert.All(entries.GroupBy(e => e.Event.Id![0]), group => Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{group.Key}.{i}"), group.Select(e => e.Event.Id)));
    }

    [Fact]
    public async Task A_command_that_is_sent_twice_is_in_there_once()
    {
        await Send(Signal("same"));
        var again = await Send(Signal("same"));

        Assert.Equal(CommandOutcome.Accepted, again);
        Assert.Single(await Inbox.ReadAsync(RecordsWorld.Tenant, _record.Id, 0));
    }

    [Fact]
    public async Task A_sender_that_dies_anywhere_and_sends_again_has_sent_once()
    {
        var sent = 0;
        for (var (at, died) = (0, true); died; at++)
        {
            foreach (var afterEffect in (bool[])[false, true])
            {
                _world.Store.DieAt(at, afterEffect);
                await Record.ExceptionAsync(() => Send(Signal($"s{sent}")));
                died = _world.Store.Revive();
                await Send(Signal($"s{sent++}"));
            }
        }

        Assert.Equal(sent, (await Inbox.ReadAsync(RecordsWorld.Tenant, _record.Id, 0)).Count);
    }

    [Fact]
    public async Task What_was_heard_is_gone_and_what_was_not_stays()
    {
        for (var i = 0; i < 5; i++) await Send(Signal($"s{i}"));

        await Hear(through: 3);

        Assert.Equal([4L, 5L], (await Inbox.ReadAsync(RecordsWorld.Tenant, _record.Id, 0)).Select(e => e.Position));
        Assert.Equal((3, true), ((await _world.FindAsync(_record.Id)).InboxHeard, (await _world.FindAsync(_record.Id)).HasUnheard));
    }

    [Fact]
    public async Task An_end_that_must_not_pass_a_command_by_does_not()
    {
        await Send(Signal("before"));
        var end = new RecordAppend { Tenant = RecordsWorld.Tenant, ExecutionId = _record.Id, Events = ExecutionRecordsTests.Signals(2, 2), OnlyIfHeard = true, InboxThrough = 1 };
        _world.Store.BeforeCommit = _ => Send(Signal("between"), _world.Another());

        var refused = await _world.One.Records.AppendAsync(end);
        var heard = await _world.One.Records.AppendAsync(end with { InboxThrough = 2 });

        Assert.Equal((AppendOutcome.Unheard, AppendOutcome.Appended), (refused.Outcome, heard.Outcome));
    }

    [Fact]
    public async Task Signals_beyond_the_bound_are_refused_and_other_commands_are_not()
    {
        for (var i = 0; i < 3; i++) await Send(Signal($"s{i}"), most: 3);

        Assert.Equal(CommandOutcome.TooManySignals, await Send(Signal("s3"), most: 3));
        Assert.Equal(CommandOutcome.Accepted, await Send(new CancelRequested { Id = "c" }, most: 3));
    }

    [Fact]
    public async Task A_finished_execution_takes_no_more_and_one_that_never_was_is_not_found()
    {
        var ended = _record.Execution with { Status = ExecutionStatus.Success, FinishedAt = 5 };
        await _world.One.Records.AppendAsync(new RecordAppend { Tenant = RecordsWorld.Tenant, ExecutionId = _record.Id, Events = ExecutionRecordsTests.Signals(2, 2), Execution = ended });

        Assert.Equal(CommandOutcome.AlreadyFinished, await Send(Signal("s")));
        Assert.Equal(CommandOutcome.NotFound, await Inbox.SendAsync("another", _record.Id, Signal("s")));
    }

    [Fact]
    public async Task A_large_signal_comes_through_a_blob()
    {
        var text = string.Concat(Enumerable.Range(0, 4_000).Select(i => $"{i} "));
        await Send(Signal("large") with { Body = Payload.Of([Item.Of(new ObjectValue { { "t", text } })]) });

        var entry = (SignalReceived)(await Inbox.ReadAsync(RecordsWorld.Tenant, _record.Id, 0))[0].Event;

        Assert.NotNull(entry.Body.Blob);
        Assert.Contains(text, System.Text.Encoding.UTF8.GetString((await _world.Sqlite.Blobs.GetAsync(RecordsWorld.Tenant, entry.Body.Blob))!.Value.Span), StringComparison.Ordinal);
    }

    private Task<CommandOutcome> Send(ExecutionEvent command, RecordsHost? host = null, int most = 1_000) =>
        (host ?? _world.One).Records.Inbox.SendAsync(RecordsWorld.Tenant, _record.Id, command, most);

    private Task Hear(long through) => _world.One.Records.AppendAsync(new RecordAppend { Tenant = RecordsWorld.Tenant, ExecutionId = _record.Id, Events = [], InboxThrough = through });

    private static SignalReceived Signal(string id) => new() { Id = id, Name = "go", Body = Payload.Of([]) };
}
