using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Records;
using LinkFlow.Platform;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Tests.Records;

public sealed class ExecutionRecordsTests : IAsyncLifetime
{
    private RecordsWorld _world = null!;

    private ExecutionRecords Records => _world.One.Records;

    public async Task InitializeAsync() => _world = await RecordsWorld.BeginAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task An_execution_is_created_once_however_often_it_is_asked_for()
    {
        var started = Started();

        var first = await Create(started);
        var second = await Create(started with { Seed = new string('b', 32) });

        Assert.Equal((1, first.ETag), (first.ETag, second.ETag));
        Assert.Equal(started.Seed, ((ExecutionStarted)(await Read(first))[0]).Seed);
    }

    [Fact]
    public async Task An_append_that_is_repeated_is_there_already()
    {
        var record = await Create(Started());

        var first = await Append(record.Id, Signals(2, 3));
        var again = await Append(record.Id, Signals(2, 3));

        Assert.Equal((AppendOutcome.Appended, AppendOutcome.AlreadyThere), (first.Outcome, again.Outcome));
        Assert.Equal([1, 2, 3], (await Read(again.Record)).Select(e => e.Seq));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 4)]
    [InlineData(3, 6)]
    [InlineData(5, 6)]
    public async Task An_append_may_overlap_what_is_there(int first, int last)
    {
        var record = await Create(Started());
        await Append(record.Id, Signals(2, 4));

        var result = await Append(record.Id, Signals(first, last));

        Assert.Equal(Math.Max(4, last), result.Record.LastSeq);
        Assert.Equal(Enumerable.Range(2, (int)result.Record.LastSeq - 1).Select(i => $"s{i}"), (await Read(result.Record)).OfType<SignalReceived>().Select(e => e.Name));
    }

    [Theory]
    [InlineData(2, 4, "x")]
    [InlineData(4, 5, "x")]
    [InlineData(6, 7, "s")]
    public async Task An_append_that_does_not_go_on_with_the_history_is_refused(int first, int last, string name)
    {
        var record = await Create(Started());
        await Append(record.Id, Signals(2, 4));

        var refused = await Assert.ThrowsAsync<RecordConflictException>(() => Append(record.Id, Signals(first, last, name)));

        Assert.Equal(4, refused.LastSeq);
        Assert.Equal(4, (await _world.FindAsync(record.Id)).LastSeq);
    }

    [Fact]
    public async Task Of_two_hosts_that_append_the_same_at_once_both_succeed()
    {
        var record = await Create(Started());
        _world.Store.BeforeCommit = _ => Append(record.Id, Signals(2, 5), _world.Another());

        var result = await Append(record.Id, Signals(2, 5));

        Assert.Equal(AppendOutcome.AlreadyThere, result.Outcome);
        Assert.Equal(5, (await Read(result.Record)).Count);
    }

    [Fact]
    public async Task Of_two_hosts_that_append_different_things_one_is_refused()
    {
        var record = await Create(Started());
        _world.Store.BeforeCommit = _ => Append(record.Id, Signals(2, 3, "other"), _world.Another());

        await Assert.ThrowsAsync<RecordConflictException>(() => Append(record.Id, Signals(2, 5)));

        Assert.Equal(3, (await _world.FindAsync(record.Id)).LastSeq);
    }

    [Fact]
    public async Task A_history_too_large_for_a_batch_is_read_back_whole()
    {
        var record = await Create(Started());
        var large = Signals(2, 900).Select(e => e with { Body = Noise(3_900) }).ToList();

        var result = await Append(record.Id, large);

        var read = await Read(result.Record);
        Assert.Equal(900, read.Count);
        Assert.Equal(large[^1].Body.Inline.ToArray(), ((SignalReceived)read[^1]).Body.Inline.ToArray());
        Assert.Equal(450, (await Records.Events.ReadEventAsync(result.Record, 450))!.Seq);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_large_append_that_dies_anywhere_leaves_nothing_that_is_seen_and_can_be_repeated_or_replaced(bool replaced)
    {
        for (var at = 0; ; at++)
        {
            var record = await Create(Started());
            var large = Signals(2, 700).Select(e => e with { Body = Noise(3_900) }).ToList();
            _world.Store.DieAt(at, afterEffect: true);
            try
            {
                await Append(record.Id, large, known: record);
            }
            catch (KilledException)
            {
            }

            if (!_world.Store.Revive()) return;
            var now = await _world.FindAsync(record.Id);
            Assert.Equal(now.LastSeq, (await Read(now)).Count);
            if (now.LastSeq == 1 && replaced) large = [.. Signals(2, 650, "n").Select(e => e with { Body = Noise(1_000) })];
            var result = await Append(record.Id, large);
            Assert.Equal(large.Select(e => e.Name), (await Read(result.Record)).OfType<SignalReceived>().Select(e => e.Name));
        }
    }

    [Fact]
    public async Task The_starts_of_an_attempt_are_counted_until_its_end_is_appended()
    {
        var record = await Create(Started());
        var attempt = new RunAttempt("n", 0, 1);
        var begins = new RecordAppend { Tenant = RecordsWorld.Tenant, ExecutionId = record.Id, Events = Signals(2, 2), Begins = attempt };

        Assert.Equal(1, (await Records.AppendAsync(begins)).Starts);
        Assert.Equal(2, (await Records.AppendAsync(begins)).Starts);
        await Append(record.Id, [new NodeCancelled { Seq = 3, At = 3, Node = "n", Run = 0, Attempt = 1 }]);

        Assert.Empty((await _world.FindAsync(record.Id)).Starts);
    }

    [Fact]
    public async Task An_attempt_is_told_to_stop_until_its_end_is_appended()
    {
        var record = await Create(Started());
        await Records.StopAsync(RecordsWorld.Tenant, record.Id, [new RunAttempt("n", 0, 1), new RunAttempt("m", 2, 1)]);

        await Append(record.Id, [new NodeCancelled { Seq = 2, At = 3, Node = "n", Run = 0, Attempt = 1 }]);

        Assert.Equal([new RunAttempt("m", 2, 1)], (await _world.FindAsync(record.Id)).Stops);
    }

    [Fact]
    public async Task The_first_result_of_an_attempt_stays_until_the_history_holds_it()
    {
        var record = await Create(Started());
        var attempt = new RunAttempt("a node/with?odd#characters", 3, 2);

        await Records.Results.KeepAsync(RecordsWorld.Tenant, record.Id, attempt, "first"u8.ToArray());
        var kept = await Records.Results.KeepAsync(RecordsWorld.Tenant, record.Id, attempt, "second"u8.ToArray());
        await Records.AppendAsync(new RecordAppend { Tenant = RecordsWorld.Tenant, ExecutionId = record.Id, Events = Signals(2, 2), Taken = [attempt] });

        Assert.Equal("first"u8.ToArray(), kept.ToArray());
        Assert.Null(await Records.Results.FindAsync(RecordsWorld.Tenant, record.Id, attempt));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200_000)]
    [InlineData(3_000_000)]
    public async Task A_snapshot_of_any_size_comes_back(int size)
    {
        var record = await Create(Started());
        var state = Noise(size).Inline;

        var result = await Records.AppendAsync(new RecordAppend { Tenant = RecordsWorld.Tenant, ExecutionId = record.Id, Events = Signals(2, 2), Snapshot = new RecordSnapshot(2, state) });

        var read = await Records.ReadSnapshotAsync(result.Record);
        Assert.Equal((2, true), (read!.Seq, read.State.Span.SequenceEqual(state.Span)));
    }

    private Task<ExecutionRecord> Create(ExecutionStarted started) => Records.CreateAsync(RecordsWorld.Tenant, [started], AnswerWhen.Accepted);

    private Task<AppendResult> Append(string id, IReadOnlyList<ExecutionEvent> events, RecordsHost? host = null, ExecutionRecord? known = null) =>
        (host?.Records ?? Records).AppendAsync(new RecordAppend { Tenant = RecordsWorld.Tenant, ExecutionId = id, Events = events, Known = known });

    private ValueTask<IReadOnlyList<ExecutionEvent>> Read(ExecutionRecord record) => Records.Events.ReadAsync(record, 0, int.MaxValue);

    internal static ExecutionStarted Started() => new()
    {
        Seq = 1, At = 1, ExecutionId = Ids.Next(), WorkflowId = "w", WorkflowVersion = 1, RulesVersion = 1, Seed = new string('a', 32), Mode = "api", StartNode = "start", Input = Payload.Of([]),
    };

    internal static List<SignalReceived> Signals(int first, int last, string name = "s") =>
        [.. Enumerable.Range(first, last - first + 1).Select(i => new SignalReceived { Seq = i, At = i, Id = $"{name}{i}", Name = $"{name}{i}", Body = Payload.Of([]) })];

    /// <summary>JSON that does not compress.</summary>
    private static Payload Noise(int bytes)
    {
        var random = new Random(bytes);
        var noise = new byte[(bytes / 4 * 3) - 30];
        random.NextBytes(noise);
        return Payload.Of([Item.Of(new ObjectValue { { "n", Convert.ToBase64String(noise) } })]);
    }
}
