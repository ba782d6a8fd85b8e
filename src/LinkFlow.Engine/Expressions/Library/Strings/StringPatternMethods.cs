using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Strings;

/// <summary>Methods of strings that take a regular expression or a string: match, replace, search, split.</summary>
internal static class StringPatternMethods
{
    public static MethodList All { get; } = new()
    {
        { "match(pattern: regexp | string): any[] | null", "The first match and its groups, with index and groups; all matches with the flag g; null when there are none.", "'a1b22'.match(/\\d+/g)",
            MatchOf },
        { "matchAll(pattern: regexp): any[]", "All matches, each with its groups, index and groups by name. The pattern needs the flag g.", "'a1b22'.matchAll(/[a-z](\\d+)/g).map(m => m[1])",
            (run, self, args) =>
            {
                var regex = Regex(run, args.At(0), "g");
                if (!regex.Pattern.IsGlobal) throw run.TypeError("matchAll needs a regular expression with the flag g: /…/g.");
                var matches = new ArrayValue();
                foreach (var match in regex.All(run, self.AsString!)) matches.Add(regex.Describe(run, match, self.AsString!));
                return run.Made(matches);
            } },
        { "search(pattern: regexp | string): number", "The position of the first match, from 0; −1 when there is none.", "'order 42'.search(/\\d/)",
            (run, self, args) => Regex(run, args.At(0), "").Pattern.Match(run, self.AsString!, 0)?.Index ?? -1 },
        { "replace(pattern: regexp | string, replacement: string | function): string", "With the first match replaced, or all with the flag g. In the replacement, $1 is a group, $& the match; a function gets the match and its groups.", "'Lovelace, Ada'.replace(/(\\w+), (\\w+)/, '$2 $1')",
            (run, self, args) => args.At(0).AsOther is RegexValue regex
                ? ReplaceMatches(run, self.AsString!, regex, args.At(1), regex.Pattern.IsGlobal)
                : ReplaceText(run, self.AsString!, Coercion.ToString(run, args.At(0)), args.At(1), all: false) },
        { "replaceAll(pattern: regexp | string, replacement: string | function): string", "With every match replaced, as with replace. A regular expression needs the flag g.", "'1,2,3'.replaceAll(',', ';')",
            (run, self, args) => args.At(0).AsOther is RegexValue regex
                ? regex.Pattern.IsGlobal ? ReplaceMatches(run, self.AsString!, regex, args.At(1), all: true) : throw run.TypeError("replaceAll needs a regular expression with the flag g: /…/g.")
                : ReplaceText(run, self.AsString!, Coercion.ToString(run, args.At(0)), args.At(1), all: true) },
        { "split(separator?: string | regexp, limit?: number): string[]", "Its parts between the separators, at most so many; single UTF-16 units for an empty separator, the whole in a list for none.", "'a,b,c'.split(',')",
            (run, self, args) =>
            {
                var limit = args.At(1).IsUndefined ? uint.MaxValue : Coercion.ToUint32(Coercion.ToNumber(run, args.At(1)));
                var result = new ArrayValue();
                if (args.At(0).IsUndefined) result.Add(self);
                else if (args.At(0).AsOther is RegexValue regex) SplitByRegex(run, self.AsString!, regex, result);
                else SplitByText(run, self.AsString!, Coercion.ToString(run, args.At(0)), result);
                if (result.Count > limit) result.Changeable().RemoveRange((int)limit, result.Count - (int)limit);
                return result;
            } },
    };

    /// <summary>With every match of a pattern of the library replaced.</summary>
    public static string ReplaceAll(Run run, string text, CompiledPattern pattern, string replacement) =>
        ReplaceMatches(run, text, new RegexValue(pattern), replacement, all: true).AsString!;

    private static RegexValue Regex(Run run, Value value, string flags) =>
        value.AsOther as RegexValue ?? new RegexValue(CompiledPattern.Of(value.IsUndefined ? "(?:)" : Coercion.ToString(run, value), flags, run.Position));

    private static Value MatchOf(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var text = self.AsString!;
        var regex = Regex(run, arguments.At(0), "");
        if (!regex.Pattern.IsGlobal) return regex.Search(run, text) is { } match ? regex.Describe(run, match, text) : Value.Null;
        var matches = new ArrayValue();
        foreach (var found in regex.All(run, text))
        {
            run.MakeElements(1);
            matches.Add(run.Made(found.Value));
        }

        return matches.Count == 0 ? Value.Null : matches;
    }

    private static Value ReplaceMatches(Run run, string text, RegexValue regex, Value replacement, bool all)
    {
        var result = new StringBuilder();
        var at = 0;
        IEnumerable<Match> matches = all ? regex.All(run, text) : regex.Search(run, text) is { } only ? [only] : [];
        foreach (var match in matches)
        {
            Append(run, result, text.AsSpan(at, match.Index - at));
            Append(run, result, Replacement(run, text, match.Value, match.Index, RegexValue.Parts(run, match), regex.Groups(run, match), replacement));
            at = match.Index + match.Length;
        }

        if (at == 0 && result.Length == 0) return text;
        Append(run, result, text.AsSpan(at));
        return Value.From(result.ToString());
    }

