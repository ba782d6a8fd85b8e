using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Strings.Letters;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Strings;

/// <summary>Methods of strings that take no regular expression. Positions are UTF-16 units.</summary>
internal static class StringMethods
{
    public static MethodList All { get; } = new()
    {
        { "at(index: number): string | undefined", "The UTF-16 unit at a position; a negative one counts from the end. Undefined beyond the ends.", "'workflow'.at(-1)",
            (run, self, args) =>
            {
                var text = self.AsString!;
                var at = Coercion.ToInteger(run, args.At(0));
                if (at < 0) at += text.Length;
                return at >= 0 && at < text.Length ? text[(int)at].ToString() : default(Value);
            } },
        { "charAt(index: number): string", "The UTF-16 unit at a position from 0; empty beyond the ends.", "'workflow'.charAt(4)",
            (run, self, args) => Position(run, self, args) is { } at ? self.AsString![at].ToString() : "" },
        { "charCodeAt(index: number): number", "The number of the UTF-16 unit at a position from 0; NaN beyond the ends.", "'A'.charCodeAt(0)",
            (run, self, args) => Position(run, self, args) is { } at ? self.AsString![at] : double.NaN },
        { "codePointAt(index: number): number | undefined", "The Unicode code point at a position from 0 in UTF-16 units; undefined beyond the ends.", "'😀'.codePointAt(0)",
            (run, self, args) => Position(run, self, args) is { } at ? CodePoint(self.AsString!, at) : default },
        { "concat(...values: any[]): string", "The string followed by the others.", "'a'.concat('b', 3)",
            (run, self, args) =>
            {
                var text = new StringBuilder(self.AsString);
                foreach (var argument in args)
                {
                    var part = Coercion.ToString(run, argument);
                    run.Make(part.Length);
                    text.Append(part);
                }

                return run.Made(text.ToString());
            } },
        { "endsWith(search: string, end?: number): boolean", "Whether it ends with the other string, or would if it ended at the given position.", "'report.pdf'.endsWith('.pdf')",
            (run, self, args) => self.AsString!.AsSpan(0, Coercion.ToRelative(run, args.At(1), self.AsString!.Length, self.AsString.Length)).EndsWith(Search(run, args)) },
        { "startsWith(search: string, start?: number): boolean", "Whether the other string is at the start, or at the given position.", "'https://example.com'.startsWith('https')",
            (run, self, args) => self.AsString!.AsSpan(Clamp(run, args.At(1), self)).StartsWith(Search(run, args)) },
        { "includes(search: string, start?: number): boolean", "Whether the other string occurs in it, from the given position on. Case matters.", "'workflow'.includes('flow')",
            (run, self, args) => IndexOf(run, self, Search(run, args), Clamp(run, args.At(1), self)) >= 0 },
        { "indexOf(search: string, start?: number): number", "The first position of the other string, from 0; −1 when it does not occur.", "'workflow'.indexOf('o')",
            (run, self, args) => IndexOf(run, self, Coercion.ToString(run, args.At(0)), Clamp(run, args.At(1), self)) },
        { "lastIndexOf(search: string, start?: number): number", "The last position of the other string, from 0; −1 when it does not occur.", "'workflow'.lastIndexOf('o')",
            LastIndexOf },
        { "localeCompare(other: string, locale?: string, options?: object): number", "−1, 0 or 1: whether it comes before, with or after the other in a dictionary; all languages have one order. Options are numeric, so that 10 comes after 9, and sensitivity: base, accent, case or variant.", "['a10', 'a9', 'Ä1'].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))",
            (run, self, args) => TextOrder.Compare(run, self.AsString!, Coercion.ToString(run, args.At(0)), args.At(2)) },
        { "normalize(form?: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): string", "The string in a Unicode normal form, NFC unless another is given.", "'e\\u0301'.normalize().length",
            Normalize },
        { "padStart(length: number, filler?: string): string", "Filled up at the start to a length in UTF-16 units, with blanks unless other filling is given.", "'7'.padStart(3, '0')",
            (run, self, args) => Pad(run, self.AsString!, args, atStart: true) },
        { "padEnd(length: number, filler?: string): string", "Filled up at the end to a length in UTF-16 units, with blanks unless other filling is given.", "'7'.padEnd(3, '.')",
            (run, self, args) => Pad(run, self.AsString!, args, atStart: false) },
        { "repeat(count: number): string", "The string so many times over. An error below 0 and beyond the limit of bytes.", "'ab'.repeat(3)",
            Repeat },
        { "slice(start?: number, end?: number): string", "The part from start to before end; negative positions count from the end.", "'workflow'.slice(-4)",
            (run, self, args) =>
            {
                var text = self.AsString!;
                var start = Coercion.ToRelative(run, args.At(0), text.Length, 0);
                var end = Coercion.ToRelative(run, args.At(1), text.Length, text.Length);
                return run.Made(start < end ? text[start..end] : "");
            } },
        { "substring(start: number, end?: number): string", "The part between two positions, in whichever order; negative ones are 0.", "'workflow'.substring(0, 4)",
            (run, self, args) =>
            {
                var text = self.AsString!;
                var start = Clamp(run, args.At(0), self);
                var end = args.At(1).IsUndefined ? text.Length : Clamp(run, args.At(1), self);
                return run.Made(text[Math.Min(start, end)..Math.Max(start, end)]);
            } },
        { "substr(start: number, length?: number): string", "The part of a length from a position on; a negative position counts from the end. Older: slice is clearer.", "'workflow'.substr(4, 2)",
            (run, self, args) =>
            {
                var text = self.AsString!;
                var start = Coercion.ToRelative(run, args.At(0), text.Length, 0);
                var length = args.At(1).IsUndefined ? text.Length - start : Math.Clamp(Coercion.ToInteger(run, args.At(1)), 0, text.Length - start);
                return run.Made(text.Substring(start, (int)length));
            } },
        { "toLowerCase(): string", "In small letters.", "'ÀB'.toLowerCase()",
            (run, self, _) => run.Made(LetterCase.Lower(self.AsString!)) },
        { "toUpperCase(): string", "In capital letters.", "'straße'.toUpperCase()",
            (run, self, _) => run.Made(LetterCase.Upper(self.AsString!)) },
        { "toLocaleLowerCase(): string", "The same as toLowerCase: no language has rules of its own here.", "'ABC'.toLocaleLowerCase()",
            (run, self, _) => run.Made(LetterCase.Lower(self.AsString!)) },
        { "toLocaleUpperCase(): string", "The same as toUpperCase: no language has rules of its own here.", "'abc'.toLocaleUpperCase()",
            (run, self, _) => run.Made(LetterCase.Upper(self.AsString!)) },
        { "trim(): string", "Without white space and line ends at both ends.", "'  Ada '.trim()",
            (run, self, _) => run.Made(Coercion.Trim(self.AsString!)) },
        { "trimStart(): string", "Without white space and line ends at the start.", "'  Ada '.trimStart()",
            (run, self, _) => run.Made(Coercion.Trim(self.AsString!, atEnd: false)) },
        { "trimEnd(): string", "Without white space and line ends at the end.", "'  Ada '.trimEnd()",
            (run, self, _) => run.Made(Coercion.Trim(self.AsString!, atStart: false)) },
        { "trimLeft(): string", "The same as trimStart; the older name.", "'  Ada'.trimLeft()",
            (run, self, _) => run.Made(Coercion.Trim(self.AsString!, atEnd: false)) },
        { "trimRight(): string", "The same as trimEnd; the older name.", "'Ada  '.trimRight()",
            (run, self, _) => run.Made(Coercion.Trim(self.AsString!, atStart: false)) },
        { "toString(): string", "The string itself.", "'abc'.toString()",
            (_, self, _) => self },
        { "valueOf(): string", "The string itself.", "'abc'.valueOf()",
            (_, self, _) => self },
        { "isWellFormed(): boolean", "Whether it holds no half of a surrogate pair.", "'😀'.isWellFormed()",
            (run, self, _) => WellFormed(run, self.AsString!) == self.AsString },
        { "toWellFormed(): string", "With U+FFFD in place of halves of surrogate pairs.", "'a\\uD83D'.toWellFormed()",
            (run, self, _) => run.Made(WellFormed(run, self.AsString!)) },
    };

