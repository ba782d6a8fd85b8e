using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary><c>$('x')</c>: another node and what came out of it, as far as the current node can see.</summary>
internal sealed class NodeObject(NodeView view) : LanguageObject
{
    public static MethodTable AllMethods { get; } = new("node", new MethodList
    {
        { "all(output?: number, run?: number): item[]", "All items of an output, counted from 0; of the first that has any unless one is given. The run can only be the one that this node sees.", "$('fetch').all().length",
            (run, self, args) => ItemObject.All(run, Of(self).Items(run, args)) },
        { "first(output?: number, run?: number): item | undefined", "The first item of an output; undefined when it has none.", "$('fetch').first().json.name",
            (run, self, args) => ItemObject.Of(Of(self).Items(run, args) is [var first, ..] ? first : null) },
        { "last(output?: number, run?: number): item | undefined", "The last item of an output; undefined when it has none.", "$('fetch').last().json.name",
            (run, self, args) => ItemObject.Of(Of(self).Items(run, args) is [.., var last] ? last : null) },
        { "itemMatching(index: number): item", "The item there that the item of the current input at this place came from. An error where that cannot be told.", "$('fetch').itemMatching(1).json.name",
            (run, self, args) => Of(self).Paired(run, (int)Coercion.ToInteger(run, args.At(0))) },
        { "pairedItem(index?: number): item", "As itemMatching, for the current item unless another is given.", "$('fetch').pairedItem().json.name",
            (run, self, args) => Of(self).Paired(run, args.At(0).IsUndefined ? run.Scope.ItemIndex : (int)Coercion.ToInteger(run, args.At(0))) },
    })
    {
        Description = "$('name'): another node and what came out of it, as far as this node can see. An error when it has not been executed before.",
        Properties = new PropertyList
        {
            { "item: item", "The item there that the current item came from. An error where that cannot be told; first, last and all always can.", "$('fetch').item.json.email", (run, self) => Of(self).Paired(run, run.Scope.ItemIndex) },
            { "json: object", "The data of item: the older spelling, $node['fetch'].json.", "$node['fetch'].json.email", (run, self) => Evaluation.Properties.Get(run, Of(self).Paired(run, run.Scope.ItemIndex), "json") },
            { "binary: object", "The files of item: the older spelling.", "Object.keys($node['fetch'].binary)", (run, self) => Evaluation.Properties.Get(run, Of(self).Paired(run, run.Scope.ItemIndex), "binary") },
            { "params: object", "The node's parameters as they are written.", "$('fetch').params.url", (_, self) => Value.From(Of(self).View.Parameters).Freeze() },
            { "parameter: object", "The same as params: the older spelling.", "$node['fetch'].parameter.url", (_, self) => Value.From(Of(self).View.Parameters).Freeze() },
            { "isExecuted: boolean", "Whether it has been executed before this node.", "$('fetch').isExecuted", (_, self) => Of(self).View.IsExecuted },
            { "name: string", "The node's name.", "$('fetch').name", (_, self) => Of(self).View.Name },
        },
    };

    private NodeView View => view;

    public override string TypeName => "object";
    public override MethodTable Methods => AllMethods;
    public override IEnumerable<string> Keys => ["name", "params", "isExecuted"];

    /// <exception cref="ExpressionException">The workflow has no such node.</exception>
    public static Value Find(Run run, string name, int position)
    {
        try
        {
            if (run.Scope.FindNode(name) is { } view) return Value.FromOther(new NodeObject(view));
        }
        catch (ExpressionException e) when (e.Position < 0)
        {
            throw new ExpressionException(e.Code, e.Message, position);
        }

        throw new ExpressionException(ExpressionErrorCodes.UnknownName, $"There is no node '{name}' in this workflow.{DidYouMean.Suggestion(name, run.Scope.NodeNames)}", position);
    }

    /// <summary>The items of an output: the first that has any, unless one is asked for.</summary>
    private IReadOnlyList<Item> Items(Run run, ReadOnlySpan<Value> arguments)
    {
        var outputs = Outputs(run);
        if (!arguments.At(1).IsUndefined && Coercion.ToInteger(run, arguments.At(1)) is var wanted && wanted != view.Run)
            throw run.RangeError($"Of '{view.Name}' this node sees run {view.Run} and no other; it cannot see run {JavaScriptNumber.ToString(wanted)}.");
        if (arguments.At(0).IsUndefined) return outputs.FirstOrDefault(o => o.Count > 0) ?? [];
        var branch = Coercion.ToInteger(run, arguments.At(0));
        return branch >= 0 && branch < outputs.Count ? outputs[(int)branch] : throw run.RangeError($"The node '{view.Name}' has {outputs.Count} outputs, counted from 0; there is no output {JavaScriptNumber.ToString(branch)}.");
    }

    private Value Paired(Run run, int item)
    {
        try
        {
            if (view.PairedItem?.Invoke(item) is { } paired) return ItemObject.Of(paired);
        }
        catch (ExpressionException e) when (e.Position < 0)
        {
            throw new ExpressionException(e.Code, e.Message, run.Position);
        }

        throw view.IsExecuted
            ? new ExpressionException(ExpressionErrorCodes.Pairing, $"It cannot be derived which item of '{view.Name}' this item came from. Use $('{view.Name}').first(), .last() or .all() instead of .item.", run.Position)
            : NotExecuted(run);
    }

    private IReadOnlyList<IReadOnlyList<Item>> Outputs(Run run) => view.Outputs ?? throw NotExecuted(run);

    private ExpressionException NotExecuted(Run run) =>
        new(ExpressionErrorCodes.NotExecuted, $"The node '{view.Name}' has not been executed before this one. Ask $('{view.Name}').isExecuted first.", run.Position);

    private static NodeObject Of(Value self) => (NodeObject)self.AsOther!;
}
