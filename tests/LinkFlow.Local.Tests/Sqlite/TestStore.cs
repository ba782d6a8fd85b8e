using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Sqlite;
using LinkFlow.Local.Sqlite.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Local.Tests.Sqlite;

/// <summary>A store in a temporary folder, which goes with it.</summary>
internal sealed class TestStore : IDisposable
{
    public const string Tenant = "default";

    private TestStore(DataFolder folder, SqliteStore store, TestClock clock, bool ownsFolder)
    {
        Folder = folder;
        Store = store;
        Clock = clock;
        OwnsFolder = ownsFolder;
    }

    public DataFolder Folder { get; }
    public SqliteStore Store { get; private set; }
    public TestClock Clock { get; }
    private bool OwnsFolder { get; }

    public static async Task<TestStore> OpenAsync(string? path = null, StoreOptions? options = null)
    {
        var clock = new TestClock();
        var folder = await DataFolder.OpenAsync(path ?? Directory.CreateTempSubdirectory("linkflow-").FullName, TimeSpan.Zero);
        try
        {
            return new TestStore(folder, SqliteStore.Open(folder, options ?? new StoreOptions(), clock, NullLogger.Instance), clock, path is null);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Closes the store and opens it again.</summary>
    public void Reopen()
    {
        Store.Dispose();
        Store = SqliteStore.Open(Folder, new StoreOptions(), Clock, NullLogger.Instance);
    }

    /// <summary>Runs statements of the test's own, on the writer's connection.</summary>
    public Task<bool> ExecuteAsync(string sql) => Store.Writer.WriteAsync(session =>
    {
        session.Execute(sql);
        return true;
    });

    public Task<long?> NumberAsync(string sql) => Store.Writer.WriteAsync(session => session.QueryNumber(sql));

    public void Dispose()
    {
        Store.Dispose();
        Folder.Dispose();
        if (OwnsFolder) Directory.Delete(Folder.Path, recursive: true);
    }

    public static string NewId() => Guid.CreateVersion7().ToString();

    public static ExecutionRow Row(ExecutionStatus status = ExecutionStatus.Running, string workflowId = "w1", string mode = "api", long startedAt = 1_000, long? finishedAt = null) =>
        new(workflowId, status, mode, startedAt, finishedAt ?? (status >= ExecutionStatus.Success ? startedAt + 10 : null), Json("""{"a":1}"""));

    public static JournalCommit First(string id, ExecutionRow? row = null, string tenant = Tenant) =>
        new() { Tenant = tenant, ExecutionId = id, ExpectedLastSeq = 0, Row = row ?? Row(), Segment = Segment(1, 2) };

    public static JournalCommit Next(string id, long expected, long last, ExecutionRow? row = null) =>
        new() { Tenant = Tenant, ExecutionId = id, ExpectedLastSeq = expected, Row = row, Segment = Segment(expected + 1, last) };

    public static SegmentWrite Segment(long first, long last) =>
        new(first, last, Json($"[{string.Join(',', Enumerable.Range((int)first, (int)(last - first + 1)))}]"));

    public static byte[] Json(string text) => System.Text.Encoding.UTF8.GetBytes(text);
    public static Value Body(string text) => JsonText.Parse(text);
}

/// <summary>Stands still until it is moved.</summary>
internal sealed class TestClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.Parse("2026-12-01T00:00:00Z");
    public override DateTimeOffset GetUtcNow() => Now;
}
