using System.Collections.Immutable;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Tests.Executions.Oracle;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Executions;

public class ForkTests
{
    private const string Line = "start > a:call > b:call > c:call";

    [Fact]
    public void A_retry_from_the_failed_node_copies_what_was_done_before_it()
    {
        var old = Run(Line, "b");

        Assert.Equal(["a", "start"], Nodes(Forked(old, Fork.FromFailed)));
    }

    [Fact]
    public void Copies_name_the_execution_that_they_come_from_and_have_no_seq_of_their_own()
    {
        var copies = Forked(Run(Line, "b"), Fork.FromFailed).Copied.Cast<NodeCompleted>();

        Assert.All(copies, c => Assert.Equal(("x", 0L, 0L, null), (c.CopiedFrom, c.Seq, c.At, c.Id)));
    }

    [Fact]
    public void A_retry_from_the_start_copies_nothing_and_has_the_old_input()
    {
        var old = Run(Line, "b");
        var forked = Forked(old, Fork.FromStart);

        Assert.Empty(forked.Copied);
        Assert.Equal(("start", ((ExecutionStarted)old.Events[0]).Input), (forked.StartNode, forked.Input));
    }

    [Fact]
    public void A_node_and_all_behind_it_run_again_and_nothing_beside_it() =>
        Assert.Equal(["a", "d", "start"], Nodes(Forked(Run("start > a:call, d:call; a > b:call > c:call"), "b")));

    [Fact]
    public void A_point_in_a_loop_restarts_the_outermost_loop()
    {
        var old = Run("start > a:call > loop1; loop1.loop > loop2; loop2.loop > b:call > loop2; loop2.done > loop1; loop1.done > c:call");

        Assert.Equal(["a", "start"], Nodes(Forked(old, "b")));
    }

    [Fact]
    public void A_finished_loop_is_copied_with_its_rounds()
    {
        var old = Run("start > loop; loop.loop > b:call > loop; loop.done > c:call", "c");

        Assert.Equal(["b", "b", "b", "loop", "start"], Nodes(Forked(old, Fork.FromFailed)));
    }

    [Fact]
    public void A_loop_of_thousands_of_rounds_is_copied_with_references_of_the_new_execution()
    {
        var graph = Graph.Of("start > loop; loop.loop > a:step > loop; loop.done > b:call");
        var old = new World(graph, new CalmScript("b") { Items = 3000 }).Shell().RunToEnd();
        var mended = new World(graph, new CalmScript { Items = 3000 });

        var forked = Forked(old, Fork.FromFailed);

        Assert.Contains(forked.Copied, e => e is ReferencesStored);
        Agreement.IsWhole(mended.Shell().Take(forked).RunToEnd(), mended.Model);
    }

    [Fact]
    public void An_unfinished_loop_begins_again()
    {
        var old = Run("start > a:call > loop; loop.loop > b:call > loop; loop.done > c:call", "b");

        Assert.Equal(["a", "start"], Nodes(Forked(old, Fork.FromFailed)));
    }

    [Theory]
    [InlineData("waittimer", typeof(TimerFired))]
    [InlineData("waitsignal", typeof(SignalReceived))]
    public void A_wait_that_is_over_is_copied_with_what_ended_it(string wait, Type end)
    {
        var old = Run($"start > {wait}:wait > b:call", "b");

        Assert.Equal([typeof(NodeCompleted), typeof(WaitStarted), end], Forked(old, Fork.FromFailed).Copied.Select(e => e.GetType()));
    }

    [Fact]
    public void What_was_compensated_counts_as_not_done()
    {
        var definition = Graph.Of("start > a:call > b:call; undo:call").With("a", n => n with { CompensateWith = "undo" });
        var old = new World(definition, new CalmScript("b")).Shell().RunToEnd();

        Assert.Single(old.Compensations);
        Assert.Equal(["start"], Nodes(Forked(old, Fork.FromFailed)));
    }

    [Fact]
    public void What_the_stop_cut_short_counts_as_not_done() // its failed items waited for another attempt, and were handled as errors instead
    {
        var (world, mended) = (new World(1_700_529, Failing.Stopping), new World(1_700_529, Failing.Handled));
        var old = world.Shell(1_700_529).RunToEnd();

        Assert.Contains(old.Events, e => e is NodeCompleted { HandledError.Code: "CANCELLED" });
        Agreement.IsWhole(mended.Shell().Take(Forked(old, Fork.FromFailed)).RunToEnd(), mended.Model);
    }

    [Fact]
    public void With_the_latest_workflow_changed_nodes_and_all_behind_them_run_again()
    {
        var old = Run("start > a:call, d:call; a > b:call > c:call");
        var changed = old.State.Plan.Definition.With("b", new ObjectValue { { "url", "new" } });

        Assert.Equal(["a", "d", "start"], Nodes(Forked(old, "c", changed)));
    }