    private static int Clamp(Run run, Value position, Value self) => (int)Math.Clamp(Coercion.ToInteger(run, position), 0, self.AsString!.Length);

    private static int? Position(Run run, Value self, ReadOnlySpan<Value> arguments) =>
        Coercion.ToInteger(run, arguments.At(0)) is var at && at >= 0 && at < self.AsString!.Length ? (int)at : null;

    private static Value CodePoint(string text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];

    private static string Search(Run run, ReadOnlySpan<Value> arguments)
    {
        if (arguments.At(0).AsOther is RegexValue) throw run.TypeError("A string was expected here, not a regular expression: use its test method.");
        var search = Coercion.ToString(run, arguments.At(0));
        Run.Look(search.Length);
        return search;
    }

    private static int IndexOf(Run run, Value self, string search, int start)
    {
        run.Steps(self.AsString!.Length / 64);
        return self.AsString.IndexOf(search, start, StringComparison.Ordinal);
    }

    private static Value LastIndexOf(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var text = self.AsString!;
        var search = Coercion.ToString(run, arguments.At(0));
        var from = Coercion.ToNumber(run, arguments.At(1));
        var start = (int)Math.Clamp(double.IsNaN(from) ? text.Length : from, 0, text.Length);
        run.Steps(text.Length / 64);
        return text.AsSpan(0, Math.Min(text.Length, start + search.Length)).LastIndexOf(search);
    }

