using LinkFlow.Engine.Executions;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Ports;
using static LinkFlow.Local.Tests.Sqlite.TestStore;

namespace LinkFlow.Local.Tests.Sqlite;

public sealed class JournalStoreTests : IAsyncLifetime
{
    private TestStore _test = null!;
    private readonly string _id = NewId();
    private JournalStore Journal => _test.Store.Journal;

    public async Task InitializeAsync() => _test = await OpenAsync();

    public Task DisposeAsync()
    {
        _test.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task An_execution_is_read_as_it_was_written()
    {
        await Journal.CommitAsync(First(_id, Row(ExecutionStatus.Success, workflowId: "w7", mode: "webhook", startedAt: 5)));

        var found = await Journal.GetAsync(Tenant, _id);

        Assert.NotNull(found);
        Assert.Equal((_id, "w7", ExecutionStatus.Success, "webhook", 5L, (long?)15L, 2L), (found.Id, found.WorkflowId, found.Status, found.Mode, found.StartedAt, found.FinishedAt, found.LastSeq));
        Assert.Equal("""{"a":1}"""u8.ToArray(), found.Body.ToArray());
    }

    [Fact]
    public async Task Of_two_owners_at_the_same_event_only_one_can_append()
    {
        await Journal.CommitAsync(First(_id));
        var commits = new[] { Journal.CommitAsync(Next(_id, 2, 3)), Journal.CommitAsync(Next(_id, 2, 4)) };

        var conflict = await Assert.ThrowsAsync<JournalConflictException>(() => Task.WhenAll(commits));

        Assert.Equal((2, 3), (conflict.Expected, conflict.Found));
        Assert.Equal([1L, 3L], (await Journal.ReadSegmentsAsync(Tenant, _id, 0)).Select(s => s.FirstSeq));
    }

    [Fact]
    public async Task An_execution_starts_once()
    {
        await Journal.CommitAsync(First(_id));

        await Assert.ThrowsAsync<JournalConflictException>(() => Journal.CommitAsync(First(_id)));
    }

    [Theory]
    [InlineData(0, new long[] { 1, 3, 6 })]
    [InlineData(1, new long[] { 1, 3, 6 })]
    [InlineData(2, new long[] { 3, 6 })]
    [InlineData(3, new long[] { 3, 6 })]
    [InlineData(5, new long[] { 6 })]
    [InlineData(6, new long[0])]
    public async Task Segments_are_read_from_the_one_that_holds_the_next_event(long after, long[] firsts)
    {
        await AppendThree();

        var segments = await Journal.ReadSegmentsAsync(Tenant, _id, after);

        Assert.Equal(firsts, segments.Select(s => s.FirstSeq));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, 1L)]
    [InlineData(2, 1L)]
    [InlineData(3, 3L)]
    [InlineData(5, 3L)]
    [InlineData(6, 6L)]
    [InlineData(7, null)]
    public async Task An_event_is_found_in_its_segment(long seq, long? first)
    {
        await AppendThree();

        Assert.Equal(first, (await Journal.ReadSegmentAtAsync(Tenant, _id, seq))?.FirstSeq);
    }

    [Fact]
    public async Task Reading_segments_stops_at_the_size_asked_for()
    {
        await AppendThree();

        Assert.Equal([1L], (await Journal.ReadSegmentsAsync(Tenant, _id, 0, maxBytes: 1)).Select(s => s.FirstSeq));
        Assert.Equal([3L], (await Journal.ReadSegmentsAsync(Tenant, _id, 2, maxBytes: 1)).Select(s => s.FirstSeq));
    }

    [Fact]
    public async Task Segments_that_replace_the_history_are_all_that_is_left_of_it()
    {
        await AppendThree();
        var replacement = new SegmentWrite[] { new(1, 6, Json("[0]")) };

        await Journal.CommitAsync(Next(_id, 6, 7, Row(ExecutionStatus.Success)) with { Replacement = replacement });

        Assert.Equal([(1L, 6L), (7L, 7L)], (await Journal.ReadSegmentsAsync(Tenant, _id, 0)).Select(s => (s.FirstSeq, s.LastSeq)));
        Assert.Equal(2, await _test.NumberAsync("SELECT count(*) FROM segments"));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(2, 1)]
    public async Task A_segment_that_does_not_follow_is_refused(long first, long last)
    {
        var commit = First(_id) with { Segment = new SegmentWrite(first, last, Json("[]")) };

        await Assert.ThrowsAsync<ArgumentException>(() => Journal.CommitAsync(commit));
    }

