using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>A regular expression, and where its next search begins.</summary>
internal sealed class RegexValue(CompiledPattern pattern) : LanguageObject
{
    private static readonly MethodTable RegexMethods = new("regular expression", new Dictionary<string, NativeMethod>
    {
        ["test"] = (run, self, args) => Of(self).Search(run, Coercion.ToString(run, args.At(0))) is not null,
        ["exec"] = (run, self, args) => Coercion.ToString(run, args.At(0)) is var text && Of(self).Search(run, text) is { } match ? Of(self).Describe(run, match, text) : Value.Null,
        ["toString"] = (run, self, _) => run.Made(Of(self).Print(run)),
    });

    public CompiledPattern Pattern => pattern;
    public int LastIndex { get; set; }
    public override string TypeName => "regexp";
    public override MethodTable Methods => RegexMethods;

    public override Value Get(Run run, string name) => name switch
    {
        "source" => pattern.Source,
        "flags" => pattern.Flags,
        "global" => pattern.IsGlobal,
        "ignoreCase" => pattern.Flags.Contains('i', StringComparison.Ordinal),
        "multiline" => pattern.Flags.Contains('m', StringComparison.Ordinal),
        "sticky" => pattern.IsSticky,
        "lastIndex" => LastIndex,
        _ => default,
    };

    public override string Print(Run run) => $"/{pattern.Source}/{pattern.Flags}";

    /// <summary>The next match, from where the last one ended when it is global or sticky.</summary>
    public Match? Search(Run run, string text)
    {
        var keepsPlace = pattern.IsGlobal || pattern.IsSticky;
        var start = keepsPlace ? LastIndex : 0;
        var match = start > text.Length ? null : pattern.Match(run, text, start);
        if (keepsPlace) LastIndex = match is null ? 0 : match.Index + match.Length;
        return match;
    }

    /// <summary>All matches, from the start.</summary>
    public IEnumerable<Match> All(Run run, string text)
    {
        for (var at = 0; at <= text.Length;)
        {
            if (pattern.Match(run, text, at) is not { } match) yield break;
            run.Step();
            yield return match;
            at = match.Length > 0 ? match.Index + match.Length : match.Index + 1;
        }
    }

    /// <summary>The match and its groups. An object with indexes, because an array has no further properties here.</summary>
    public Value Describe(Run run, Match match, string text)
    {
        run.MakeElements(match.Groups.Count);
        return Value.FromOther(new MatchValue(match, text, Groups(run, match)));
    }

    /// <summary>The named groups; undefined when there are none.</summary>
    public Value Groups(Run run, Match match)
    {
        if (pattern.GroupNames.Count == 0) return default;
        run.MakeElements(pattern.GroupNames.Count);
        var groups = new ObjectValue();
        foreach (var (name, number) in pattern.GroupNames) groups.Set(name, Text(match.Groups[number]));
        return groups;
    }

    /// <summary>The whole match, then its groups.</summary>
    public static ArrayValue Parts(Run run, Match match)
    {
        run.MakeElements(match.Groups.Count);
        run.Make(match.Length);
        return new ArrayValue(Enumerable.Range(0, match.Groups.Count).Select(i => Text(match.Groups[i])));
    }

    public static Value Text(Group group) => group.Success ? Value.From(group.Value) : default;

    private static RegexValue Of(Value self) => (RegexValue)self.AsOther!;
}
