using System.Text;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;

namespace LinkFlow.Platform.Tests.Secrets;

public sealed class CachedSecretStoreTests : IDisposable
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(45);

    private readonly SlowStore _store = new();
    private readonly SweptClock _clock = new();
    private readonly CachedSecretStore _cache;
    private double _random = 0.5;

    public CachedSecretStoreTests() => _cache = new CachedSecretStore(_store, TimeToLive, _clock, () => _random);

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task A_secret_is_opened_once_for_all_who_want_it_within_its_time()
    {
        Assert.Equal("a/1", await OpenAsync("a", "1"));
        Assert.Equal("a/1", await OpenAsync("a", "1"));

        Assert.Equal(1, _store.Opened);
    }

    [Fact]
    public async Task Tenants_names_and_versions_are_apart()
    {
        foreach (var (name, version) in new[] { ("a", "1"), ("a", "2"), ("b", "1") }) Assert.Equal($"{name}/{version}", await OpenAsync(name, version));
        using var theirs = await _cache.OpenAsync("other", "a", "1");

        Assert.Equal(4, _store.Opened);
    }

    [Theory]
    [InlineData(0.0, 30)]
    [InlineData(0.5, 45)]
    [InlineData(0.999999, 60)]
    public async Task A_secret_is_kept_for_its_time_give_or_take_a_third(double random, int seconds)
    {
        _random = random;
        await OpenAsync("a", "1");
        _clock.Now += TimeSpan.FromSeconds(seconds - 1);
        await OpenAsync("a", "1");
        Assert.Equal(1, _store.Opened);

        _clock.Now += TimeSpan.FromSeconds(1);
        await OpenAsync("a", "1");

        Assert.Equal(2, _store.Opened);
    }

    [Fact]
    public async Task Many_who_open_one_secret_at_once_cause_one_call()
    {
        _store.Hold = new TaskCompletionSource();
        var all = Enumerable.Range(0, 50).Select(_ => Task.Run(() => OpenAsync("a", "1"))).ToList();
        await _store.Called;
        _store.Hold.SetResult();

        Assert.All(await Task.WhenAll(all), secret => Assert.Equal("a/1", secret));
        Assert.Equal(1, _store.Opened);
    }

    [Fact]
    public async Task One_who_gives_up_does_not_stop_the_others()
    {
        _store.Hold = new TaskCompletionSource();
        using var gaveUp = new CancellationTokenSource();
        var first = _cache.OpenAsync("t", "a", "1", gaveUp.Token).AsTask();
        var second = OpenAsync("a", "1");
        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _store.Hold.SetResult();

        Assert.Equal("a/1", await second);
    }

    [Fact]
    public async Task Everyone_gets_a_copy_which_no_drop_takes_away()
    {
        using var mine = await _cache.OpenAsync("t", "a", "1");
        using (var theirs = await _cache.OpenAsync("t", "a", "1")) theirs!.Bytes.Clear();

        await _cache.DeleteAsync("t", "a");

        Assert.Equal("a/1", Encoding.UTF8.GetString(mine!.Bytes));
    }

    [Fact]
    public async Task What_is_dropped_is_zeroed()
    {
        await OpenAsync("a", "1");
        var kept = _store.Given[0];

        await _cache.DeleteAsync("t", "a");

        Assert.Throws<ObjectDisposedException>(() => kept.Bytes.Length);
    }

    [Fact]
    public async Task What_has_had_its_time_is_zeroed_although_nobody_asks()
    {
        await OpenAsync("a", "1");
        _clock.Now += TimeToLive;

        _clock.Sweep!();

        Assert.Equal(0, _cache.Count);
        Assert.Throws<ObjectDisposedException>(() => _store.Given[0].Bytes.Length);
    }

    [Theory]
    [InlineData("delete", 0)]
    [InlineData("retire", 1)]
    [InlineData("clear", 0)]
    public async Task A_change_drops_what_it_concerns_at_once(string change, int kept)
    {
        await OpenAsync("a", "1");
        await OpenAsync("a", "2");

        if (change == "delete") await _cache.DeleteAsync("t", "a");
        else if (change == "retire") await _cache.RetireOthersAsync("t", "a", "2");
        else _cache.Clear();

        Assert.Equal(kept, _cache.Count);
        Assert.Equal(change == "delete" ? null : "a/2", await OpenAsync("a", "2"));
        Assert.Equal(3 - kept, _store.Opened);
    }

    [Fact]
    public async Task A_change_drops_nothing_of_others()
    {
        await OpenAsync("b", "1");
        await _cache.DeleteAsync("t", "a");
        await _cache.RetireOthersAsync("other", "b", "2");

        Assert.Equal(1, _cache.Count);
    }

    [Fact]
    public async Task What_was_deleted_while_it_was_opened_is_not_kept()
    {
        _store.Hold = new TaskCompletionSource();
        var opening = OpenAsync("a", "1");
        await _store.Called;
        await _cache.DeleteAsync("t", "a");
        _store.Hold.SetResult();

        Assert.Null(await opening);
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public async Task A_deletion_that_failed_drops_too()
    {
        await OpenAsync("a", "1");
        _store.Fails = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _cache.DeleteAsync("t", "a"));

        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public async Task A_failure_is_told_to_each_and_not_kept()
    {
        _store.Fails = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => OpenAsync("a", "1"));
        _store.Fails = false;

        Assert.Equal("a/1", await OpenAsync("a", "1"));
    }

    [Fact]
    public async Task What_is_not_there_is_asked_for_each_time()
    {
        await _cache.DeleteAsync("t", "a");

        Assert.Null(await OpenAsync("a", "1"));
        Assert.Null(await OpenAsync("a", "1"));
        Assert.Equal((2, 0), (_store.Opened, _cache.Count));
    }

    [Fact]
    public async Task It_is_bounded_and_those_go_that_would_have_gone_next()
    {
        for (var i = 0; i < CachedSecretStore.MaxSecrets; i++)
        {
            await OpenAsync($"s{i}", "1");
            _clock.Now += TimeSpan.FromMilliseconds(1);
        }

        await OpenAsync("one-more", "1");

        Assert.Equal(CachedSecretStore.MaxSecrets * 9 / 10 + 1, _cache.Count);
        var opened = _store.Opened;
        await OpenAsync($"s{CachedSecretStore.MaxSecrets - 1}", "1");
        Assert.Equal(opened, _store.Opened);
    }

    [Fact]
    public async Task Without_a_time_to_live_nothing_is_kept()
    {
        using var cache = new CachedSecretStore(_store, TimeSpan.Zero, _clock);

        for (var i = 0; i < 2; i++) (await cache.OpenAsync("t", "a", "1"))!.Dispose();

        Assert.Equal((2, 0), (_store.Opened, cache.Count));
    }

    [Fact]
    public async Task Readers_never_see_half_a_secret_while_it_is_dropped_again_and_again()
    {
        using var stop = new CancellationTokenSource();
        var dropping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) _cache.Clear();
        });
        var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 5_000; i++) Assert.Equal("a/1", await OpenAsync("a", "1"));
        }));

        await Task.WhenAll(reading);
        await stop.CancelAsync();
        await dropping;
    }

    private async Task<string?> OpenAsync(string name, string version)
    {
        using var secret = await _cache.OpenAsync("t", name, version);
        return secret is null ? null : Encoding.UTF8.GetString(secret.Bytes);
    }

    /// <summary>Any secret is there, until its name is deleted; its value says which it is.</summary>
    private sealed class SlowStore : ISecretStore
    {
        private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly HashSet<string> _deleted = [];
        private int _opened;

        public int Opened => _opened;
        public bool Fails { get; set; }
        public TaskCompletionSource? Hold { get; set; }
        public Task Called => _called.Task;
        public List<SecretBuffer> Given { get; } = [];

        public async ValueTask<SecretBuffer?> OpenAsync(string tenant, string name, string version, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _opened);
            _called.TrySetResult();
            if (Hold is { } hold) await hold.Task;
            if (Fails) throw new StoreUnavailableException("no", TimeSpan.FromSeconds(1));
            if (_deleted.Contains(name)) return null;
            var value = Encoding.UTF8.GetBytes($"{name}/{version}");
            var secret = new SecretBuffer(value.Length);
            value.CopyTo(secret.Bytes);
            lock (Given) Given.Add(secret);
            return secret;
        }

        public Task DeleteAsync(string tenant, string name, CancellationToken cancellationToken = default)
        {
            if (Fails) throw new StoreUnavailableException("no", TimeSpan.FromSeconds(1));
            _deleted.Add(name);
            return Task.CompletedTask;
        }

        public Task RetireOthersAsync(string tenant, string name, string version, CancellationToken cancellationToken = default) => Task.CompletedTask;
        public Task<string> PutAsync(string tenant, string name, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default) => Task.FromResult("1");
        public ValueTask<byte[]> SealAsync(string tenant, string purpose, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default) => new([]);
        public ValueTask<SecretBuffer> UnsealAsync(string tenant, string purpose, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken = default) => new(new SecretBuffer(1));
    }

    /// <summary>Stands until it is moved; its one timer fires when the test says so.</summary>
    private sealed class SweptClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;
        public Action? Sweep { get; private set; }
        public override DateTimeOffset GetUtcNow() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Sweep = () => callback(state);
            return System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