    private static Value Normalize(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var form = arguments.At(0).IsUndefined ? "NFC" : Coercion.ToString(run, arguments.At(0));
        var text = self.AsString!;
        run.Steps(text.Length);
        run.Make(text.Length);
        return run.Made(form switch
        {
            "NFC" or "NFKC" => UnicodeComposition.Compose(text),
            "NFD" or "NFKD" => UnicodeComposition.Decompose(text),
            _ => throw run.RangeError($"The normalization form must be NFC, NFD, NFKC or NFKD, not '{form}'."),
        });
    }

    private static Value Pad(Run run, string text, ReadOnlySpan<Value> arguments, bool atStart)
    {
        var length = Coercion.ToInteger(run, arguments.At(0));
        var filler = arguments.At(1).IsUndefined ? " " : Coercion.ToString(run, arguments.At(1));
        if (length <= text.Length || filler.Length == 0) return text;
        run.Make(length);
        var missing = (int)length - text.Length;
        var padding = new StringBuilder(missing + filler.Length);
        while (padding.Length < missing) padding.Append(filler);
        padding.Length = missing;
        return Value.From(atStart ? padding.Append(text).ToString() : text + padding);
    }

    private static Value Repeat(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var count = Coercion.ToInteger(run, arguments.At(0));
        if (count < 0 || double.IsInfinity(count)) throw run.RangeError($"A string cannot be repeated {JavaScriptNumber.ToString(count)} times.");
        var text = self.AsString!;
        if (text.Length == 0) return "";
        run.Make(count * text.Length);
        return Value.From(new StringBuilder(text.Length * (int)count).Insert(0, text, (int)count).ToString());
    }

    /// <summary>Halves of surrogate pairs become U+FFFD.</summary>
    public static string WellFormed(Run run, string text)
    {
        run.Steps(text.Length / 16);
        return HasLoneSurrogate(text) ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1])) return true;
            i++;
        }

        return false;
    }
}
