using System.Collections.Immutable;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Executions;

/// <summary>
/// A fact in the life of an execution, in the order of <see cref="Seq"/>. The fold of these is the execution;
/// what can be derived from them (skipped runs, rounds, the status) is derived and not recorded.
/// </summary>
public abstract record ExecutionEvent
{
    /// <summary>1 for <see cref="ExecutionStarted"/>, then without gaps. Given by the shell when it appends.</summary>
    public long Seq { get; init; }

    /// <summary>Unix milliseconds. Never before the event before it.</summary>
    public long At { get; init; }

    /// <summary>The id of what came in (a signal, a command, a child's end), by which it is applied once; else null.</summary>
    public string? Id { get; init; }
}

/// <summary>Items, or any JSON, that goes along with an event: inline, or by claim check. The decider looks at counts only.</summary>
/// <param name="Count">How many items.</param>
/// <param name="Bytes">The size of the JSON in UTF-8.</param>
/// <param name="Inline">The JSON array of items in UTF-8, or empty when <paramref name="Blob"/> is set or the data is gone.</param>
/// <param name="Blob">The blob's name; null: inline.</param>
public sealed record Payload(int Count, int Bytes, ReadOnlyMemory<byte> Inline, string? Blob = null)
{
    /// <summary>The items themselves, while whoever made the payload still has them: spares reading them again. Never stored; null: not at hand.</summary>
    public IReadOnlyList<Item>? Items { get; init; }

    /// <summary>These items, inline and at hand.</summary>
    public static Payload Of(IReadOnlyList<Item> items)
    {
        var json = ItemJson.Write(items);
        return new Payload(items.Count, json.Length, json) { Items = items };
    }
}

/// <summary>What one output of a run got.</summary>
public sealed record OutputData(string Output, Payload Items);

/// <summary>Where items of an input came from.</summary>
/// <param name="Count">How many items.</param>
public sealed record InputSource(string Node, string Output, int Run, int Count)
{
    /// <summary>The event that recorded them, if they are all the items of its output of that name; else 0, and <see cref="InputSources.Parts"/> tells.</summary>
    public long Seq { get; init; }
}

/// <summary>One input of a run: its sources in the order of <c>connections</c>.</summary>
public sealed record InputSources(string Input, ImmutableArray<InputSource> Sources)
{
    /// <summary>Where its items are recorded, in order; empty where each source's <see cref="InputSource.Seq"/> says it, or nothing does.</summary>
    public ImmutableArray<DataPart> Parts { get; init; } = [];

    /// <summary>Where its items are recorded, in order. Empty for events from before that was noted, and for what came in with the start.</summary>
    public ImmutableArray<DataPart> Recorded =>
        !Parts.IsEmpty || Sources.IsEmpty || Sources[0].Seq == 0 ? Parts : [.. Sources.Select(s => new DataPart(s.Seq, s.Output, 0, s.Count))];

    /// <summary>What a run got, with where it is recorded: what items are followed back by.</summary>
    public static InputSources Of(StepInput input)
    {
        var (sources, parts) = (input.Sources, input.Parts);
        if (sources.IsEmpty) return new InputSources(input.Input, sources);
        if (parts.Length != sources.Length) return new InputSources(input.Input, sources) { Parts = parts };
        for (var i = 0; i < parts.Length; i++)
            if (parts[i] != new DataPart(parts[i].Seq, sources[i].Output, 0, sources[i].Count)) return new InputSources(input.Input, sources) { Parts = parts };
        var whole = ImmutableArray.CreateBuilder<InputSource>(sources.Length);
        for (var i = 0; i < parts.Length; i++) whole.Add(sources[i] with { Seq = parts[i].Seq });
        return new InputSources(input.Input, whole.MoveToImmutable());
    }
}

/// <summary>A failure as it is recorded and shown.</summary>
public sealed record ExecutionError(string Message, string Code, string? NodeId, int Attempt);

/// <summary>A failed item of an attempt, by its index in the run's first input.</summary>
public sealed record ItemFailure(int Item, NodeError Error);

public sealed record ExecutionStarted : ExecutionEvent
{
    public required string ExecutionId { get; init; }
    public required string WorkflowId { get; init; }
    public required int WorkflowVersion { get; init; }
    public required int RulesVersion { get; init; }
    public int? VariablesVersion { get; init; }
    public string Environment { get; init; } = "";

    /// <summary>32 hexadecimal digits; all randomness of the execution comes from it.</summary>
    public required string Seed { get; init; }

