using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Tests.Journal;

/// <summary>Crashes are copies of the files at a moment of the run, opened by another runtime.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private JournalWorld _world = null!;
    private readonly List<(string Folder, HashSet<string> Called)> _crashes = [];

    public async Task InitializeAsync() => _world = await JournalWorld.BeginAsync();

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        foreach (var (folder, _) in _crashes)
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_finished_call_is_not_made_again_wherever_the_process_dies()
    {
        CrashAtEachCall();
        _world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"},"mid":{"type":"no_op"},"b":{"type":"call"},"c":{"type":"call"}}""", "start > a > mid > b > c");
        await _world.RunAsync("w");

        Assert.Equal(6, _crashes.Count);
        foreach (var (folder, called) in _crashes)
        {
            await using var after = await JournalWorld.BeginAsync(path: folder, like: _world);
            var id = _world.Calls.First().ExecutionId;
            var before = (await after.EventsAsync(id)).OfType<NodeCompleted>().Select(e => e.Node).ToHashSet();
            Assert.Equal(ExecutionStatus.Success, (await after.UntilEndedAsync(id)).Status);
            Assert.DoesNotContain(after.Calls, c => before.Contains(c.Node));
            Assert.Equal(["a", "b", "c"], called.Concat(after.Calls.Select(c => c.Node)).Distinct().Order());
        }
    }

    [Fact]
    public async Task A_call_that_was_in_flight_is_repeated_with_the_same_key_and_time()
    {
        CrashAtEachCall();
        _world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"}}""", "start > a");
        await _world.RunAsync("w", """{"n":1}""");

        await using var after = await JournalWorld.BeginAsync(path: _crashes[0].Folder, like: _world);
        await after.UntilAsync(() => !after.Calls.IsEmpty);

        var (first, again) = (Assert.Single(_world.Calls), after.Calls.First());
        Assert.Equal((first.Key, first.Now, JsonText.Write(first.Item)), (again.Key, again.Now, JsonText.Write(again.Item)));
        Assert.Equal(1, (await after.EventsAsync(first.ExecutionId)).OfType<AttemptRecovered>().Single().Count);
    }

    [Fact]
    public async Task A_condition_on_a_random_number_never_lets_both_branches_call()
    {
        CrashAtEachCall();
        _world.Save(
            "w",
            """{"start":{"type":"start"},"check":{"type":"condition","parameters":{"expression":"{{ Math.random() < 0.5 }}"}},"yes":{"type":"call"},"no":{"type":"call"}}""",
            "start > check; check.true > yes; check.false > no");
        for (var i = 0; i < 8; i++) await _world.RunAsync("w");

        Assert.Equal(2, _world.Calls.Select(c => c.Node).Distinct().Count());
        foreach (var (folder, _) in _crashes.TakeLast(6))
        {
            await using var after = await JournalWorld.BeginAsync(path: folder, like: _world);
            await after.UntilAsync(() => after.Runtime.History.ListAsync(new ExecutionSearch(JournalWorld.Tenant)).AsTask().Result.Items.All(e => e.IsFinished));
            Assert.All(_world.Calls.Concat(after.Calls).GroupBy(c => c.ExecutionId), calls => Assert.Single(calls.Select(c => c.Node).Distinct()));
        }
    }

    [Fact]
    public async Task The_fourth_recovery_of_an_attempt_fails_it_as_crashed()
    {
        var id = await HangAndDieAsync("""{"start":{"type":"start"},"a":{"type":"call"}}""", times: 4);

        Assert.Equal("CRASHED", (await _world.UntilEndedAsync(id)).Error!.Code);
        Assert.Equal(4, _world.Calls.Count);
    }

    [Fact]
    public async Task An_attempt_that_must_not_run_again_after_a_crash_fails()
    {
        var id = await HangAndDieAsync("""{"start":{"type":"start"},"a":{"type":"call","onCrash":"fail"}}""", times: 1);

        Assert.Equal("CRASHED", (await _world.UntilEndedAsync(id)).Error!.Code);
        Assert.Single(_world.Calls);
    }

    [Fact]
    public async Task A_pure_node_that_kills_the_process_is_counted_from_the_first_recovery_on()
    {
        var id = await HangAndDieAsync("""{"start":{"type":"start"},"a":{"type":"hang"}}""", times: 6);

        Assert.Equal("CRASHED", (await _world.UntilEndedAsync(id)).Error!.Code);
        Assert.Equal([1, 2, 3], (await _world.EventsAsync(id)).OfType<AttemptRecovered>().Select(e => e.Count));
    }

    [Fact]
    public async Task What_waits_when_the_process_dies_goes_on_with_its_signal_and_its_timer()
    {
        _world.Save("s", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}},"a":{"type":"call"}}""", "start > w > a");
        _world.Save("t", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"duration","seconds":0.3}},"a":{"type":"call"}}""", "start > w > a");
        var (signalled, timed) = ((await _world.StartAsync("s")).ExecutionId, (await _world.StartAsync("t")).ExecutionId);
        await _world.UntilAsync(signalled, ExecutionStatus.Waiting);
        await _world.UntilAsync(timed, ExecutionStatus.Waiting);

        await _world.RestartAsync(cleanly: false);
        await _world.SendAsync(signalled, new SignalCommand("go", Item.Of(JsonText.Parse("""{"x":1}"""))));

        Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(signalled)).Status);
        Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(timed)).Status);
        Assert.Equal("""[{"x":1}]""", await _world.OutputAsync(signalled));
    }

    [Fact]
    public async Task Items_are_followed_back_over_runs_that_only_the_store_remembers()
    {
        _world.Save(
            "w",
            """{"start":{"type":"start"},"each":{"type":"loop","parameters":{"batchSize":1}},"a":{"type":"call"},"w":{"type":"wait","parameters":{"for":"duration","seconds":0.3}},"b":{"type":"set_variable","parameters":{"fields":{"from":"{{ $('a').item.json.n }}/{{ $('start').item.json.n }}/{{ $('each').item.json.n }}"}}}}""",
            "start > each; each.loop > a > each; each.done > w > b");
        var id = (await _world.StartAsync("w", input: """[{"n":1},{"n":2},{"n":3}]""")).ExecutionId;
        await _world.UntilAsync(id, ExecutionStatus.Waiting);

        await _world.RestartAsync(cleanly: false);

        Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(id)).Status);
        Assert.Equal("""[{"n":1,"from":"1/1/1"},{"n":2,"from":"2/2/2"},{"n":3,"from":"3/3/3"}]""", await _world.OutputAsync(id));
    }

    private void CrashAtEachCall() => _world.Answer = async (call, _) =>
    {
        Crash();
        await Task.Yield();
        Crash();
        return call.Item;
    };

    private void Crash()
    {
        lock (_crashes) _crashes.Add((_world.CopyOfFiles(), [.. _world.Calls.Select(c => c.Node)]));
    }

    /// <summary>Starts it, and kills the process each time when it hangs in its node.</summary>
    private async Task<string> HangAndDieAsync(string nodes, int times)
    {
        var hanging = 0;
        _world.Answer = async (call, _) =>
        {
            Interlocked.Increment(ref hanging);
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return call.Item;
        };
        _world.Save("w", nodes, "start > a");
        var id = (await _world.StartAsync("w")).ExecutionId;
        for (var deaths = 0; deaths < times; deaths++)
        {
            var seen = deaths;
            await _world.UntilAsync(() => Volatile.Read(ref hanging) + _world.Hangs > seen || _world.FindAsync(id).Result.IsFinished);
            await _world.RestartAsync(cleanly: false);
        }

        return id;
    }
}
