using System.Collections.Immutable;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions;

/// <summary>The variables that an expression sees: those of one item in one attempt of one node.</summary>
public sealed record ExpressionScope
{
    /// <summary>All items of the node's first input.</summary>
    public IReadOnlyList<Item> Items { get; init; } = [];

    /// <summary>May be moved on between two evaluations by the one who made the scope.</summary>
    public int ItemIndex { get; set; }
    public int RunIndex { get; init; }

    /// <summary>What <c>$('x')</c> finds, by node id or name; never null for a node of the workflow, null for an unknown name.</summary>
    public Func<string, NodeView?> FindNode { get; init; } = _ => null;

    /// <summary>The names and ids of the workflow's nodes, for guesses at what an unknown one meant.</summary>
    public ImmutableArray<string> NodeNames { get; init; } = [];

    /// <summary>The node before, for <c>$prevNode</c>; null for a start node.</summary>
    public PreviousNode? Previous { get; set; }
    public ObjectValue Parameters { get; init; } = new();
    public ObjectValue Workflow { get; init; } = new();
    public ObjectValue Execution { get; init; } = new();
    public ObjectValue Variables { get; init; } = new();
    public ObjectValue Environment { get; init; } = new();

    /// <summary>Set only within credential fields.</summary>
    public ObjectValue? Secrets { get; init; }

    /// <summary>Unix milliseconds: <c>$now</c>, the same throughout the attempt.</summary>
    public long Now { get; init; }

    /// <summary>An IANA time zone.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The next of the attempt's random numbers for this item, in [0, 1).</summary>
    public Func<double> NextRandom { get; init; } = () => throw new InvalidOperationException("This scope has no random numbers.");

    /// <summary>Reading a property of undefined or null gives undefined instead of an error.</summary>
    public bool LenientPaths { get; init; }

    /// <summary>The node whose parameters these are, by id, for messages; null: they do not name it.</summary>
    public string? NodeId { get; init; }
    public ExpressionLimits Limits { get; init; } = ExpressionLimits.Default;

    /// <summary>The item itself: null when the node got none.</summary>
    public Item? Item => ItemIndex < Items.Count ? Items[ItemIndex] : null;
}

/// <summary>Another node as <c>$('x')</c> shows it. <c>Outputs</c> is null when it has not been executed as far as this node can see, or no expression asks for its items.</summary>
public sealed record NodeView(string Name, ObjectValue Parameters, IReadOnlyList<IReadOnlyList<Item>>? Outputs)
{
    /// <summary>The ordinal of the run that is shown.</summary>
    public int Run { get; init; }

    /// <summary>It has been executed as far as this node can see.</summary>
    public bool IsExecuted { get => field || Outputs is not null; init; }

    /// <summary>
    /// The item that a given item of the current input came from in that node, for <c>.item</c>; null where nothing tells. Where
    /// it is known why it is none, it throws an <see cref="ExpressionException"/>.
    /// </summary>
    public Func<int, Item?>? PairedItem { get; init; }
}

/// <param name="OutputIndex">The place of the output in the descriptor's order.</param>
public sealed record PreviousNode(string Name, int OutputIndex, int RunIndex);
