using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Conditions;

/// <summary>
/// Conditions on an item before any execution has it: what a trigger lets through. They see the item alone, never other nodes, variables or secrets.
/// </summary>
public sealed class ItemFilter
{
    private static readonly HashSet<string> MayBeUndefined = ["left", "right"];

    private readonly ParameterTree _conditions;

    private ItemFilter(ParameterTree conditions) => _conditions = conditions;

    /// <param name="name">The parameter that holds the conditions.</param>
    /// <returns>Null: there is no such parameter.</returns>
    /// <exception cref="ExpressionException">An expression in it is not of the language.</exception>
    public static ItemFilter? Of(ObjectValue parameters, string name) =>
        parameters[name].IsObject ? new ItemFilter(ParameterTree.Compile(new ObjectValue(1) { { name, parameters[name] } })[name]!) : null;

    /// <param name="scope">The item and what else its expressions see.</param>
    /// <exception cref="NodeException">The conditions cannot be evaluated for this item: types that do not compare, an expression that fails.</exception>
    public bool Holds(ExpressionScope scope) => ConditionList.Holds(new ItemAlone(scope), _conditions);

    /// <summary>What is wrong with conditions that are to see an item alone.</summary>
    /// <param name="pointer">Of the object that holds them, relative to the parameters.</param>
    internal static IEnumerable<(string Pointer, string Message)> Check(ObjectValue at, string pointer) =>
        ConditionList.Check(at, pointer).Concat(Texts(at, pointer).Where(t => SeesMore(t.Text)).Select(t =>
            (t.Pointer, "A filter is applied before the workflow runs, so that it sees '$json' alone: no other nodes, and neither $vars, $env, $secrets nor $execution. Filter behind the trigger instead.")));

    private static bool SeesMore(string text)
    {
        if (text.Contains("$execution", StringComparison.Ordinal)) return true;
        try
        {
            var template = Template.Compile(text);
            return template.References.Count > 0 || template.HasDynamicReferences || template.Settings.Count > 0;
        }
        catch (ExpressionException)
        {
            // Not of the language: that is found, and told with its place, by the rule for all expressions.
            return false;
        }
    }

    private static IEnumerable<(string Pointer, string Text)> Texts(Value value, string pointer) =>
        value.AsString is { } text ? Template.IsTemplate(text) ? [(pointer, text)] : []
        : value.AsArray is { } array ? array.SelectMany((v, i) => Texts(v, $"{pointer}/{i}"))
        : value.AsObject is { } o ? o.SelectMany(p => Texts(p.Value, $"{pointer}/{p.Key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}"))
        : [];

    private readonly struct ItemAlone(ExpressionScope scope) : IConditionScope
    {
        public string NodeId => scope.NodeId ?? "";
        public string TimeZone => scope.TimeZone;

        public Value Evaluate(ParameterTree tree)
        {
            try
            {
                return tree.Evaluate(scope, MayBeUndefined.Contains(tree.Pointer[(tree.Pointer.LastIndexOf('/') + 1)..]));
            }
            catch (ExpressionException e)
            {
                throw new NodeException(new NodeError(NodeErrorCodes.ExpressionError, e.Message), e);
            }
        }
    }
}
