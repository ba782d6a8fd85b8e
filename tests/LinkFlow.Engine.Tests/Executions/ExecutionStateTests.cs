using System.Text;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Tests.Executions;

public sealed class ExecutionStateTests
{
    private static readonly ExecutionStarted Start = (ExecutionStarted)GraphRun.Of("start > a").Events[0];

    [Fact]
    public void An_event_must_follow_the_one_before()
    {
        var error = Assert.Throws<InvalidOperationException>(() => GraphRun.Of("start").State.Apply(new PauseRequested { Seq = 3 }));

        Assert.Equal("Event 3 (PauseRequested) does not follow event 1 of execution 'x'.", error.Message);
    }

    [Fact]
    public void An_event_that_ends_what_never_began_is_refused_and_changes_nothing()
    {
        var run = GraphRun.Of("start > a");
        var before = run.Snapshot();

        Assert.Throws<InvalidOperationException>(() => run.State.Apply(new NodeCompleted { Seq = 2, Node = "a", Run = 0, Attempt = 1 }));
        Assert.Throws<InvalidOperationException>(() => run.State.Apply(new NodeCompleted { Seq = 2, Node = "start", Run = 0, Attempt = 2 }));
        Assert.Throws<InvalidOperationException>(() => run.State.Apply(new NodeCompleted { Seq = 2, Node = "nobody", Run = 0, Attempt = 1 }));

        Assert.Equal(before, run.Snapshot());
    }

    [Fact]
    public void An_output_that_the_node_does_not_have_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => GraphRun.Of("start").Complete("start", "sideways"));

    [Fact]
    public void A_second_start_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => GraphRun.Of("start").State.Apply(Start with { Seq = 2 }));

    [Fact]
    public void An_incoming_event_is_applied_once()
    {
        var run = GraphRun.Of("start > a").Apply(new SignalReceived { Id = "s1", Name = "go", Body = new Payload(1, 2, default) });

        run.State.Apply(run.Events[^1]);
        run.Apply(run.Events[^1]);

        Assert.Equal((1, true, false, 3L, 12L), (run.State.UnmatchedSignals, run.State.HasSeen("s1"), run.State.HasSeen("s2"), run.State.LastSeq, run.State.PayloadBytes));
    }

    [Fact]
    public void Only_the_last_512_ids_are_remembered()
    {
        var run = GraphRun.Of("start > a", checks: false);

        for (var i = 0; i < 513; i++) run.Apply(new ResumeRequested { Id = $"r{i}" });

        Assert.Equal((false, true), (run.State.HasSeen("r0"), run.State.HasSeen("r1")));
    }

    [Theory]
    [InlineData(2, 1, "start")]
    [InlineData(1, 99, "start")]
    [InlineData(1, 1, "a")]
    public void A_start_must_be_the_first_event_by_known_rules_at_the_plans_node(long seq, int rules, string node) =>
        Assert.Throws<InvalidOperationException>(() => ExecutionState.Start(GraphRun.Of("start > a").Plan, Start with { Seq = seq, RulesVersion = rules, StartNode = node }));

    [Fact]
    public void The_state_holds_no_inline_input()
    {
        var started = Start with { Input = new Payload(1, 2, new byte[] { 1, 2 }) };

        Assert.True(ExecutionState.Start(GraphRun.Of("start > a").Plan, started).Started.Input.Inline.IsEmpty);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"format":99}""")]
    public void What_is_no_snapshot_is_refused(string json) =>
        Assert.Throws<FormatException>(() => ExecutionState.ReadSnapshot(GraphRun.Of("start > a").Plan, Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_snapshot_of_another_plan_is_refused()
    {
        var snapshot = GraphRun.Of("start > a > b").Snapshot();

        Assert.Throws<FormatException>(() => ExecutionState.ReadSnapshot(GraphRun.Of("start > a").Plan, snapshot));
    }

    [Fact]
    public void The_first_format_of_snapshots_is_read_for_ever()
    {
        const string golden = """{"format":1,"seq":2,"at":2000,"started":{"seq":1,"type":"execution_started","v":1,"at":1000,"executionId":"x","workflowId":"w","workflowVersion":1,"rulesVersion":1,"seed":"00000000000000000000000000000000","mode":"api","startNode":"start","input":{"count":1,"bytes":10,"blob":"blob"}},"nodesRun":1,"bytes":20,"nodes":[{"r":1,"d":true,"l":{"n":0,"o":[[[2,1]]]}},{"d":true,"a":{"at":2000}}]}""";
        var run = GraphRun.Of("start > a").Complete("start");

        Assert.Equal(golden, Encoding.UTF8.GetString(run.Snapshot()));
        Assert.Equal(["a"], ExecutionState.ReadSnapshot(run.Plan, Encoding.UTF8.GetBytes(golden)).TakeReadySteps().Cast<RunNode>().Select(s => s.Node));
    }
}
