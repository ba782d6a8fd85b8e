using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>Evaluates a node's parameters for one item.</summary>
internal static class ParameterEvaluation
{
    /// <exception cref="NodeException">EXPRESSION_ERROR: an expression failed, or came out undefined where that is not allowed; the message names node, parameter, position and expression.</exception>
    public static Value Evaluate(NodeContext context, int item, ParameterTree parameter)
    {
        if (parameter.IsConstant) return parameter.Written;
        try
        {
            var mayBeUndefined = context.Descriptor.MayBeUndefined;
            return parameter.Evaluate(context.ScopeFor(item), mayBeUndefined.Count > 0 && mayBeUndefined.Contains(LastName(parameter.Pointer)));
        }
        catch (ExpressionException e)
        {
            throw new NodeException(new NodeError(NodeErrorCodes.ExpressionError, e.Message), e);
        }
    }

    private static string LastName(string pointer) => pointer[(pointer.LastIndexOf('/') + 1)..];
}
