using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>What a node sees of the run that it is part of. Everything that varies between two attempts comes from here.</summary>
public abstract class NodeContext
{
    public abstract NodeDefinition Node { get; }

    /// <summary>The items of the first input; the same as <c>Inputs[0]</c>.</summary>
    public IReadOnlyList<Item> Items => Inputs[0];

    /// <summary>The items of every input, in the descriptor's order; dead ones are empty.</summary>
    public abstract IReadOnlyList<IReadOnlyList<Item>> Inputs { get; }

    /// <summary>Which indexes of <see cref="Items"/> this attempt is about: all, or, in a retry, those that failed.</summary>
    public abstract IReadOnlyList<int> Pending { get; }

    public abstract string ExecutionId { get; }
    public abstract string WorkflowId { get; }
    public abstract int Run { get; }

    /// <summary>1 for the first.</summary>
    public abstract int Attempt { get; }

    /// <summary>The attempt's recorded time in Unix milliseconds: the same whenever the attempt is run again.</summary>
    public abstract long Now { get; }

    /// <summary>The node's parameters, to be evaluated for an item.</summary>
    public abstract ParameterTree Parameters { get; }

    /// <summary>The variables of the expressions in this node's parameters, for one item.</summary>
    /// <param name="item">An index into <see cref="Items"/>; 0 also when there are none.</param>
    public abstract ExpressionScope ScopeFor(int item);

    /// <summary>A random number in [0, 1), the same whenever the attempt is run again.</summary>
    public abstract double NextRandom(int item);

    /// <summary>The key that makes a repeated request recognisable: the same over attempts and recoveries.</summary>
    /// <param name="request">From 0, counted per item.</param>
    public abstract string IdempotencyKey(int item, int request);

    /// <summary>A port that the host lends to nodes, e.g. the outbound HTTP client.</summary>
    /// <exception cref="NodeException">This host has none.</exception>
    public abstract T Service<T>() where T : class;

    /// <summary>A top-level parameter, evaluated for an item; undefined when absent.</summary>
    public Value Parameter(int item, string name) => Parameters[name]?.Evaluate(ScopeFor(item)) ?? Value.Undefined;
}
