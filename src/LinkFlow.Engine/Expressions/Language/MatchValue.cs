using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>What match and exec find: the array of the match and its groups, with <c>index</c>, <c>input</c> and <c>groups</c>.</summary>
internal sealed class MatchValue(Match match, string input, Value groups) : LanguageObject
{
    private static readonly MethodTable MatchMethods = ArraysMethods();

    private ArrayValue? _parts;

    public override string TypeName => "array";
    public override MethodTable Methods => MatchMethods;

    public override Value Get(Run run, string name) => name switch
    {
        "index" => match.Index,
        "input" => input,
        "groups" => groups,
        _ when MatchMethods.Find(name) is not null => default,
        _ => Properties.Get(run, Parts(run), name),
    };

    public override IEnumerable<string> Keys => Enumerable.Range(0, match.Groups.Count).Select(i => JavaScriptNumber.ToString(i));
    public override Value ToJson(Run run) => Parts(run);
    public override string Print(Run run) => Coercion.Join(run, Parts(run), ",");
    public override IEnumerable<Value> Elements(Run run) => Parts(run);

    private ArrayValue Parts(Run run) => _parts ??= RegexValue.Parts(run, match);

    /// <summary>The methods of arrays, on the parts.</summary>
    private static MethodTable ArraysMethods()
    {
        var methods = new Dictionary<string, NativeMethod>();
        foreach (var name in MethodTables.Arrays.Names)
        {
            var method = MethodTables.Arrays.Find(name)!;
            methods[name] = (run, self, args) => method(run, Value.From(((MatchValue)self.AsOther!).Parts(run)), args);
        }

        return new MethodTable("array", methods);
    }
}
