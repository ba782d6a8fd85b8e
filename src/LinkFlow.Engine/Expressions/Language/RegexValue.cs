using System.Text;
using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>A regular expression, and where its next search begins.</summary>
internal sealed class RegexValue(CompiledPattern pattern) : LanguageObject
{
    public static MethodTable AllMethods { get; } = new("regexp", new MethodList
    {
        { "test(text: string): boolean", "Whether it matches somewhere in the text.", "/^\\d+$/.test('42')",
            (run, self, args) => Of(self).Search(run, Coercion.ToString(run, args.At(0))) is not null },
        { "exec(text: string): any[] | null", "The first match and its groups, with index and groups; with the flag g or y the next one; null when there is none.", "/(\\w+)@(\\w+)/.exec('ada@example')[1]",
            (run, self, args) => Coercion.ToString(run, args.At(0)) is var text && Of(self).Search(run, text) is { } match ? Of(self).Describe(run, match, text) : Value.Null },
        { "toString(): string", "As it is written.", "/a+/gi.toString()",
            (run, self, _) => run.Made(Of(self).Print(run)) },
    })
    {
        Description = "A regular expression, written /pattern/flags or made by new RegExp. In a list of matches, index is where a match begins and groups holds the named groups.",
        Properties = new PropertyList
        {
            { "source: string", "The pattern.", "/a+/gi.source", (_, self) => Of(self).Source },
            { "flags: string", "The flags, in the order of the alphabet.", "/a+/gi.flags", (_, self) => Of(self).Pattern.Flags },
            { "global: boolean", "Whether it has the flag g: all matches rather than the first.", "/a/g.global", (_, self) => Of(self).Pattern.IsGlobal },
            { "ignoreCase: boolean", "Whether it has the flag i: small and capital letters are alike.", "/a/i.ignoreCase", (_, self) => Of(self).HasFlag('i') },
            { "multiline: boolean", "Whether it has the flag m: ^ and $ match at line ends.", "/^a/m.multiline", (_, self) => Of(self).HasFlag('m') },
            { "dotAll: boolean", "Whether it has the flag s: the dot matches line ends too.", "/a.b/s.dotAll", (_, self) => Of(self).HasFlag('s') },
            { "unicode: boolean", "Whether it has the flag u: it works on code points rather than UTF-16 units.", "/./u.unicode", (_, self) => Of(self).HasFlag('u') },
            { "unicodeSets: boolean", "Whether it has the flag v.", "/a/.unicodeSets", (_, self) => Of(self).HasFlag('v') },
            { "hasIndices: boolean", "Whether it has the flag d.", "/a/.hasIndices", (_, self) => Of(self).HasFlag('d') },
            { "sticky: boolean", "Whether it has the flag y: a match must begin where the last one ended.", "/a/y.sticky", (_, self) => Of(self).Pattern.IsSticky },
            { "lastIndex: number", "Where the next search begins, with the flag g or y.", "/a/g.lastIndex", (_, self) => Of(self).LastIndex },
        },
    };

    public CompiledPattern Pattern => pattern;
    public int LastIndex { get; set; }

    /// <summary>As it would be written between slashes.</summary>
    private string Source => pattern.Source.AsSpan().ContainsAny("/\n\r\u2028\u2029") ? Written(pattern.Source) : pattern.Source;
    public override string TypeName => "regexp";
    public override MethodTable Methods => AllMethods;

    public override string Print(Run run) => $"/{Source}/{pattern.Flags}";

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
        run.MakeElements(match.Groups.Count * (HasFlag('d') ? 4 : 1));
        return Value.FromOther(new MatchValue(match, text, Groups(run, match), HasFlag('d')));
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

    private static string Written(string source)
    {
        var text = new StringBuilder(source.Length + 4);
        var inClass = false;
        for (var i = 0; i < source.Length; i++)
        {
            var c = source[i];
            if (c == '\\' && i + 1 < source.Length) text.Append(c).Append(source[++i]);
            else
            {
                inClass = c == '[' || (inClass && c != ']');
                text.Append(c switch { '/' when !inClass => "\\/", '\n' => "\\n", '\r' => "\\r", '\u2028' => "\\u2028", '\u2029' => "\\u2029", _ => c.ToString() });
            }
        }

        return text.ToString();
    }

    private bool HasFlag(char flag) => pattern.Flags.Contains(flag, StringComparison.Ordinal);

    private static RegexValue Of(Value self) => (RegexValue)self.AsOther!;
}
