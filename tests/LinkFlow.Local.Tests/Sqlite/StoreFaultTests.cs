using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Ports;
using static LinkFlow.Local.Tests.Sqlite.TestStore;

namespace LinkFlow.Local.Tests.Sqlite;

public sealed class StoreFaultTests
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_full_disk_refuses_writes_keeps_reads_and_recovers_without_losing_what_was_acknowledged()
    {
        using var disk = TestDisk.Create();
        using var test = await OpenAsync(disk.Path);
        var acknowledged = await WriteUntilRefused(test, whileWriting: () => disk.FillAsync(test.Store.Writer));

        // However small the next write is: it stays refused until there is space.
        if (disk.IsMounted)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => test.ExecuteAsync("UPDATE marks SET value = value"));
            Assert.NotNull(test.Store.Fault);
        }

        Assert.All(acknowledged, id => Assert.NotNull(test.Store.Journal.GetAsync(Tenant, id).AsTask().Result));
        await disk.FreeAsync();
        acknowledged.Add(await WriteWithin(test, RecoveryLimit));

        test.Reopen();
        foreach (var id in acknowledged) Assert.Equal(2, (await test.Store.Journal.ReadSegmentsAsync(Tenant, id, 0)).Sum(s => s.LastSeq));
        Assert.Equal(acknowledged.Count, await test.NumberAsync("SELECT count(*) FROM executions"));
    }

    [Fact]
    public async Task A_read_only_folder_refuses_writes_keeps_reads_and_recovers_by_itself()
    {
        if (OperatingSystem.IsWindows()) return;
        using var test = await OpenAsync();
        var acknowledged = await WriteWithin(test, TimeSpan.Zero);
        File.SetUnixFileMode(test.Folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Store.Journal.CommitAsync(First(NewId())));
        Assert.InRange(refusal.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        Assert.NotNull(test.Store.Fault);
        Assert.NotNull(await test.Store.Journal.GetAsync(Tenant, acknowledged));

        File.SetUnixFileMode(test.Folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Until(() => test.Store.Fault is null, RecoveryLimit);
        Assert.NotNull(await test.Store.Journal.GetAsync(Tenant, await WriteWithin(test, TimeSpan.Zero)));
    }

    [Fact]
    public async Task A_database_that_vanished_is_not_replaced_by_an_empty_one()
    {
        using var test = await OpenAsync();
        await test.Store.Journal.CommitAsync(First(NewId()));
        var aside = test.Folder.DatabasePath + ".aside";
        File.Move(test.Folder.DatabasePath, aside);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Store.Journal.CommitAsync(First(NewId())));

        Assert.False(File.Exists(test.Folder.DatabasePath));
        File.Move(aside, test.Folder.DatabasePath);
        await WriteWithin(test, RecoveryLimit);
    }

    [Fact]
    public async Task A_reader_that_meets_damage_says_so()
    {
        using var test = await OpenAsync();
        var id = await WriteWithin(test, TimeSpan.Zero);
        await test.ExecuteAsync("PRAGMA writable_schema=ON; UPDATE sqlite_master SET rootpage = 99999 WHERE name = 'segments'");
        test.Store.Dispose();

        var damaged = Assert.Throws<LinkFlow.Local.Sqlite.StoreDamagedException>(test.Reopen);

        Assert.Contains("restore", damaged.Message, StringComparison.Ordinal);
        Assert.NotEmpty(id);
    }

    /// <summary>Writes executions, a few at a time, until one is refused.</summary>
    private static async Task<List<string>> WriteUntilRefused(TestStore test, Func<Task> whileWriting)
    {
        var acknowledged = new List<string>();
        for (var round = 0; ; round++)
        {
            if (round == 5) await whileWriting();
            var commits = Enumerable.Range(0, 20).Select(_ => NewId()).Select(async id =>
            {
                await test.Store.Journal.CommitAsync(First(id) with { Segment = new SegmentWrite(1, 2, new byte[10_000]) });
                lock (acknowledged) acknowledged.Add(id);
            });
            try
            {
                await Task.WhenAll(commits);
            }
            catch (StoreUnavailableException e)
            {
                Assert.InRange(e.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
                Assert.InRange(round, 5, 100);
                return acknowledged;
            }
        }
    }

    private static async Task<string> WriteWithin(TestStore test, TimeSpan limit)
    {
        var id = NewId();
        for (var started = Environment.TickCount64; ; await Task.Delay(100))
        {
            try
            {
                await test.Store.Journal.CommitAsync(First(id));
                return id;
            }
            catch (StoreUnavailableException) when (Environment.TickCount64 - started < limit.TotalMilliseconds)
            {
                // Again, until the time is over.
            }
        }
    }

    private static async Task Until(Func<bool> condition, TimeSpan limit)
    {
        for (var started = Environment.TickCount64; !condition(); await Task.Delay(50))
            Assert.True(Environment.TickCount64 - started < limit.TotalMilliseconds, $"Not within {limit}.");
    }
}
