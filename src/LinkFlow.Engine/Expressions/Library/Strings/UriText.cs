using System.Globalization;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Strings;

/// <summary>Text as it stands in a URL, and back.</summary>
internal static class UriText
{
    public const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
    public const string Reserved = ";/?:@&=+$,#";

    /// <summary>As JavaScript's encodeURIComponent.</summary>
    /// <param name="entire">The marks that divide a URL stay as they are, as with encodeURI.</param>
    /// <exception cref="ExpressionException">It holds half of a surrogate pair.</exception>
    public static Value Encode(Run run, string text, bool entire) => EncodeKeeping(run, text, entire ? Unreserved + Reserved : Unreserved);

    /// <summary>As in a form: blanks become +.</summary>
    public static string EncodeForm(Run run, string text) =>
        EncodeKeeping(run, StringMethods.WellFormed(run, text), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._ ").AsString!.Replace(' ', '+');

    /// <summary>With all but some characters as %XX of their UTF-8 bytes.</summary>
    /// <exception cref="ExpressionException">It holds half of a surrogate pair.</exception>
    public static Value EncodeKeeping(Run run, string text, string unescaped)
    {
        run.Steps(text.Length);
        run.Make(text.Length);
        var result = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (unescaped.Contains(text[i], StringComparison.Ordinal))
            {
                result.Append(text[i]);
                continue;
            }

            if (!Rune.TryGetRuneAt(text, i, out var rune)) throw Malformed(run, "This string holds half of a surrogate pair, which has no URI form.");
            i += rune.Utf16SequenceLength - 1;
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) result.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return run.Made(result.ToString());
    }

    /// <summary>The opposite of <see cref="Encode"/>.</summary>
    /// <param name="entire">The marks that divide a URL stay encoded.</param>
    /// <exception cref="ExpressionException">A %XX is malformed.</exception>
    public static Value Decode(Run run, string text, bool entire)
    {
        var kept = entire ? Reserved : "";
        run.Steps(text.Length);
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i]);
                continue;
            }

            var start = i;
            var first = Byte(run, text, ref i);
            var length = first switch { < 0x80 => 1, >= 0xC2 and < 0xE0 => 2, >= 0xE0 and < 0xF0 => 3, >= 0xF0 and < 0xF5 => 4, _ => throw Malformed(run) };
            var bytes = new byte[length];
            bytes[0] = first;
            for (var k = 1; k < length; k++)
            {
                i++;
                bytes[k] = Byte(run, text, ref i);
            }

            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) != System.Buffers.OperationStatus.Done || used != length) throw Malformed(run);
            if (length == 1 && kept.Contains((char)first, StringComparison.Ordinal)) result.Append(text, start, 3);
            else result.Append(rune.ToString());
        }

        return run.Made(result.ToString());
    }

    private static byte Byte(Run run, string text, ref int at)
    {
        if (at + 2 >= text.Length || text[at] != '%' || !byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b)) throw Malformed(run);
        at += 2;
        return b;
    }

    private static ExpressionException Malformed(Run run, string message = "URI malformed.") =>
        new(ExpressionErrorCodes.Range, message, run.Position) { Thrown = Value.FromOther(new ErrorValue("URIError", message)) };
}
