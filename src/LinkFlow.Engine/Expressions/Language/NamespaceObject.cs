using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>Functions and constants under one name: <c>Math</c>, <c>JSON</c>.</summary>
internal sealed class NamespaceObject(string name, MethodTable functions) : LanguageObject
{
    public IReadOnlyDictionary<string, Value> Constants { get; init; } = new Dictionary<string, Value>();
    public override string TypeName => "object";
    public override MethodTable Methods => functions;
    public override Value Get(Run run, string property) => Constants.GetValueOrDefault(property);
    public override string Print(Run run) => $"[object {name}]";
}
