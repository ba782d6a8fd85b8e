using LinkFlow.Local.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;
using static LinkFlow.Local.Tests.Sqlite.TestStore;

namespace LinkFlow.Local.Tests.Sqlite;

public sealed class DatabaseFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("linkflow-").FullName;
    private string DatabasePath => Path.Combine(_folder, "linkflow.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, 16, "does not begin as a database")]
    [InlineData(16, 2, "page size")]
    [InlineData(4096, 40_000, "restore")]
    public async Task A_damaged_file_stops_the_start_and_names_the_way_back(int at, int length, string said)
    {
        await WriteSome();
        using (var file = File.OpenWrite(DatabasePath))
        {
            file.Position = at;
            file.Write(Enumerable.Repeat((byte)0xA5, length).ToArray());
        }

        var stop = await Assert.ThrowsAsync<StoreDamagedException>(() => OpenAsync(_folder));

        Assert.Contains(said, stop.Message, StringComparison.Ordinal);
        Assert.Contains(StoreDamagedException.Remedy, stop.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(8192)]
    [InlineData(20_000)]
    public async Task A_file_that_lost_its_end_stops_the_start(int length)
    {
        await WriteSome();
        using (var file = File.OpenWrite(DatabasePath)) file.SetLength(length);

        await Assert.ThrowsAsync<StoreDamagedException>(() => OpenAsync(_folder));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_stops_the_start()
    {
        (await OpenAsync(_folder)).Dispose();
        Change($"PRAGMA user_version={Schema.CurrentVersion + 1}");

        var stop = await Assert.ThrowsAsync<StoreDamagedException>(() => OpenAsync(_folder));

        Assert.Contains($"version {Schema.CurrentVersion + 1}", stop.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TABLE theirs(a)")]
    [InlineData("CREATE TABLE theirs(a); PRAGMA user_version=1")]
    public async Task A_file_of_another_program_is_left_alone(string theirs)
    {
        Change(theirs);

        var stop = await Assert.ThrowsAsync<StoreDamagedException>(() => OpenAsync(_folder));

        Assert.Contains("another program", stop.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Migrations_are_applied_once_in_their_order_and_whole()
    {
        using var session = Open();
        string[] first = ["CREATE TABLE a(x)"], second = [.. first, "CREATE TABLE b(y); INSERT INTO a VALUES(1)"], broken = [.. second, "CREATE TABLE c(z); INSERT INTO nowhere VALUES(1)"];

        Assert.Equal(0, Schema.Migrate(session, DatabasePath, first));
        Assert.Equal(1, Schema.Migrate(session, DatabasePath, second));
        Assert.Equal(2, Schema.Migrate(session, DatabasePath, second));
        Assert.Throws<SqliteFaultException>(() => Schema.Migrate(session, DatabasePath, broken));

        Assert.Equal(1, session.QueryNumber("SELECT count(*) FROM a"));
        Assert.Equal(0, session.QueryNumber("SELECT count(*) FROM sqlite_master WHERE name = 'c'"));
        Assert.Equal(2, session.QueryNumber("PRAGMA user_version"));
    }

    [Fact]
    public async Task Each_commit_is_synced_to_a_write_ahead_log()
    {
        using var test = await OpenAsync(_folder);

        Assert.Equal(2, await test.NumberAsync("PRAGMA synchronous"));
        Assert.Equal("wal", await test.Store.Writer.WriteAsync(session => session.QueryText("PRAGMA journal_mode")));
    }

    [Fact]
    public async Task A_store_that_was_closed_is_one_file()
    {
        await WriteSome();

        Assert.Equal(["linkflow.db", "lock"], Directory.EnumerateFiles(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_systems_library_is_taken_only_when_it_is_newer()
    {
        string[] names = ["no-such-library.so", "libsqlite3.so.0"];

        Assert.Equal(0, SqliteLibrary.FindNewer(names, int.MaxValue));
        Assert.True(SqliteLibrary.FindNewer(names, 0) == 0 || Version.Parse(SqliteLibrary.Version) >= new Version(3, 35, 5));
    }

    private async Task WriteSome()
    {
        using var test = await OpenAsync(_folder);
        for (var i = 0; i < 50; i++) await test.Store.Journal.CommitAsync(First(NewId()) with { Segment = Segment(1, 500) });
    }

    private SqliteSession Open() => SqliteSession.Open(DatabasePath, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, cacheKiB: 100, TimeSpan.Zero);

    private void Change(string sql)
    {
        using var session = Open();
        session.Execute(sql);
    }
}
