using System.Diagnostics;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Events;
using LinkFlow.Local.Sqlite;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.Publishing;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Benchmarks;

/// <summary>The bus by itself, without HTTP: how many events a second it delivers beside what the bare writer commits in the same run, and how far behind it is.</summary>
internal static class EventsBenchmark
{
    private const string Tenant = "default";
    private const int Callers = 64;
    private const int Subjects = 1_000;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);
    private static readonly Sql InsertRow = new("INSERT INTO bare(body) VALUES(?1)");

    /// <param name="arguments">How many events wait when the bus starts; default 50,000.</param>
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var waiting = arguments.Count > 0 ? int.Parse(arguments[0]) : 50_000;
        var path = Directory.CreateTempSubdirectory("linkflow-benchmark-").FullName;
        try
        {
            using var folder = await DataFolder.OpenAsync(path);
            using var store = SqliteStore.Open(folder, new StoreOptions(), TimeProvider.System, NullLogger.Instance);
            await store.Writer.WriteAsync(session =>
            {
                session.Execute("CREATE TABLE bare(number INTEGER PRIMARY KEY, body BLOB NOT NULL)");
                return true;
            });
            var bare = await BareAsync(store);
            Console.WriteLine($"  bare writer, {Callers} callers:            {bare,8:N0} rows/s");
            await CatchUpAsync(store, waiting, bare);
            await UnderLoadAsync(store, bare);
            await AtRateAsync(store, perSecond: 500);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>Each caller commits one row after the other.</summary>
    private static Task<double> BareAsync(SqliteStore store)
    {
        var row = new byte[400];
        return RateAsync(() => store.Writer.WriteAsync(session =>
        {
            session.Prepare(InsertRow).Bind(1, row).Run();
            return true;
        }));
    }

    /// <summary>Everything waits already: reading, delivering and the notes of what was handled, and nothing else.</summary>
    private static async Task CatchUpAsync(SqliteStore store, int waiting, double bare)
    {
        var subscriber = new CountingSubscriber("catch-up");
        await store.EventPositions.OpenAsync(subscriber.Name);
        for (var i = 0; i < waiting; i += 500)
        {
            var work = new UnitOfWork(Tenant);
            for (var n = i; n < Math.Min(waiting, i + 500); n++) work.Raise(Raised(n));
            await store.Documents.CommitAsync(work);
        }

        var (watch, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        using var bus = await StartAsync(store, subscriber);
        await subscriber.UntilAsync(waiting);
        var rate = waiting / watch.Elapsed.TotalSeconds;
        Console.WriteLine($"  {waiting:N0} waiting events:              {rate,8:N0} events/s, ratio {rate / bare:0.00}, {(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / waiting:0} µs of CPU each");
        await bus.StopAsync(default);
    }

    /// <summary>Callers commit as fast as they can while the bus delivers what they raise.</summary>
    private static async Task UnderLoadAsync(SqliteStore store, double bare)
    {
        var subscriber = new CountingSubscriber("load");
        using var bus = await StartAsync(store, subscriber);
        var (count, watch) = (0, Stopwatch.StartNew());
        var raised = await RateAsync(() => store.Documents.CommitAsync(new UnitOfWork(Tenant).Raise(Raised(Interlocked.Increment(ref count)))));
        await subscriber.UntilAsync(count);
        Console.WriteLine($"  {Callers} callers, one event a commit:      {raised,8:N0} events/s raised, {count / watch.Elapsed.TotalSeconds,8:N0} handled (each two commits), ratio {count / watch.Elapsed.TotalSeconds / bare:0.00}, lag {subscriber.Lags()}");
        await bus.StopAsync(default);
    }

    private static async Task AtRateAsync(SqliteStore store, int perSecond)
    {
        var subscriber = new CountingSubscriber("rate");
        using var bus = await StartAsync(store, subscriber);
        var count = 0;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Measured; await Task.Delay(1))
        {
            var due = (int)(watch.Elapsed.TotalSeconds * perSecond);
            var commits = new List<Task>();
            while (count < due) commits.Add(store.Documents.CommitAsync(new UnitOfWork(Tenant).Raise(Raised(count++))));
            await Task.WhenAll(commits);
        }

        await subscriber.UntilAsync(count);
        Console.WriteLine($"  {perSecond} events/s:                        lag {subscriber.Lags()}");
        await bus.StopAsync(default);
    }

    private static OutgoingEvent Raised(int n) => new("com.example.happened", $"s{n % Subjects}", new ObjectValue { { "n", n }, { "text", "What happened is told in some words." } });

    private static async Task<LocalEventBus> StartAsync(SqliteStore store, IEventSubscriber subscriber)
    {
        var (options, metrics) = (new LinkFlowOptions(), new EventMetrics());
        var bus = new LocalEventBus(
            store, new ServiceCollection().AddSingleton(subscriber).BuildServiceProvider(),
            new EventDispatch(store.Documents, options, metrics, TimeProvider.System, NullLogger<EventDispatch>.Instance),
            new PublishedEvents(store.Documents, options, TimeProvider.System), metrics, options, TimeProvider.System, NullLogger<LocalEventBus>.Instance);
        await bus.StartAsync(default);
        return bus;
    }

    private static async Task<double> RateAsync(Func<Task> commit)
    {
        var count = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < Measured)
            {
                await commit();
                Interlocked.Increment(ref count);
            }
        })));
        return count / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Does nothing but count and note how old an event is when it comes.</summary>
    private sealed class CountingSubscriber(string name) : IEventSubscriber
    {
        private readonly List<double> _lags = [];
        private readonly Lock _lock = new();

        public string Name => name;
        public ValueTask<bool> WantsAsync(string tenant, string type, CancellationToken cancellationToken) => new(type.StartsWith("com.example.", StringComparison.Ordinal));

        public Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
        {
            lock (_lock) _lags.Add((DateTimeOffset.UtcNow - delivery.Event.Time).TotalMilliseconds);
            return Task.CompletedTask;
        }

        public async Task UntilAsync(int count)
        {
            while (true)
            {
                lock (_lock)
                {
                    if (_lags.Count >= count) return;
                }

                await Task.Delay(1);
            }
        }

        public string Lags()
        {
            lock (_lock)
            {
                _lags.Sort();
                return $"p50 {_lags[_lags.Count / 2]:0} ms, p99 {_lags[(int)(_lags.Count * 0.99)]:0} ms";
            }
        }
    }
}