    /// <summary>manual, api, webhook, schedule, event, retry, subworkflow or error.</summary>
    public required string Mode { get; init; }
    public required string StartNode { get; init; }
    public required Payload Input { get; init; }
    public string? ParentExecutionId { get; init; }
    public string? RetryOf { get; init; }
    public string? StartedBy { get; init; }

    /// <summary>How many parents are above it: 0 to 25.</summary>
    public int Depth { get; init; }

    /// <summary>Its parent waits for its end, and is told of it in the commit that holds the end.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>The workflow was not active then: what <c>$workflow.active</c> denies to the execution's end, whatever happens to the workflow.</summary>
    public bool IsInactive { get; init; }

    /// <summary>Common to everything that one first cause led to; null: this execution is the first cause.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The id of the CloudEvent that started it; null: none did.</summary>
    public string? CausationId { get; init; }

    /// <summary>How many CloudEvents lie behind it in its chain.</summary>
    public int CausationDepth { get; init; }

    /// <summary>The W3C trace that it belongs to; null: none.</summary>
    public string? Traceparent { get; init; }
}

/// <summary>An attempt is about to run. Committed before an external one starts.</summary>
public sealed record NodeStarted : ExecutionEvent
{
    public required string Node { get; init; }
    public required int Run { get; init; }
    public required int Attempt { get; init; }
    public ImmutableArray<InputSources> Inputs { get; init; } = [];

    /// <summary>For a compensation: the node and run that it undoes.</summary>
    public RunKey? Compensates { get; init; }
}

/// <summary>An attempt was found in flight after a crash and will run again.</summary>
public sealed record AttemptRecovered : ExecutionEvent
{
    public required string Node { get; init; }
    public required int Run { get; init; }
    public required int Attempt { get; init; }

    /// <summary>1 for its first recovery.</summary>
    public required int Count { get; init; }
}

/// <summary>A run ended well: every item is in an output, as a result or as an error item.</summary>
public sealed record NodeCompleted : ExecutionEvent
{
    public required string Node { get; init; }
    public required int Run { get; init; }
    public required int Attempt { get; init; }
    public ImmutableArray<InputSources> Inputs { get; init; } = [];

    /// <summary>Outputs that got items; the others are dead.</summary>
    public ImmutableArray<OutputData> Outputs { get; init; } = [];

    /// <summary>Failures that <c>continue</c> or <c>errorOutput</c> turned into error items; the first of them.</summary>
    public ExecutionError? HandledError { get; init; }

    /// <summary>The answer given by a <c>respond</c> node: a one-element array; else null.</summary>
    public Payload? Response { get; init; }
    public RunKey? Compensates { get; init; }

    /// <summary>The execution that this run was copied from by a retry; else null.</summary>
    public string? CopiedFrom { get; init; }

    /// <summary>When the attempt began, Unix ms, for runs without a <see cref="NodeStarted"/>.</summary>
    public long StartedAt { get; init; }
}

/// <summary>An attempt left failed items, and there will be another for those.</summary>
public sealed record NodeAttemptFailed : ExecutionEvent
{
    public required string Node { get; init; }
    public required int Run { get; init; }
    public required int Attempt { get; init; }
    public ImmutableArray<InputSources> Inputs { get; init; } = [];
    public required ImmutableArray<ItemFailure> Failures { get; init; }

    /// <summary>What succeeded: JSON array of {output, owner, item}; null: nothing.</summary>
    public Payload? Partial { get; init; }

    /// <summary>When the next attempt may start, Unix ms: jitter and Retry-After are in it.</summary>
    public required long RetryAt { get; init; }
    public long StartedAt { get; init; }
}

/// <summary>A run failed for good.</summary>
public sealed record NodeFailed : ExecutionEvent
{
    public required string Node { get; init; }
    public required int Run { get; init; }
    public required int Attempt { get; init; }
    public ImmutableArray<InputSources> Inputs { get; init; } = [];
    public required ExecutionError Error { get; init; }

    /// <summary>What succeeded nevertheless, over all attempts; compensation gets it.</summary>
    public ImmutableArray<OutputData> Outputs { get; init; } = [];
    public RunKey? Compensates { get; init; }
    public long StartedAt { get; init; }
}

/// <summary>An attempt ended because the execution was stopping; or the shell gave up waiting for it.</summary>
public sealed record NodeCancelled : ExecutionEvent
{
    public required string Node { get; init; }
    public required int Run { get; init; }
    public required int Attempt { get; init; }
}

/// <summary>A result that came after its run had ended otherwise. Changes nothing.</summary>
public sealed record ResultIgnored : ExecutionEvent
{
    public required string Node { get; init; }
    public required int Run { get; init; }
    public required int Attempt { get; init; }
    public required string Reason { get; init; }
}

