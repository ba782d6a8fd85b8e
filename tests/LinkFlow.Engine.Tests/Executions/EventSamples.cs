using System.Collections.Immutable;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Tests.Executions;

/// <summary>One event of each type with every field set: what is stored must bring all of it back.</summary>
internal static class EventSamples
{
    private static readonly ImmutableArray<InputSources> Inputs =
        [new("main", [new("start", "main", 1, 2), new("check", "true", 3, 4)]), new("input2", [new("a", "error", 5, 6)])];

    private static readonly ExecutionError Error = new("It broke: \"ß\" 😀", "BROKEN", "a", 2);
    private static readonly RunKey Undone = new("b", 7);

    private static readonly CompensableRun Undoable = new("b", 1, [new(12, "main", 0, 5)])
    {
        Seen = [new VisibleRun(new RunKey("c", 2), [[new(3, "main", 1, 1)], [new(4, "error", 0, 1), new(5, "error", 0, 1)]], Inputs)],
    };

    public static IReadOnlyList<ExecutionEvent> All { get; } =
    [
        new ExecutionStarted
        {
            ExecutionId = "x1", WorkflowId = "w1", WorkflowVersion = 3, RulesVersion = 1, VariablesVersion = 8, Environment = "test",
            Seed = "00112233445566778899aabbccddeeff", Mode = "retry", StartNode = "start", Input = Inline("""[{"json":{"a":1}}]""", 1),
            ParentExecutionId = "x0", RetryOf = "x-1", StartedBy = "someone", Depth = 4, IsAwaited = true, IsInactive = true,
            CorrelationId = "c1", CausationId = "e1", CausationDepth = 2, Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Seq = 1, At = 1764000000000, Id = "id1",
        },
        new NodeStarted { Node = "a", Run = 1, Attempt = 2, Inputs = Inputs, Compensates = Undone, Seq = 2, At = 1764000000001, Id = "id2" },
        new AttemptRecovered { Node = "a", Run = 1, Attempt = 2, Count = 3, Seq = 3, At = 1764000000002, Id = "id3" },
        new NodeCompleted
        {
            Node = "a", Run = 1, Attempt = 2, Inputs = Inputs,
            Outputs = [new("true", Inline("""[{"json":{"b":[1,2.50,"é"]}},{"json":{}}]""", 2)), new("error", new Payload(70, 70_000, default, "t/abc"))],
            HandledError = Error, Response = Inline("""[{"status":200}]""", 1), Compensates = Undone, CopiedFrom = "x-1", StartedAt = 1764000000000,
            Seq = 4, At = 1764000000003, Id = "id4",
        },
        new NodeAttemptFailed
        {
            Node = "a", Run = 1, Attempt = 2, Inputs = Inputs, Failures = [new(3, new NodeError("E", "m", Transient: true, RetryAfterMs: 2000))],
            Partial = Inline("""[{"output":"main","owner":0,"item":{"json":{}}}]""", 1), RetryAt = 1764000005000, StartedAt = 1764000000001,
            Seq = 5, At = 1764000000004, Id = "id5",
        },
        new NodeFailed
        {
            Node = "a", Run = 1, Attempt = 2, Inputs = Inputs, Error = Error, Outputs = [new("main", Inline("""[{"json":{}}]""", 1))],
            Compensates = Undone, StartedAt = 1764000000002, Seq = 6, At = 1764000000005, Id = "id6",
        },
        new NodeCancelled { Node = "a", Run = 1, Attempt = 2, Seq = 7, At = 1764000000006, Id = "id7" },
        new ResultIgnored { Node = "a", Run = 1, Attempt = 2, Reason = "timed out", Seq = 8, At = 1764000000007, Id = "id8" },
        new WaitStarted
        {
            Node = "w", Run = 1, Inputs = Inputs,
            Wait = new WaitDirective("approval", DueAt: 1764000009000, Signal: "go", TimeoutAt: 1764000010000, "timeoutOutput", ["ann", "bob"]),
            Seq = 9, At = 1764000000008, Id = "id9",
        },
        new LoopEntered { Node = "l", Run = 1, Inputs = Inputs, BatchSize = 10, Seq = 10, At = 1764000000009, Id = "id10" },
        new ReferencesStored
        {
            Loop = "l", Sink = "s", Run = 2, Level = 1, Parts = [new(4, "true", 1, 2), new(0, "main", 0, 1)],
            Compensations = [Undoable], Seq = 11, At = 1764000000010, Id = "id11",
        },
        new ChildrenRequested
        {
            Node = "c", Run = 1, Attempt = 2, Inputs = Inputs, Children = [new("x2", "w2", -1), new("x3", "w2", 4)], Wait = true, MaxParallel = 10,
            Seq = 12, At = 1764000000011, Id = "id12",
        },
        new ChildStarted { ChildId = "x2", Seq = 13, At = 1764000000012, Id = "id13" },
        new ChildFinished
        {
            ChildId = "x2", Status = "error", Output = Inline("""[{"json":{}}]""", 1), Error = Error, Seq = 14, At = 1764000000013, Id = "id14",
        },
        new TimerFired { Timer = "wait:w:1", Seq = 15, At = 1764000000014, Id = "id15" },
        new SignalReceived { Name = "go", Body = Inline("""[{"json":{"ok":true}}]""", 1), Seq = 16, At = 1764000000015, Id = "id16" },
        new PauseRequested { Seq = 17, At = 1764000000016, Id = "id17" },
        new ResumeRequested { Seq = 18, At = 1764000000017, Id = "id18" },
        new CancelRequested { Compensate = true, Reason = "enough", Seq = 19, At = 1764000000018, Id = "id19" },
        new ExecutionFinished
        {
            Status = ExecutionStatus.TimedOut, Error = Error, CompensationErrors = [Error], Seq = 20, At = 1764000000019, Id = "id20",
        },
        new ReferencesRecalled { StoredSeq = 11, Compensations = [Undoable], Seq = 21, At = 1764000000020, Id = "id21" },
    ];

    private static Payload Inline(string json, int count)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(json);
        return new Payload(count, bytes.Length, bytes);
    }
}
