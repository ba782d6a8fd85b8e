namespace LinkFlow.Engine.Nodes;

/// <summary>
/// A node type. One instance serves every run at once, so it keeps no state between calls.
/// Adding a type means one file that implements this and one line where the registry is built.
/// </summary>
public interface INode
{
    NodeDescriptor Descriptor { get; }

    /// <summary>Runs one attempt over <see cref="NodeContext.Items"/>.</summary>
    /// <returns>What each item came to. A failure of one item is told by <see cref="NodeResult.Fail"/>, not thrown.</returns>
    /// <exception cref="NodeException">The whole attempt failed, with a code and a message for the user.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled: time-out, stop, or shutdown.</exception>
    ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken);
}