/// <summary>A wait node came to rest.</summary>
public sealed record WaitStarted : ExecutionEvent
{
    public required string Node { get; init; }
    public required int Run { get; init; }
    public ImmutableArray<InputSources> Inputs { get; init; } = [];
    public required WaitDirective Wait { get; init; }
}

/// <summary>A loop was entered with at least one item. The rounds follow from it.</summary>
public sealed record LoopEntered : ExecutionEvent
{
    public required string Node { get; init; }
    public required int Run { get; init; }
    public ImmutableArray<InputSources> Inputs { get; init; } = [];

    /// <summary>Items per round, at least 1.</summary>
    public required int BatchSize { get; init; }
}

/// <summary>
/// References that grew too many for the state: the results of a loop's rounds, the output of a sink in a loop, or
/// runs that can be undone. A <see cref="DataPart"/> with this event's seq (output <c>main</c>) stands for the items of all <see cref="Parts"/>.
/// </summary>
public sealed record ReferencesStored : ExecutionEvent
{
    /// <summary>The loop whose results these are, else null.</summary>
    public string? Loop { get; init; }

    /// <summary>The sink whose output these are, else null.</summary>
    public string? Sink { get; init; }

    /// <summary>Of the loop; 0 for the others.</summary>
    public int Run { get; init; }

    /// <summary>0: parts that runs made; n: parts that stand for stored references of level n − 1.</summary>
    public int Level { get; init; }
    public required ImmutableArray<DataPart> Parts { get; init; }

    /// <summary>For compensations (neither loop nor sink), in order of completion.</summary>
    public ImmutableArray<CompensableRun> Compensations { get; init; } = [];
}

/// <summary>Runs that were stored are back in the state, to be undone now.</summary>
public sealed record ReferencesRecalled : ExecutionEvent
{
    /// <summary>The <see cref="ReferencesStored"/> that they come from.</summary>
    public required long StoredSeq { get; init; }

    /// <summary>Those of that event, unchanged.</summary>
    public required ImmutableArray<CompensableRun> Compensations { get; init; }
}

/// <summary>A run that can be undone.</summary>
/// <param name="Output">What its compensation gets: its successful items, output by output.</param>
public sealed record CompensableRun(string Node, int Run, ImmutableArray<DataPart> Output)
{
    /// <summary>What <c>$('x')</c> shows to its compensation where the state may have moved on since: first the run itself, then what it saw in its round.</summary>
    public ImmutableArray<VisibleRun> Seen { get; init; } = [];
}

/// <summary>Sub-workflows are to be run; their ids are drawn.</summary>
public sealed record ChildrenRequested : ExecutionEvent
{
    public required string Node { get; init; }
    public required int Run { get; init; }
    public required int Attempt { get; init; }
    public ImmutableArray<InputSources> Inputs { get; init; } = [];
    public required ImmutableArray<ChildExecution> Children { get; init; }
    public required bool Wait { get; init; }
    public required int MaxParallel { get; init; }
}

/// <param name="Owner">The index of the input item that it runs for; −1: all.</param>
public sealed record ChildExecution(string ExecutionId, string WorkflowId, int Owner);

public sealed record ChildStarted : ExecutionEvent
{
    public required string ChildId { get; init; }
}

/// <summary>A child ended, or could not be started (status error).</summary>
public sealed record ChildFinished : ExecutionEvent
{
    public required string ChildId { get; init; }

    /// <summary>success, error, cancelled or timed_out.</summary>
    public required string Status { get; init; }
    public Payload? Output { get; init; }
    public ExecutionError? Error { get; init; }
}

/// <summary>A timer of the decider came due.</summary>
public sealed record TimerFired : ExecutionEvent
{
    public required string Timer { get; init; }
}

/// <summary>A signal; its payload is a one-element array with the item that a wait gets.</summary>
public sealed record SignalReceived : ExecutionEvent
{
    public required string Name { get; init; }
    public required Payload Body { get; init; }
}

public sealed record PauseRequested : ExecutionEvent;
public sealed record ResumeRequested : ExecutionEvent;

public sealed record CancelRequested : ExecutionEvent
{
    public bool Compensate { get; init; }
    public string? Reason { get; init; }
}

/// <summary>The end. Nothing follows but <see cref="ResultIgnored"/>.</summary>
public sealed record ExecutionFinished : ExecutionEvent
{
    public required ExecutionStatus Status { get; init; }
    public ExecutionError? Error { get; init; }

    /// <summary>Compensation nodes that failed.</summary>
    public ImmutableArray<ExecutionError> CompensationErrors { get; init; } = [];
}
