using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>All that one step's run needs.</summary>
public sealed record NodeRun
{
    public required ExecutionPlan Plan { get; init; }
    public required RunNode Step { get; init; }
    public required ExecutionStarted Started { get; init; }

    /// <summary>The items of each input of the step, in its order.</summary>
    public required IReadOnlyList<IReadOnlyList<Item>> Inputs { get; init; }

    /// <summary>Unix milliseconds: the attempt's recorded time.</summary>
    public required long Now { get; init; }

    /// <summary>By node index: what the run sees of the referenced nodes; absent: not executed.</summary>
    public required IReadOnlyDictionary<int, VisibleRun> Visible { get; init; }

    /// <summary>Loads the items that references stand for.</summary>
    public required Func<IReadOnlyList<DataPart>, CancellationToken, ValueTask<IReadOnlyList<Item>>> Load { get; init; }

    /// <summary>The recorded event with a sequence number, by which <c>.item</c> finds the runs that an item came through; null: there is none.</summary>
    public Func<long, CancellationToken, ValueTask<ExecutionEvent?>> FindEvent { get; init; } = (_, _) => new((ExecutionEvent?)null);

    /// <summary>Loads the partial results of an earlier attempt: the payload of the NodeAttemptFailed with this seq.</summary>
    public required Func<long, CancellationToken, ValueTask<Value>> LoadPartial { get; init; }

    public ObjectValue Variables { get; init; } = new();
    public ObjectValue Environment { get; init; } = new();

    /// <summary>$workflow and $execution.</summary>
    public ObjectValue Workflow { get; init; } = new();
    public ObjectValue Execution { get; init; } = new();

    /// <summary>What one evaluation of an expression may use.</summary>
    public ExpressionLimits Limits { get; init; } = ExpressionLimits.Default;

    /// <summary>Ports lent to nodes.</summary>
    public required IServiceProvider Services { get; init; }

    /// <summary>Opens a credential for this node by its id; throws a <see cref="NodeException"/> where it may not be used. Null: this host has none.</summary>
    public Func<string, CancellationToken, ValueTask<OpenedCredential>>? OpenCredential { get; init; }

    /// <summary>The files that the run may read and make; null: this host has none.</summary>
    public IRunFiles? Files { get; init; }

    /// <summary>The real clock, for durations, time-outs and RetryAt; never visible to expressions.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>For jitter: in [0, 1).</summary>
    public required Func<double> Jitter { get; init; }

    /// <summary>Draws ids of children.</summary>
    public required Func<string> NewId { get; init; }

    /// <summary>Told when an attempt that had been given up ends after all, on any thread and at any time; null: nobody asks.</summary>
    public Action<ResultIgnored>? Ignored { get; init; }
}
