using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary><c>$input</c>: the items of the node's first input.</summary>
internal sealed class InputObject : LanguageObject
{
    private static readonly MethodTable InputMethods = new("$input", new Dictionary<string, NativeMethod>
    {
        ["all"] = (run, _, _) => ItemObject.All(run, run.Scope.Items),
        ["first"] = (run, _, _) => ItemObject.Of(run.Scope.Items is [var first, ..] ? first : null),
        ["last"] = (run, _, _) => ItemObject.Of(run.Scope.Items is [.., var last] ? last : null),
    });

    public override string TypeName => "object";
    public override MethodTable Methods => InputMethods;
    public override IEnumerable<string> Keys => ["item", "params"];

    public override Value Get(Run run, string name) => name switch
    {
        "item" => ItemObject.Of(run.Scope.Item),
        "params" => Value.From(run.Scope.Parameters).Freeze(),
        _ => default,
    };
}
