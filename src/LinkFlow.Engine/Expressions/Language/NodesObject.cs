using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary><c>$node</c>: the older spelling, <c>$node["x"].json</c>.</summary>
internal sealed class NodesObject : LanguageObject
{
    public override string TypeName => "object";
    public override MethodTable Methods => MethodTable.Empty;
    public override Value Get(Run run, string name) => NodeObject.Find(run, name, run.Position);
}
