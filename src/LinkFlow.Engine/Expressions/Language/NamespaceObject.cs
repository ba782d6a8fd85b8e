using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>Functions and constants under one name: <c>Math</c>, <c>JSON</c>.</summary>
internal sealed class NamespaceObject(string name, MethodTable functions) : LanguageObject
{
    public override string TypeName => "object";
    public override MethodTable Methods => functions;
    public override string Print(Run run) => $"[object {name}]";
}
