using System.Globalization;
using System.Net;
using System.Text;

namespace LinkFlow.Engine.Secrets;

/// <summary>A text as a reader sees it who takes escapes away, and where in the original each of its characters stands.</summary>
internal sealed class TextView
{
    private const int LongestEntity = 12;

    private readonly int[]? _starts;
    private readonly int[]? _ends;

    private TextView(string text, int[]? starts, int[]? ends, int depth)
    {
        Text = text;
        _starts = starts;
        _ends = ends;
        Depth = depth;
    }

    public string Text { get; }

    /// <summary>How many times escapes were taken away.</summary>
    public int Depth { get; }

    public static TextView Of(string text) => new(text, null, null, 0);

    /// <summary>Where in the original begins what the character at this place stands for.</summary>
    public int Start(int at) => _starts is null ? at : _starts[at];

    /// <summary>Where in the original ends (exclusive) what the character at this place stands for.</summary>
    public int End(int at) => _ends is null ? at + 1 : _ends[at];

    /// <summary>This text read by each of the readers that would read it otherwise than it stands: of JSON strings, of URLs, of forms, of HTML, and of what is in base64 or hexadecimal.</summary>
    /// <param name="blanks">True: a reader of forms is among them, for whom + is a blank.</param>
    public IEnumerable<TextView> Read(bool blanks)
    {
        if (Text.Contains('\\', StringComparison.Ordinal)) yield return Decode("\\", JsonEscape);
        if (Text.Contains('%', StringComparison.Ordinal)) yield return Decode("%", PercentEscape);
        if (blanks && Text.Contains('+', StringComparison.Ordinal)) yield return Decode("%+", FormEscape);
        if (Text.Contains('&', StringComparison.Ordinal)) yield return Decode("&", HtmlEscape);
        if (EncodedRuns.In(Text) is { } runs) yield return new TextView(runs.Text, Origins(runs.Starts, _starts, back: 0), Origins(runs.Ends, _ends, back: 1), Depth + 1);
    }

    /// <summary>This text without its line breaks, as base64 is often wrapped; null when it has none.</summary>
    public TextView? Unwrap() => Text.AsSpan().ContainsAny('\r', '\n') ? Decode("\r\n", LineBreak) : null;

    /// <summary>Places in this text as places in the original; of an end, that of the character before it.</summary>
    /// <param name="back">1 for ends.</param>
    private static int[] Origins(List<int> places, int[]? origins, int back)
    {
        var result = places.ToArray();
        if (origins is null) return result;
        for (var i = 0; i < result.Length; i++) result[i] = origins[result[i] - back];
        return result;
    }

    /// <summary>Reads one escape.</summary>
    /// <param name="from">Where it may begin; something always stands there.</param>
    /// <param name="into">Room for what it stands for.</param>
    /// <param name="made">How many characters it stands for.</param>
    /// <returns>How many characters the escape has; 0: there is none.</returns>
    private delegate int Escape(ReadOnlySpan<char> from, Span<char> into, out int made);

    /// <param name="signs">What an escape begins with.</param>
    private TextView Decode(string signs, Escape escape)
    {
        var text = Text.AsSpan();
        var chars = new char[text.Length];
        var (starts, ends) = (new int[text.Length], new int[text.Length]);
        Span<char> into = stackalloc char[2];
        var count = 0;
        for (var at = 0; at < text.Length;)
        {
            var plain = text[at..].IndexOfAny(signs);
            if (plain < 0) plain = text.Length - at;
            CopyPlain(at, plain, chars, starts, ends, ref count);
            at += plain;
            if (at == text.Length) break;
            var length = escape(text[at..], into, out var made);
            if (length == 0) (into[0], length, made) = (text[at], 1, 1);
            for (var i = 0; i < made; i++) (chars[count], starts[count], ends[count++]) = (into[i], Start(at), End(at + length - 1));
            at += length;
        }

        return new TextView(new string(chars, 0, count), starts, ends, Depth + 1);
    }

    private void CopyPlain(int at, int length, char[] chars, int[] starts, int[] ends, ref int count)
    {
        Text.CopyTo(at, chars, count, length);
        if (_starts is null || _ends is null)
        {
            for (var i = 0; i < length; i++) (starts[count + i], ends[count + i]) = (at + i, at + i + 1);
        }
        else
        {
            Array.Copy(_starts, at, starts, count, length);
            Array.Copy(_ends, at, ends, count, length);
        }

        count += length;
    }

    private static int JsonEscape(ReadOnlySpan<char> from, Span<char> into, out int made)
    {
        made = 1;
        if (from[0] != '\\' || from.Length < 2) return 0;
        if (from[1] is 'u' or 'x')
        {
            var digits = from[1] == 'u' ? 4 : 2;
            if (!TryHex(from[2..], digits, out var code)) return 0;
            into[0] = (char)code;
            return 2 + digits;
        }

        into[0] = from[1] switch { '"' or '\\' or '/' or '\'' => from[1], 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => '\0' };
        return into[0] == '\0' ? 0 : 2;
    }

    private static int FormEscape(ReadOnlySpan<char> from, Span<char> into, out int made)
    {
        made = 1;
        if (from[0] != '+') return PercentEscape(from, into, out made);
        into[0] = ' ';
        return 1;
    }

    /// <summary>The bytes of one character in UTF-8; a byte that is none of those stands for itself, as in Latin 1.</summary>
    private static int PercentEscape(ReadOnlySpan<char> from, Span<char> into, out int made)
    {
        made = 1;
        if (from[0] != '%') return 0;
        if (from.Length > 1 && from[1] is 'u' && TryHex(from[2..], 4, out var unit))
        {
            into[0] = (char)unit;
            return 6;
        }

        Span<byte> bytes = stackalloc byte[4];
        var count = 0;
        for (var at = 0; count < 4 && at < from.Length && from[at] == '%' && TryHex(from[(at + 1)..], 2, out var value); at += 3) bytes[count++] = (byte)value;
        if (count == 0) return 0;
        if (Rune.DecodeFromUtf8(bytes[..count], out var rune, out var used) == System.Buffers.OperationStatus.Done)
        {
            made = rune.EncodeToUtf16(into);
            return used * 3;
        }

        into[0] = (char)bytes[0];
        return 3;
    }

    private static int HtmlEscape(ReadOnlySpan<char> from, Span<char> into, out int made)
    {
        made = 0;
        if (from[0] != '&') return 0;
        var end = from[..Math.Min(from.Length, LongestEntity)].IndexOf(';');
        if (end < 2) return 0;
        var decoded = WebUtility.HtmlDecode(from[..(end + 1)].ToString());
        if (decoded.Length is 0 or > 2) return 0;
        decoded.CopyTo(into);
        made = decoded.Length;
        return end + 1;
    }

    private static int LineBreak(ReadOnlySpan<char> from, Span<char> into, out int made)
    {
        made = 0;
        return from[0] is '\r' or '\n' ? 1 : 0;
    }

    private static bool TryHex(ReadOnlySpan<char> text, int digits, out int value)
    {
        value = 0;
        return text.Length >= digits && int.TryParse(text[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
