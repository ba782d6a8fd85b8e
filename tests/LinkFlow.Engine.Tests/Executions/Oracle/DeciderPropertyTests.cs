using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Tests.Executions.Oracle;

/// <summary>What holds for every workflow, shown on thousands of drawn ones. A failure names the seed that draws it again.</summary>
public class DeciderPropertyTests
{
    private const int SnapshotLimit = 256 * 1024;

    [Fact]
    public void Every_order_of_ends_gives_what_the_model_foresees() => World.ForSeeds(0, 1000, seed =>
    {
        var world = new World(seed, Failing.Handled);
        for (var schedule = 0; schedule < 2; schedule++)
        {
            var shell = world.Shell(schedule).RunToEnd();
            Agreement.IsWhole(shell, world.Model);
            Agreement.IsLawful(shell, world.Definition);
        }
    });

    [Theory]
    [InlineData((int)Disturbance.Pauses)]
    [InlineData((int)Disturbance.Duplicates)]
    [InlineData((int)Disturbance.Crashes)]
    [InlineData((int)(Disturbance.Pauses | Disturbance.Duplicates | Disturbance.Crashes))]
    public void Pauses_repeats_and_crashes_change_nothing(int disturbance) => World.ForSeeds(10_000 * disturbance, 300, seed =>
    {
        var world = new World(seed, Failing.Handled);
        var shell = world.Shell(seed, (Disturbance)disturbance).RunToEnd();

        Agreement.IsWhole(shell, world.Model);
    });

    [Fact]
    public void What_runs_before_a_failure_is_foreseen_and_nothing_begins_after_it() => World.ForSeeds(100_000, 700, seed =>
    {
        var world = new World(seed, Failing.Stopping);
        var shell = world.Shell(seed).RunToEnd();
        if (world.Model.IsComplete)
        {
            Agreement.IsWhole(shell, world.Model);
            return;
        }

        Assert.Equal(ExecutionStatus.Error, shell.State.Status);
        Agreement.IsPart(shell, world.Model);
        Agreement.IsLawful(shell, world.Definition);
        Agreement.IsCompensated(shell, world.Definition, isDue: true);
    });

    [Theory]
    [InlineData((int)Disturbance.Cancel)]
    [InlineData((int)Disturbance.CancelWithCompensation)]
    public void Nothing_begins_after_a_cancel_and_compensation_is_as_asked(int disturbance) => World.ForSeeds(200_000, 400, seed =>
    {
        var world = new World(seed, Failing.Handled);
        var shell = world.Shell(seed, (Disturbance)disturbance).RunToEnd();
        var wasCancelled = shell.Events.Exists(e => e is CancelRequested);

        Assert.Equal(wasCancelled ? ExecutionStatus.Cancelled : ExecutionStatus.Success, shell.State.Status);
        Agreement.IsPart(shell, world.Model);
        Agreement.IsLawful(shell, world.Definition);
        Agreement.IsCompensated(shell, world.Definition, isDue: wasCancelled && disturbance == (int)Disturbance.CancelWithCompensation);
    });

    [Fact]
    public void Nothing_begins_after_the_workflows_time_is_over_and_what_was_done_is_undone() => World.ForSeeds(250_000, 400, seed =>
    {
        var definition = RandomGraph.Of(seed).With(s => s with { TimeoutSeconds = 100 });
        var world = new World(definition, new Script(seed));
        var shell = world.Shell(seed, Disturbance.Timeout).RunToEnd();
        var isOver = shell.Events.Exists(e => e is TimerFired { Timer: "workflow" });

        Assert.Equal(isOver ? ExecutionStatus.TimedOut : ExecutionStatus.Success, shell.State.Status);
        Agreement.IsPart(shell, world.Model);
        Agreement.IsLawful(shell, world.Definition);
        Agreement.IsCompensated(shell, world.Definition, isDue: isOver);
    });

    [Theory]
    [InlineData("start > loop; loop.loop > a:call > loop; loop.done > end")]
    [InlineData("start > loop; loop.loop > a:step > loop, sink:step; loop.done > end")]
    [InlineData("start > loop1; loop1.loop > a:step > loop2; loop2.loop > b:step > loop2; loop2.done > loop1; loop1.done > end")]
    public void Thousands_of_rounds_keep_the_state_small_and_their_results_in_order(string graph)
    {
        var world = new World(Graph.Of(graph), new CalmScript { Items = 4000 });
        var shell = world.Shell(schedule: 1, Disturbance.Crashes | Disturbance.Pauses).RunToEnd();

        Agreement.IsWhole(shell, world.Model);
        for (var count = 1; count < shell.Events.Count; count += 500)
            Assert.InRange(ScriptedShell.SnapshotOf(shell.Fold(shell.Events, count, null)).Length, 2, SnapshotLimit);
    }

    [Fact]
    public void Failures_with_crashes_and_pauses_still_end_lawfully() => World.ForSeeds(300_000, 400, seed =>
    {
        var world = new World(seed, Failing.Stopping);
        var shell = world.Shell(seed, Disturbance.Crashes | Disturbance.Pauses | Disturbance.Duplicates).RunToEnd();

        Agreement.IsPart(shell, world.Model);
        Agreement.IsLawful(shell, world.Definition);
        if (!world.Model.IsComplete) Agreement.IsCompensated(shell, world.Definition, isDue: true);
    });

    [Fact]
    public void Folding_any_prefix_and_carrying_on_gives_the_same_as_never_stopping() => World.ForSeeds(400_000, 250, seed =>
    {
        var world = new World(seed, Failing.Handled);
        var whole = world.Shell(seed).RunToEnd();
        var random = new Random(seed);
        for (var i = 0; i < 3; i++)
        {
            var resumed = ScriptedShell.Resume(whole, 1 + random.Next(whole.Events.Count), schedule: i).RunToEnd();
            Agreement.IsWhole(resumed, world.Model);
        }
    });

    [Fact]
    public void A_snapshot_and_the_rest_equal_the_whole() => World.ForSeeds(500_000, 200, seed =>
    {
        var world = new World(seed, seed % 2 == 0 ? Failing.Handled : Failing.Stopping);
        var shell = world.Shell(seed, Disturbance.Pauses | Disturbance.Duplicates).RunToEnd();
        var whole = ScriptedShell.SnapshotOf(shell.Fold(shell.Events, shell.Events.Count, null));
        for (var count = 1; count <= shell.Events.Count; count += 1 + (shell.Events.Count / 20))
        {
            var snapshot = ScriptedShell.SnapshotOf(shell.Fold(shell.Events, count, null));
            Assert.InRange(snapshot.Length, 2, SnapshotLimit);
            var state = ExecutionState.ReadSnapshot(world.Plan, snapshot);
            Assert.Equal(snapshot, ScriptedShell.SnapshotOf(state));
            foreach (var e in shell.Events.Skip(count)) state.Apply(e);
            Assert.Equal(whole, ScriptedShell.SnapshotOf(state));
        }
    });

    [Fact]
    public void Every_history_survives_its_stored_form() => World.ForSeeds(600_000, 200, seed =>
    {
        var shell = new World(seed, Failing.Stopping).Shell(seed, Disturbance.Pauses).RunToEnd();

        Assert.Null(DeepComparison.FirstDifference(shell.Events, ScriptedShell.Stored(shell.Events)));
    });
}
