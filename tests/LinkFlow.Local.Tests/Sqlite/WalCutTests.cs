using LinkFlow.Local.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using static LinkFlow.Local.Tests.Sqlite.TestStore;

namespace LinkFlow.Local.Tests.Sqlite;

public sealed class WalCutTests
{
    private const int Commits = 40;
    private const int Cuts = 1_000;
    private const int Seed = 4711;

    [Fact]
    public async Task A_log_cut_at_any_byte_opens_with_exactly_the_commits_before_the_cut()
    {
        using var test = await OpenAsync(options: new StoreOptions { CheckpointPages = 1_000_000 });
        var ends = await WriteCommits(test);
        var (database, log) = (File.ReadAllBytes(test.Folder.DatabasePath), File.ReadAllBytes(test.Folder.DatabasePath + "-wal"));
        var copy = Directory.CreateTempSubdirectory("linkflow-cut-").FullName;
        var random = new Random(Seed);

        for (var i = 0; i < Cuts; i++)
        {
            // One in ten on the end of a commit, where an error by one would show.
            var cut = i % 10 == 0 ? (int)ends[random.Next(ends.Count)] : random.Next(log.Length + 1);
            Assert.True(ends.Count(end => end <= cut) == CommitsIn(copy, database, log.AsSpan(0, cut)), $"The log cut at {cut}, seed {Seed}.");
        }

        Directory.Delete(copy, recursive: true);
    }

    /// <returns>How long the log was after each commit.</returns>
    private static async Task<List<long>> WriteCommits(TestStore test)
    {
        var ends = new List<long>();
        for (var i = 0; i < Commits; i++)
        {
            await test.Store.Journal.CommitAsync(First(NewId()) with { Segment = Segment(1, 1 + i * 30) });
            ends.Add(new FileInfo(test.Folder.DatabasePath + "-wal").Length);
        }

        return ends;
    }

    private static long CommitsIn(string folder, byte[] database, ReadOnlySpan<byte> log)
    {
        var path = Path.Combine(folder, "linkflow.db");
        File.WriteAllBytes(path, database);
        File.WriteAllBytes(path + "-wal", log);
        DatabaseFile.Prepare(path, new StoreOptions(), NullLogger.Instance);
        using var session = DatabaseFile.OpenForReading(path, new StoreOptions());
        var (executions, segments) = (session.QueryNumber("SELECT count(*) FROM executions"), session.QueryNumber("SELECT count(*) FROM segments"));
        Assert.Equal(executions, segments);
        return segments!.Value;
    }
}
