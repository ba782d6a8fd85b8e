using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary><c>$input</c>: the items of the node's first input.</summary>
internal sealed class InputObject : LanguageObject
{
    public static MethodTable AllMethods { get; } = new("input", new MethodList
    {
        { "all(): item[]", "All items, each with its json and binary.", "$input.all().map(item => item.json.name)",
            (run, _, _) => ItemObject.All(run, run.Scope.Items) },
        { "first(): item | undefined", "The first item; undefined when there are none.", "$input.first().json.name",
            (run, _, _) => ItemObject.Of(run.Scope.Items is [var first, ..] ? first : null) },
        { "last(): item | undefined", "The last item; undefined when there are none.", "$input.last().json.name",
            (run, _, _) => ItemObject.Of(run.Scope.Items is [.., var last] ? last : null) },
    })
    {
        Description = "$input: the items of the node's first input.",
        Properties = new PropertyList
        {
            { "item: item | undefined", "The current item; undefined when there are none.", "$input.item.json.name", (run, _) => ItemObject.Of(run.Scope.Item) },
            { "params: object", "The node's parameters as they are written.", "$input.params.subject", (run, _) => Value.From(run.Scope.Parameters).Freeze() },
        },
    };

    public override string TypeName => "object";
    public override MethodTable Methods => AllMethods;
    public override IEnumerable<string> Keys => ["item", "params"];
}
