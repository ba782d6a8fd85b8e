using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>
/// What one attempt of a node came to, item by item: what it put out, which items failed, and, for nodes that
/// wait, loop or call another workflow, what the decider is asked to do instead of an output.
/// </summary>
public sealed class NodeResult
{
    /// <summary>The owner of what belongs to no single item of the first input.</summary>
    public const int WholeRun = -1;

    /// <summary>An item on an output. <c>Owner</c>: the index in the first input of the item that made it, or <see cref="WholeRun"/>.</summary>
    public readonly record struct Emitted(string Output, Item Item, int Owner);

    /// <summary>Items that a run may get, and put out.</summary>
    public const int MostItems = 1_000_000;

    private static readonly SortedDictionary<int, NodeError> NoFailures = [];

    private readonly List<Emitted> _emitted;
    private SortedDictionary<int, NodeError>? _failures;

    public NodeResult() => _emitted = [];

    /// <param name="capacity">How many items are expected to be put out.</param>
    public NodeResult(int capacity) => _emitted = new List<Emitted>(capacity);

    public IReadOnlyList<Emitted> Items => _emitted;

    /// <summary>Failed items by index in the first input. What a failed item put out before does not count.</summary>
    public IReadOnlyDictionary<int, NodeError> Failures => _failures ?? NoFailures;
    public bool HasFailures => _failures is not null;

    /// <summary>What is asked of the decider, or null for a run that simply ended.</summary>
    public NodeDirective? Directive { get; set; }

    /// <summary>The answer for the webhook's caller, given by the <c>respond</c> node; or undefined.</summary>
    public Value Response { get; set; }

    /// <param name="owner">
    /// With an index of the first input the item is paired to that one, whatever its own pairing says (that of an
    /// item passed on is its maker's). With <see cref="WholeRun"/> its <see cref="Item.PairedItems"/> counts, so set it.
    /// </param>
    /// <exception cref="NodeException">TOO_MANY_ITEMS: <see cref="MostItems"/> were put out already.</exception>
    public NodeResult Emit(string output, Item item, int owner)
    {
        if (_emitted.Count == MostItems) throw new NodeException(new NodeError(NodeErrorCodes.TooManyItems, $"A run can put out at most {MostItems:N0} items.", Final: true));
        _emitted.Add(new Emitted(output, item, owner));
        return this;
    }

    public NodeResult Fail(int item, NodeError error)
    {
        (_failures ??= [])[item] = error;
        return this;
    }
}

/// <summary>What a node asks of the decider instead of, or besides, an output.</summary>
public abstract record NodeDirective;

/// <summary>Come to rest until a time, a signal or an answer.</summary>
/// <param name="DueAt">Unix milliseconds when a duration or time wait ends; null for the others.</param>
/// <param name="Signal">The signal's name; null for time waits. Resume URLs and approvals use names of their own that callers cannot send.</param>
/// <param name="TimeoutAt">Unix milliseconds; null: never.</param>
/// <param name="OnTimeout"><c>error</c>, <c>continue</c> or <c>timeoutOutput</c>.</param>
public sealed record WaitDirective(string For, long? DueAt, string? Signal, long? TimeoutAt, string OnTimeout, IReadOnlyList<string> Approvers) : NodeDirective;

/// <summary>Go round in batches.</summary>
/// <param name="BatchSize">Items per round, at least 1.</param>
/// <param name="MaxRounds">More rounds than this are refused before the first.</param>
public sealed record LoopDirective(int BatchSize, int MaxRounds) : NodeDirective;

/// <summary>Run other workflows.</summary>
/// <param name="Children">In item order; each with the indexes of the input items that it gets.</param>
public sealed record ChildrenDirective(IReadOnlyList<ChildRequest> Children, bool Wait, int MaxParallel) : NodeDirective;

/// <param name="Owner">The index of the input item that it runs for; −1 when it gets all (once).</param>
public sealed record ChildRequest(string WorkflowId, int Owner);
