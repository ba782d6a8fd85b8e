using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>What match and exec find: the array of the match and its groups, with <c>index</c>, <c>input</c> and <c>groups</c>.</summary>
internal sealed class MatchValue(Match match, string input, Value groups, bool hasIndices) : LanguageObject
{
    /// <summary>What it has beside the methods of arrays.</summary>
    public static MethodTable Own { get; } = new("match")
    {
        Description = "What match and exec find: an array of the match and its groups, with all methods of arrays.",
        Properties = new PropertyList
        {
            { "index: number", "Where the match begins.", "'order 42'.match(/\\d+/).index", (_, self) => Of(self).Match.Index },
            { "input: string", "What was searched.", "'order 42'.match(/\\d+/).input", (_, self) => Of(self).Input },
            { "groups: object | undefined", "The named groups; undefined without any.", "'order 42'.match(/(?<number>\\d+)/).groups.number", (_, self) => Of(self).Groups },
            { "indices: number[][] | undefined", "With the flag d, where the match and its groups begin and end.", "'order 42'.match(/\\d+/d).indices[0]", (_, self) => Of(self).Indices },
        },
    };

    /// <summary>Where the match and its groups begin and end: only with the flag d.</summary>
    private Value Indices => hasIndices ? new ArrayValue(Match.Groups.Values.Select(g => g.Success ? Value.From(new ArrayValue([g.Index, g.Index + g.Length])) : default)) : default(Value);

    private static readonly MethodTable AllMethods = new("array", OnParts(MethodTables.Arrays)) { Properties = Own.Properties };

    private ArrayValue? _parts;

    private Match Match => match;
    private string Input => input;
    private Value Groups => groups;

    public override string TypeName => "array";
    public override MethodTable Methods => AllMethods;

    public override Value Get(Run run, string name) =>
        base.Get(run, name) is { IsUndefined: false } own ? own : AllMethods.Find(name) is null ? Properties.Get(run, Parts(run), name) : default;

    public override IEnumerable<string> Keys => Enumerable.Range(0, match.Groups.Count).Select(i => JavaScriptNumber.ToString(i));
    public override Value ToJson(Run run) => Parts(run);
    public override string Print(Run run) => Coercion.Join(run, Parts(run), ",");
    public override IEnumerable<Value> Elements(Run run) => Parts(run);

    private ArrayValue Parts(Run run) => _parts ??= RegexValue.Parts(run, match);

    private static MethodList OnParts(MethodTable ofArrays) =>
        [.. ofArrays.Methods.Select(method => method with { Call = (run, self, args) => method.Call(run, Value.From(Of(self).Parts(run)), args) })];

    private static MatchValue Of(Value self) => (MatchValue)self.AsOther!;
}