    private static Value ReplaceText(Run run, string text, string search, Value replacement, bool all)
    {
        var result = new StringBuilder();
        var at = 0;
        var from = 0;
        run.Steps(text.Length / 16);
        while (from <= text.Length && text.IndexOf(search, from, StringComparison.Ordinal) is >= 0 and var found)
        {
            run.Step();
            Append(run, result, text.AsSpan(at, found - at));
            Append(run, result, Replacement(run, text, search, found, new ArrayValue([search]), default, replacement));
            at = found + search.Length;
            from = search.Length == 0 ? found + 1 : at;
            if (!all) break;
        }

        Append(run, result, text.AsSpan(at));
        return Value.From(result.ToString());
    }

    private static void Append(Run run, StringBuilder result, ReadOnlySpan<char> part)
    {
        run.Make(part.Length);
        result.Append(part);
    }

    private static string Replacement(Run run, string text, string matched, int position, ArrayValue parts, Value groups, Value replacement)
    {
        if (replacement.AsOther is FunctionValue function)
        {
            List<Value> given = [.. parts, position, text];
            if (!groups.IsUndefined) given.Add(groups);
            return Coercion.ToString(run, function.Call(run, given.ToArray()));
        }

        var pattern = Coercion.ToString(run, replacement);
        return pattern.Contains('$', StringComparison.Ordinal) ? Expand(run, pattern, text, matched, position, parts, groups) : pattern;
    }

    /// <summary>Resolves <c>$1</c>, <c>$&amp;</c>, <c>$&lt;name&gt;</c> and the like.</summary>
    private static string Expand(Run run, string pattern, string text, string matched, int position, ArrayValue parts, Value groups)
    {
        var result = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var next = i + 1 < pattern.Length ? pattern[i + 1] : '\0';
            var part = pattern[i] != '$' ? null : next switch
            {
                '$' => "$",
                '&' => matched,
                '`' => text[..position],
                '\'' => text[(position + matched.Length)..],
                _ => null,
            };
            if (part is not null) i++;
            else if (pattern[i] == '$' && char.IsAsciiDigit(next)) part = Numbered(run, pattern, parts, ref i);
            else if (pattern[i] == '$' && next == '<' && !groups.IsUndefined && pattern.IndexOf('>', i) is > 0 and var end)
            {
                var group = groups[pattern[(i + 2)..end]];
                part = group.IsUndefined ? "" : Coercion.ToString(run, group);
                i = end;
            }

            part ??= pattern[i].ToString();
            run.Make(part.Length);
            result.Append(part);
        }

        return result.ToString();
    }

    /// <summary>The group after a dollar sign: of two digits when there are so many; null when there is none.</summary>
    private static string? Numbered(Run run, string pattern, ArrayValue parts, ref int at)
    {
        for (var length = 2; length >= 1; length--)
        {
            if (at + length >= pattern.Length || !int.TryParse(pattern.AsSpan(at + 1, length), NumberStyles.None, CultureInfo.InvariantCulture, out var group) || group == 0 || group >= parts.Count) continue;
            at += length;
            return parts[group].IsUndefined ? "" : Coercion.ToString(run, parts[group]);
        }

        return null;
    }

    private static void SplitByText(Run run, string text, string separator, ArrayValue result)
    {
        run.Steps(text.Length / 16);
        if (separator.Length == 0)
        {
            run.MakeElements(text.Length);
            run.Steps(text.Length);
            foreach (var c in text) result.Add(c.ToString());
            return;
        }

        var at = 0;
        while (text.IndexOf(separator, at, StringComparison.Ordinal) is >= 0 and var found)
        {
            AddPart(run, result, text[at..found]);
            at = found + separator.Length;
        }

        AddPart(run, result, text[at..]);
    }

    private static void SplitByRegex(Run run, string text, RegexValue regex, ArrayValue result)
    {
        if (text.Length == 0)
        {
            if (regex.Pattern.Match(run, text, 0) is null) result.Add(text);
            return;
        }

        var at = 0;
        foreach (var match in regex.All(run, text))
        {
            if (match.Index >= text.Length || (match.Length == 0 && match.Index == at)) continue;
            AddPart(run, result, text[at..match.Index]);
            for (var i = 1; i < match.Groups.Count; i++) result.Add(RegexValue.Text(match.Groups[i]));
            at = match.Index + match.Length;
        }

        AddPart(run, result, text[at..]);
    }

    private static void AddPart(Run run, ArrayValue result, string part)
    {
        run.Step();
        run.MakeElements(1);
        run.Make(part.Length);
        result.Add(part);
    }
}
