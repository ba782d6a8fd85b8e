using System.Diagnostics;
using LinkFlow.Engine.Executions;
using LinkFlow.Local.Sqlite;
using LinkFlow.Local.Sqlite.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Benchmarks;

/// <summary>The store by itself, without HTTP: how many commits it takes, and how it answers with a million executions in it.</summary>
internal static class StoreBenchmark
{
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(3);
    private static readonly Sql InsertRow = new("INSERT INTO bare(body) VALUES(?1)");

    /// <param name="arguments">How many finished executions; default 1,000,000.</param>
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var finished = arguments.Count > 0 ? int.Parse(arguments[0]) : 1_000_000;
        var folder = Directory.CreateTempSubdirectory("linkflow-benchmark-").FullName;
        try
        {
            await CommitsAsync(Path.Combine(folder, "commits"));
            var full = Path.Combine(folder, "full");
            var workflows = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7().ToString()).ToList();
            var seeding = Stopwatch.StartNew();
            await StoreSeeder.SeedAsync(full, workflows, finished);
            Console.WriteLine($"{finished:N0} finished and 10,000 waiting executions: seeded in {seeding.Elapsed.TotalSeconds:0.0} s, {new FileInfo(Path.Combine(full, "linkflow.db")).Length >> 20} MB");
            await ListsAsync(full, workflows);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CommitsAsync(string path)
    {
        using var folder = await DataFolder.OpenAsync(path);
        using var store = SqliteStore.Open(folder, new StoreOptions(), TimeProvider.System, NullLogger.Instance);
        await store.Writer.WriteAsync(session =>
        {
            session.Execute("CREATE TABLE bare(number INTEGER PRIMARY KEY, body BLOB NOT NULL)");
            return true;
        });
        var (row, segment) = (new byte[400], new byte[1_500]);
        foreach (var callers in new[] { 1, 10, 50, 500 })
        {
            var bare = await RateAsync(callers, () => store.Writer.WriteAsync(session =>
            {
                session.Prepare(InsertRow).Bind(1, row).Run();
                return true;
            }));
            var journal = await RateAsync(callers, () => store.Journal.CommitAsync(new JournalCommit
            {
                Tenant = StoreSeeder.Tenant, ExecutionId = Guid.CreateVersion7().ToString(), ExpectedLastSeq = 0,
                Row = new ExecutionRow("w", ExecutionStatus.Success, "webhook", 1, 2, row), Segment = new SegmentWrite(1, 5, segment),
            }));
            Console.WriteLine($"  {callers,3} callers: one bare row {bare.PerSecond,8:N0}/s ({bare.CpuMicroseconds:0} µs of CPU), a finished execution {journal.PerSecond,8:N0}/s ({journal.CpuMicroseconds:0} µs), ratio {journal.PerSecond / bare.PerSecond:0.00}");
        }
    }

    private static async Task<(double PerSecond, double CpuMicroseconds)> RateAsync(int callers, Func<Task> commit)
    {
        var count = 0;
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < Measured)
            {
                await commit();
                Interlocked.Increment(ref count);
            }
        })));
        return (count / watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / count);
    }

    private static async Task ListsAsync(string path, IReadOnlyList<string> workflows)
    {
        using var folder = await DataFolder.OpenAsync(path);
        var opening = Stopwatch.StartNew();
        using var store = SqliteStore.Open(folder, new StoreOptions(), TimeProvider.System, NullLogger.Instance);
        Console.WriteLine($"  opened in {opening.Elapsed.TotalMilliseconds:0} ms");
        var all = new ExecutionQuery(StoreSeeder.Tenant);
        var now = DateTimeOffset.UtcNow;
        foreach (var (name, query) in new (string, ExecutionQuery)[]
        {
            ("all", all), ("workflowId", all with { WorkflowId = workflows[3] }), ("status=error", all with { Status = ExecutionStatus.Error }),
            ("status=waiting", all with { Status = ExecutionStatus.Waiting }), ("status=running (none)", all with { Status = ExecutionStatus.Running }),
            ("mode=retry", all with { Mode = "retry" }), ("mode (none)", all with { Mode = "nothing" }),
            ("workflowId, status=timed_out", all with { WorkflowId = workflows[3], Status = ExecutionStatus.TimedOut }),
            ("workflowId, status, mode (none)", all with { WorkflowId = workflows[3], Status = ExecutionStatus.TimedOut, Mode = "nothing" }),
            ("from, to", all with { FromId = ExecutionQuery.FirstIdAt(now.AddDays(-9).ToUnixTimeMilliseconds()), BeforeId = ExecutionQuery.FirstIdAt(now.AddDays(-8).ToUnixTimeMilliseconds()) }),
        })
        {
            Console.WriteLine($"  {name,-32} first page {await LatencyAsync(store, _ => query)}, random cursor {await LatencyAsync(store, r => query with { BeforeId = Cursor(r, query) })}");
        }

        string Cursor(Random random, ExecutionQuery query) =>
            ExecutionQuery.FirstIdAt((query.BeforeId is null ? now.AddMinutes(-random.Next(25 * 24 * 60)) : now.AddDays(-8).AddMinutes(-random.Next(24 * 60))).ToUnixTimeMilliseconds());
    }

    /// <summary>1,000 requests by 8 callers.</summary>
    private static async Task<string> LatencyAsync(SqliteStore store, Func<Random, ExecutionQuery> query)
    {
        var times = new List<double>();
        var cpu = Environment.CpuUsage.TotalTime;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var i = 0; i < 125; i++)
            {
                var watch = Stopwatch.StartNew();
                await store.Journal.ListAsync(query(random));
                lock (times) times.Add(watch.Elapsed.TotalMilliseconds);
            }
        })));
        times.Sort();
        return $"median {times[times.Count / 2]:0.00} ms, p99 {times[times.Count * 99 / 100]:0.00} ms, CPU {(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / times.Count:0.00} ms";
    }
}
