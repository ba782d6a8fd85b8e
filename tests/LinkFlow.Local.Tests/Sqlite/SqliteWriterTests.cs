using LinkFlow.Local.Sqlite;
using LinkFlow.Platform.Ports;
using SQLitePCL;

namespace LinkFlow.Local.Tests.Sqlite;

public sealed class SqliteWriterTests : IAsyncLifetime
{
    private TestStore _test = null!;
    private SqliteWriter Writer => _test.Store.Writer;

    public async Task InitializeAsync()
    {
        _test = await TestStore.OpenAsync(options: new StoreOptions { QueueLength = 3, QueueBytes = 1 << 20, BusyTimeout = TimeSpan.FromMilliseconds(20) });
        await _test.ExecuteAsync("CREATE TABLE t(v INTEGER UNIQUE)");
    }

    public Task DisposeAsync()
    {
        _test.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_member_that_fails_takes_nobody_of_its_group_along()
    {
        var (good, bad, other) = await AsOneGroup(Insert(1), Insert(2, thenFail: true), Insert(3));

        await Task.WhenAll(good, other);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);

        Assert.Equal([1L, 3L], await Values());
    }

    [Fact]
    public async Task A_constraint_fails_only_the_member_that_broke_it()
    {
        var (good, bad, other) = await AsOneGroup(Insert(1), Insert(1), Insert(3));

        await Task.WhenAll(good, other);
        Assert.Equal(raw.SQLITE_CONSTRAINT, (await Assert.ThrowsAsync<SqliteFaultException>(() => bad)).Code);

        Assert.Equal([1L, 3L], await Values());
        Assert.Null(Writer.Fault);
    }

    [Fact]
    public async Task A_member_that_is_alone_is_undone_when_it_fails()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Writer.WriteAsync(Insert(1, thenFail: true)));

        Assert.Empty(await Values());
    }

    [Fact]
    public async Task A_commit_that_fails_fails_every_member()
    {
        await _test.ExecuteAsync("CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
        await Writer.WriteAsync(_ => true);
        var (first, second, third) = await AsOneGroup(Insert(1), s => Run(s, "INSERT INTO c VALUES(7)"), Insert(3), "PRAGMA foreign_keys=ON");

        foreach (var member in new[] { first, second, third }) await Assert.ThrowsAsync<StoreUnavailableException>(() => member);

        Assert.Empty(await Values());
    }

    [Theory]
    [InlineData(raw.SQLITE_IOERR)]
    [InlineData(raw.SQLITE_FULL)]
    [InlineData(raw.SQLITE_READONLY)]
    [InlineData(raw.SQLITE_CORRUPT)]
    public async Task A_fault_of_the_surroundings_fails_the_group_and_the_next_one_is_written(int code)
    {
        var (first, second, _) = await AsOneGroup(Insert(1), _ => throw new SqliteFaultException(code, "as if"), Insert(3));

        var fault = await Assert.ThrowsAsync<StoreUnavailableException>(() => first);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => second);
        Assert.InRange(fault.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

        await Writer.WriteAsync(Insert(4));
        Assert.Equal([4L], await Values());
        Assert.Null(Writer.Fault);
    }

    [Fact]
    public async Task A_full_queue_refuses_before_anything_is_accepted()
    {
        var release = Hold();
        var accepted = Enumerable.Range(0, 3).Select(i => Writer.WriteAsync(Insert(i))).ToList();

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => Writer.WriteAsync(Insert(9)));
        release.Set();
        await Task.WhenAll(accepted);

        Assert.InRange(refused.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        Assert.Equal([0L, 1L, 2L], await Values());
    }

    [Fact]
    public async Task A_queue_that_holds_too_much_data_refuses()
    {
        var release = Hold();
        var large = Writer.WriteAsync(Insert(1), bytes: 2 << 20);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => Writer.WriteAsync(Insert(2), bytes: 1));
        release.Set();
        await large;
    }

    [Fact]
    public async Task Work_that_is_taken_back_before_it_began_is_not_done()
    {
        using var cancel = new CancellationTokenSource();
        var release = Hold();
        var taken = Writer.WriteAsync(Insert(1), cancellationToken: cancel.Token);

        await cancel.CancelAsync();
        release.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taken);
        Assert.Empty(await Values());
    }

    [Fact]
    public async Task Housekeeping_waits_until_no_write_is_left()
    {
        var order = new List<string>();
        var release = Hold();
        var idle = Writer.WriteWhenIdleAsync(_ => Add(order, "idle"));
        var write = Writer.WriteAsync(_ => Add(order, "write"));
        release.Set();

        await Task.WhenAll(idle, write);

        Assert.Equal(["write", "idle"], order);
    }

    [Fact]
    public async Task What_was_accepted_is_written_before_it_closes_and_nothing_is_accepted_after()
    {
        var release = Hold();
        var accepted = Writer.WriteAsync(Insert(1));
        var closing = Task.Run(Writer.Dispose);
        release.Set();
        await closing;

        await accepted;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Writer.WriteAsync(Insert(2)));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Writer.WriteWhenIdleAsync(Insert(2)));
    }

    [Fact]
    public async Task Another_processs_lock_makes_it_unavailable_only_while_it_lasts()
    {
        using (var other = SqliteSession.Open(_test.Folder.DatabasePath, raw.SQLITE_OPEN_READWRITE, cacheKiB: 100, TimeSpan.Zero))
        {
            other.Execute("BEGIN IMMEDIATE");
            await Assert.ThrowsAsync<StoreUnavailableException>(() => Writer.WriteAsync(Insert(1)));
        }

        Assert.True(await Writer.WriteAsync(Insert(1)));
    }

    /// <summary>Keeps the writer busy until the event is set.</summary>
    private ManualResetEventSlim Hold(string? sql = null)
    {
        var (begun, release) = (new ManualResetEventSlim(), new ManualResetEventSlim());
        _ = Writer.WriteAsync(session =>
        {
            if (sql is not null) session.Execute(sql);
            begun.Set();
            return release.Wait(TimeSpan.FromSeconds(10));
        });
        begun.Wait();
        return release;
    }

    private async Task<(Task First, Task Second, Task Third)> AsOneGroup(Func<SqliteSession, bool> first, Func<SqliteSession, bool> second, Func<SqliteSession, bool> third, string? pragma = null)
    {
        // A pragma such as foreign_keys acts only outside of a transaction.
        if (pragma is not null) await Writer.WriteAsync(s => Run(s, $"COMMIT; {pragma}"));
        var release = Hold();
        var members = (Writer.WriteAsync(first), Writer.WriteAsync(second), Writer.WriteAsync(third));
        release.Set();
        await Task.WhenAny(Task.WhenAll(members.Item1, members.Item2, members.Item3), Task.Delay(TimeSpan.FromSeconds(10)));
        return members;
    }

    private static Func<SqliteSession, bool> Insert(int value, bool thenFail = false) => session =>
    {
        Run(session, $"INSERT INTO t VALUES({value})");
        return thenFail ? throw new InvalidOperationException("as asked") : true;
    };

    private static bool Run(SqliteSession session, string sql)
    {
        session.Execute(sql);
        return true;
    }

    private static bool Add(List<string> order, string name)
    {
        order.Add(name);
        return true;
    }

    private async Task<List<long>> Values()
    {
        var count = await _test.NumberAsync("SELECT count(*) FROM t") ?? 0;
        var values = new List<long>();
        for (var i = 0; i < count; i++) values.Add(await _test.NumberAsync($"SELECT v FROM t ORDER BY v LIMIT 1 OFFSET {i}") ?? 0);
        return values;
    }
}
