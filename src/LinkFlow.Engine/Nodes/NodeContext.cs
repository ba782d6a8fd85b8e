using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>What a node sees of the run that it is part of. Everything that varies between two attempts comes from here.</summary>
public abstract class NodeContext
{
    public abstract NodeDefinition Node { get; }
    public abstract NodeDescriptor Descriptor { get; }

    /// <summary>The node's outputs for its parameters, <c>error</c> included where it has one.</summary>
    public abstract IReadOnlyList<string> Outputs { get; }

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

    /// <summary>All ports that the host lends to nodes, for what a node hands on.</summary>
    public abstract IServiceProvider Services { get; }

    /// <summary>The files that the run may read and make.</summary>
    /// <exception cref="NodeException">This host has none.</exception>
    public virtual IRunFiles Files => throw new NodeException(NodeErrorCodes.NodeFailed, "This host keeps no files.");

    /// <summary>Opens one of the credentials that the node names (<c>"credentials":{"auth":"…"}</c>). Its secrets are masked in what this attempt puts out.</summary>
    /// <returns>Null: the node names none under this slot.</returns>
    /// <exception cref="NodeException">It is missing, expired, of a type that the node does not take, or may not be used here; the message says which.</exception>
    public abstract ValueTask<OpenedCredential?> OpenCredentialAsync(string slot, CancellationToken cancellationToken);

    /// <summary>What hides secrets in everything that this attempt puts out. A node adds what it derives from a credential: a signature's key, a token.</summary>
    public abstract SecretMask Mask { get; }

    /// <summary>A top-level parameter, evaluated for an item; undefined when absent.</summary>
    /// <exception cref="NodeException">As <see cref="Evaluate"/>.</exception>
    public Value Parameter(int item, string name) => Parameters[name] is { } parameter ? Evaluate(item, parameter) : Value.Undefined;

    /// <summary>A part of the parameters, evaluated for an item.</summary>
    /// <exception cref="NodeException">EXPRESSION_ERROR: an expression failed, or came out undefined where that is not allowed; the message says where.</exception>
    public Value Evaluate(int item, ParameterTree parameter) => ParameterEvaluation.Evaluate(this, item, parameter);

    /// <summary>Runs a body for each pending item; an item whose body throws a <see cref="NodeException"/> fails with it, and the others go on.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled between two items.</exception>
    public NodeResult EachItem(Action<NodeContext, int, NodeResult> body, CancellationToken cancellationToken)
    {
        var result = new NodeResult(Pending.Count);
        foreach (var item in Pending)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                body(this, item, result);
            }
            catch (NodeException e)
            {
                result.Fail(item, e.Error);
            }
        }

        return result;
    }
}
