using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary><c>$('x')</c>: another node and what came out of it, as far as the current node can see.</summary>
internal sealed class NodeObject(NodeView view) : LanguageObject
{
    private static readonly MethodTable NodeMethods = new("node", new Dictionary<string, NativeMethod>
    {
        ["all"] = (run, self, args) => ItemObject.All(run, Of(self).Items(run, args)),
        ["first"] = (run, self, args) => ItemObject.Of(Of(self).Items(run, args) is [var first, ..] ? first : null),
        ["last"] = (run, self, args) => ItemObject.Of(Of(self).Items(run, args) is [.., var last] ? last : null),
        ["itemMatching"] = (run, self, args) => Of(self).Paired(run, (int)Coercion.ToInteger(run, args.At(0))),
        ["pairedItem"] = (run, self, args) => Of(self).Paired(run, args.At(0).IsUndefined ? run.Scope.ItemIndex : (int)Coercion.ToInteger(run, args.At(0))),
    });

    public override string TypeName => "object";
    public override MethodTable Methods => NodeMethods;
    public override IEnumerable<string> Keys => ["name", "params", "isExecuted"];

    public override Value Get(Run run, string name) => name switch
    {
        "item" => Paired(run, run.Scope.ItemIndex),
        "json" => Properties.Get(run, Paired(run, run.Scope.ItemIndex), "json"),
        "binary" => Properties.Get(run, Paired(run, run.Scope.ItemIndex), "binary"),
        "params" or "parameter" => Value.From(view.Parameters).Freeze(),
        "isExecuted" => view.Outputs is not null,
        "name" => view.Name,
        _ => default,
    };

    /// <exception cref="ExpressionException">The workflow has no such node.</exception>
    public static Value Find(Run run, string name, int position) => run.Scope.FindNode(name) is { } view
        ? Value.FromOther(new NodeObject(view))
        : throw new ExpressionException(ExpressionErrorCodes.UnknownName, $"There is no node '{name}' in this workflow.", position);

    /// <summary>The items of an output: the first that has any, unless one is asked for.</summary>
    private IReadOnlyList<Item> Items(Run run, ReadOnlySpan<Value> arguments)
    {
        var outputs = Outputs(run);
        if (arguments.At(0).IsUndefined) return outputs.FirstOrDefault(o => o.Count > 0) ?? [];
        var branch = Coercion.ToInteger(run, arguments.At(0));
        return branch >= 0 && branch < outputs.Count ? outputs[(int)branch] : throw run.RangeError($"The node '{view.Name}' has {outputs.Count} outputs, counted from 0; there is no output {JavaScriptNumber.ToString(branch)}.");
    }

    private Value Paired(Run run, int item)
    {
        Outputs(run);
        return view.PairedItem?.Invoke(item) is { } paired
            ? ItemObject.Of(paired)
            : throw new ExpressionException(ExpressionErrorCodes.NotExecuted, $"It cannot be derived which item of '{view.Name}' this item came from. Use $('{view.Name}').first(), .last() or .all() instead of .item.", run.Position);
    }

    private IReadOnlyList<IReadOnlyList<Item>> Outputs(Run run) =>
        view.Outputs ?? throw new ExpressionException(ExpressionErrorCodes.NotExecuted, $"The node '{view.Name}' has not been executed before this one. Ask $('{view.Name}').isExecuted first.", run.Position);

    private static NodeObject Of(Value self) => (NodeObject)self.AsOther!;
}
