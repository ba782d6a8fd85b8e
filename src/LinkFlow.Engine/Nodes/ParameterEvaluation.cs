using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>Evaluates a node's parameters for one item; says the node, the parameter and the expression when that fails.</summary>
internal static class ParameterEvaluation
{
    /// <exception cref="NodeException">An expression failed, or came out undefined where that is not allowed.</exception>
    public static Value Evaluate(NodeContext context, int item, ParameterTree parameter)
    {
        if (parameter.IsConstant) return parameter.Written;
        if (parameter.Template is { } template) return Evaluate(context, item, parameter, template);
        if (parameter.Written.IsArray)
        {
            var elements = new ArrayValue(parameter.Elements.Count);
            foreach (var element in parameter.Elements) elements.Add(Evaluate(context, item, element));
            return elements;
        }

        var properties = new ObjectValue();
        foreach (var (name, property) in parameter.Properties) properties.Set(name, Evaluate(context, item, property));
        return properties;
    }

    private static Value Evaluate(NodeContext context, int item, ParameterTree parameter, Template template)
    {
        var scope = context.ScopeFor(item);
        Value value;
        try
        {
            value = template.Evaluate(scope);
        }
        catch (ExpressionException e)
        {
            throw new NodeException(new NodeError(NodeErrorCodes.ExpressionError, Located(context, parameter, template, e.Message, e.Position)), e);
        }

        if (!value.IsUndefined || scope.LenientPaths || context.Descriptor.MayBeUndefined.Contains(LastName(parameter.Pointer))) return value;
        throw new NodeException(NodeErrorCodes.ExpressionError, Located(context, parameter, template, "The expression came out undefined", template.Text.IndexOf("{{", StringComparison.Ordinal) + 2));
    }

    private static string Located(NodeContext context, ParameterTree parameter, Template template, string message, int position)
    {
        var name = parameter.Pointer.TrimStart('/').Replace('/', '.').Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        var at = position >= 0 ? $" at {position}" : "";
        return $"{message.TrimEnd('.')} in '{context.Node.Id}' → {name}{at}: {ExpressionAt(template.Text, position)}";
    }

    /// <summary>The expression around a position, without its braces; the whole text when that cannot be told.</summary>
    private static string ExpressionAt(string text, int position)
    {
        var from = position > 0 ? text.LastIndexOf("{{", Math.Min(position, text.Length - 1), StringComparison.Ordinal) : text.IndexOf("{{", StringComparison.Ordinal);
        if (from < 0) return text;
        var to = text.IndexOf("}}", Math.Max(from + 2, Math.Min(position, text.Length)), StringComparison.Ordinal);
        return (to < 0 ? text[(from + 2)..] : text[(from + 2)..to]).Trim();
    }

    private static string LastName(string pointer) => pointer[(pointer.LastIndexOf('/') + 1)..];
}