    [Fact]
    public async Task A_new_execution_needs_a_row() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.CommitAsync(First(_id) with { Row = null }));

    [Theory]
    [InlineData("UPDATE segments SET payload = '[9]' WHERE first_seq = 3", 3)]
    [InlineData("UPDATE segments SET last_seq = 9 WHERE first_seq = 1", 1)]
    [InlineData("DELETE FROM segments WHERE first_seq = 1", 1)]
    [InlineData("DELETE FROM segments WHERE first_seq = 3", 3)]
    public async Task A_segment_that_is_not_what_was_written_is_reported_and_never_skipped(string damage, long at)
    {
        await AppendThree();
        await _test.ExecuteAsync(damage);

        var found = await Assert.ThrowsAsync<SegmentDamagedException>(async () => await Journal.ReadSegmentsAsync(Tenant, _id, 0));

        Assert.Equal((_id, at), (found.ExecutionId, found.FirstSeq));
    }

    [Fact]
    public async Task A_parked_execution_is_not_runnable_until_it_is_let_go()
    {
        await Journal.CommitAsync(First(_id));

        await Journal.ParkAsync(Tenant, _id, "HISTORY_UNREADABLE: it is");
        Assert.Empty(await Journal.ReadRunnableAsync(0, 10));
        Assert.Equal("HISTORY_UNREADABLE: it is", (await Journal.GetAsync(Tenant, _id))!.Parked);

        await Journal.ParkAsync(Tenant, _id, null);
        Assert.Equal(_id, Assert.Single(await Journal.ReadRunnableAsync(0, 10)).ExecutionId);
        Assert.False(await Journal.ParkAsync("other", _id, null));
    }

    [Fact]
    public async Task Only_queued_and_running_executions_are_runnable()
    {
        var all = Enum.GetValues<ExecutionStatus>().ToDictionary(status => status, _ => NewId());
        foreach (var (status, id) in all) await Journal.CommitAsync(First(id, Row(status)));

        var runnable = await Journal.ReadRunnableAsync(0, 100);

        Assert.Equal([all[ExecutionStatus.Queued], all[ExecutionStatus.Running]], runnable.Select(r => r.ExecutionId));
        Assert.Equal(runnable.Skip(1), await Journal.ReadRunnableAsync(runnable[0].Number, 100));
    }

    [Fact]
    public async Task A_snapshot_takes_the_place_of_the_one_before_and_goes_with_the_end()
    {
        await Journal.CommitAsync(First(_id) with { Snapshot = new SnapshotWrite(2, Json("2")) });
        await Journal.CommitAsync(Next(_id, 2, 3) with { Snapshot = new SnapshotWrite(3, Json("3")) });
        var found = await Journal.ReadSnapshotAsync(Tenant, _id);
        Assert.Equal((3L, (byte)'3'), (found!.Seq, found.Body.Span[0]));

        await Journal.CommitAsync(Next(_id, 3, 4, Row(ExecutionStatus.Error)));

        Assert.Null(await Journal.ReadSnapshotAsync(Tenant, _id));
    }

    [Fact]
    public async Task A_damaged_snapshot_is_reported()
    {
        await Journal.CommitAsync(First(_id) with { Snapshot = new SnapshotWrite(2, Json("2")) });
        await _test.ExecuteAsync("UPDATE snapshots SET body = '3'");

        await Assert.ThrowsAsync<SegmentDamagedException>(async () => await Journal.ReadSnapshotAsync(Tenant, _id));
    }

    [Fact]
    public async Task Timers_come_by_due_time_can_be_moved_and_go_with_the_end()
    {
        await Journal.CommitAsync(First(_id) with { Timers = [new("a", 30), new("b", 20), new("c", 10)] });
        await Journal.CommitAsync(Next(_id, 2, 3) with { Timers = [new("a", 15), new("c", null)] });

        Assert.Equal([("a", 15L), ("b", 20L)], (await Journal.ReadTimersOfAsync(Tenant, _id)).Select(t => (t.Name, t.DueAt)));
        Assert.Equal(["a"], (await Journal.ReadTimersAsync(dueBy: 15, limit: 9)).Select(t => t.Name));
        Assert.Equal(20, await Journal.NextTimerAfterAsync(15));

        await Journal.CommitAsync(Next(_id, 3, 4, Row(ExecutionStatus.Cancelled)));
        Assert.Empty(await Journal.ReadTimersAsync(long.MaxValue, 9));
        Assert.Null(await Journal.NextTimerAfterAsync(0));
    }

    [Fact]
    public async Task Documents_and_events_commit_with_the_execution_or_not_at_all()
    {
        var type = new DocumentType("deduplication");
        await _test.Store.Documents.CommitAsync(new UnitOfWork(Tenant).Put(type, "k", Body("1")));
        var work = new UnitOfWork(Tenant).Raise(new OutgoingEvent("t", "s", Body("1"))).Put(type, "k", Body("2"), expected: 0);

        await Assert.ThrowsAsync<DocumentConflictException>(() => Journal.CommitAsync(First(_id) with { Documents = [work] }));

        Assert.Null(await Journal.GetAsync(Tenant, _id));
        Assert.Empty(await _test.Store.Outbox.ReadAsync(0, 9));
    }

    [Fact]
    public async Task What_a_commit_starts_begins_with_it_and_only_once()
    {
        var child = NewId();
        await Journal.CommitAsync(First(_id) with { Starts = [First(child, Row(ExecutionStatus.Queued)) with { Segment = null }] });
        Assert.Equal((0L, ExecutionStatus.Queued), Assert.IsType<ExecutionRecord>(await Journal.GetAsync(Tenant, child)) is var c ? (c.LastSeq, c.Status) : default);

        await Journal.CommitAsync(First(child));
        await Journal.CommitAsync(Next(_id, 2, 3) with { Starts = [First(child)] });

        Assert.Equal([1L], (await Journal.ReadSegmentsAsync(Tenant, child, 0)).Select(s => s.FirstSeq));
    }

    [Fact]
    public async Task Segments_are_published_in_the_order_of_their_commits_and_positions_never_come_back()
    {
        var other = NewId();
        await Journal.CommitAsync(First(_id, Row(ExecutionStatus.Success)));
        await Journal.CommitAsync(First(other, Row(ExecutionStatus.Success)));
        var before = await Journal.ReadPublishedAsync(0, 9);
        await Journal.DeleteAsync(Tenant, other);
        _test.Reopen();

        await Journal.CommitAsync(First(NewId()));

        Assert.Equal([_id, other], before.Select(s => s.ExecutionId));
        Assert.Single(await Journal.ReadPublishedAsync(before[1].Segment.Position, 9));
    }

    [Fact]
    public async Task Deleting_an_execution_leaves_nothing_of_it()
    {
        await Journal.CommitAsync(First(_id) with { Blobs = ["default/1"], Timers = [new("a", 1)], Snapshot = new(2, Json("1")) });
        await Journal.SendAsync(new InboxMessage(Tenant, _id, "m", "signal", Json("1")));
        Assert.False(await Journal.DeleteAsync(Tenant, _id));
        await Journal.CommitAsync(Next(_id, 2, 3, Row(ExecutionStatus.Success)));

        Assert.Null(await Journal.DeleteAsync("other", _id));
        Assert.True(await Journal.DeleteAsync(Tenant, _id));

        foreach (var table in new[] { "executions", "segments", "snapshots", "inbox", "timers", "blob_refs" })
            Assert.Equal(0, await _test.NumberAsync($"SELECT count(*) FROM {table}"));
    }

    [Fact]
    public async Task A_run_of_one_append_costs_one_row_one_segment_and_three_index_entries()
    {
        await Journal.CommitAsync(First(_id, Row(ExecutionStatus.Success)));

        Assert.Equal(0, await _test.NumberAsync("SELECT count(*) FROM segments INDEXED BY segments_later WHERE first_seq > 1"));
        Assert.Equal(0, await _test.NumberAsync("SELECT count(*) FROM executions INDEXED BY executions_runnable WHERE status < 2 AND parked IS NULL"));
        Assert.Equal(4, await _test.NumberAsync("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND tbl_name = 'executions'"));
    }

    private async Task AppendThree()
    {
        await Journal.CommitAsync(First(_id));
        await Journal.CommitAsync(Next(_id, 2, 5));
        await Journal.CommitAsync(Next(_id, 5, 6));
    }
}