    [Fact]
    public void With_the_latest_workflow_a_new_connection_counts_as_a_change_of_its_target()
    {
        var old = Run("start > a:call, d:call; a > b:call > c:call");
        var changed = old.State.Plan.Definition with { Connections = [.. old.State.Plan.Definition.Connections, new Connection("d", "b")] };

        Assert.Equal(["a", "d", "start"], Nodes(Forked(old, "c", changed)));
    }

    [Fact]
    public void Notes_and_positions_are_no_change()
    {
        var old = Run(Line);
        var changed = old.State.Plan.Definition.With("a", n => n with { Notes = "now with notes", Position = new ArrayValue([1, 2]) });

        Assert.Equal(["a", "b", "start"], Nodes(Forked(old, "c", changed)));
    }

    [Fact]
    public void Nodes_that_the_latest_workflow_lacks_are_not_copied()
    {
        var old = Run("start > a:call, d:call; a > b:call");
        var changed = Graph.Of("start > a:call > b:call");

        Assert.Equal(["a", "start"], Nodes(Forked(old, "b", changed)));
    }

    [Theory]
    [InlineData("nowhere", ForkRefused.UnknownNode)]
    [InlineData("apart", ForkRefused.NodeNotRun)]
    [InlineData("c", ForkRefused.NodeNotRun)]
    public void A_point_must_be_a_node_that_took_part(string from, string code) =>
        Assert.Equal(code, Refused(Run(Line + "; apart:call", "b"), from).Code);

    [Fact]
    public void A_mistyped_point_is_guessed() =>
        Assert.Contains("Did you mean 'fetch'?", Refused(Run("start > fetch:call"), "fetsh").Message, StringComparison.Ordinal);

    [Fact]
    public void Nothing_failed_is_refused() => Assert.Equal(ForkRefused.NothingFailed, Refused(Run(Line), Fork.FromFailed).Code);

    [Fact]
    public void An_execution_that_goes_on_is_refused()
    {
        var old = Run(Line);
        old.Events.RemoveAt(old.Events.Count - 1);

        Assert.Equal(ForkRefused.NotFinished, Refused(old, Fork.FromStart).Code);
    }

    [Fact]
    public void Missing_data_is_refused_where_it_is_needed()
    {
        var old = Run(Line);
        Forget(old, "b");

        Assert.IsType<Forked>(Of(old, "b"));
        Assert.Equal(ForkRefused.DataMissing, Refused(old, "c").Code);
    }

    [Fact]
    public void A_missing_input_is_refused_always()
    {
        var old = Run(Line);
        old.Events[0] = (ExecutionStarted)old.Events[0] with { Input = new Payload(3, 40, default) };

        Assert.Equal(ForkRefused.DataMissing, Refused(old, Fork.FromStart).Code);
    }

    [Fact]
    public void A_retry_of_any_failed_execution_completes_what_the_model_foresees() => World.ForSeeds(700_000, 250, seed =>
    {
        var failing = new World(seed, Failing.Stopping);
        var old = failing.Shell(seed).RunToEnd();
        if (old.State.Status == ExecutionStatus.Success) return;
        var mended = new World(seed, Failing.Handled);

        var retry = mended.Shell(seed).Take(Forked(old, Fork.FromFailed)).RunToEnd();

        Agreement.IsWhole(retry, mended.Model);
    });

    [Fact]
    public void A_fork_from_any_node_comes_to_the_same_end() => World.ForSeeds(710_000, 250, seed =>
    {
        var world = new World(seed, Failing.Handled);
        var old = world.Shell(seed).RunToEnd();
        var from = world.Model.Runs.Keys.Select(k => k.Node).Order(StringComparer.Ordinal).ElementAt(seed % world.Model.Runs.Count);

        var fork = world.Shell(seed + 1).Take(Forked(old, from)).RunToEnd();

        Agreement.IsWhole(fork, world.Model);
    });

    private static ScriptedShell Run(string graph, params string[] failing) => new World(Graph.Of(graph), new CalmScript(failing)).Shell().RunToEnd();

    private static ForkOutcome Of(ScriptedShell old, string from, WorkflowDefinition? latest = null) => Fork.Of(
        old.Events, old.State.Plan, latest?.Plan(registry: RandomGraph.Registry) ?? old.State.Plan, from, useLatestWorkflow: latest is not null);

    private static Forked Forked(ScriptedShell old, string from, WorkflowDefinition? latest = null) => Assert.IsType<Forked>(Of(old, from, latest));
    private static ForkRefused Refused(ScriptedShell old, string from) => Assert.IsType<ForkRefused>(Of(old, from));

    private static IEnumerable<string> Nodes(Forked forked) => forked.Copied.Select(e => e is LoopEntered loop ? loop.Node : ((NodeCompleted)e).Node).Order(StringComparer.Ordinal);

    private static void Forget(ScriptedShell old, string node)
    {
        var at = old.Events.FindIndex(e => e is NodeCompleted c && c.Node == node);
        var completed = (NodeCompleted)old.Events[at];
        old.Events[at] = completed with { Outputs = [.. completed.Outputs.Select(o => o with { Items = o.Items with { Inline = default } })] };
    }
}
