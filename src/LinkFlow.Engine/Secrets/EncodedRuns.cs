using System.Buffers;
using System.Text;

namespace LinkFlow.Engine.Secrets;

/// <summary>
/// What stands in a text in base64 (either alphabet) or in hexadecimal, decoded: pieces that can be read, each on a line.
/// Where an encoded text begins is not known (a path may lead to it), so each possible beginning is tried.
/// </summary>
internal sealed class EncodedRuns
{
    /// <summary>Of nothing shorter could there be six escaped characters; what is not escaped is found as it stands.</summary>
    internal const int ShortestRun = 16;

    /// <summary>In bytes. What was decoded from the wrong place has no piece as long that can be read, or hardly ever.</summary>
    private const int ShortestPiece = 6;

    /// <summary>What base64 and base64url are written with.</summary>
    internal static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_");

    private static readonly byte[] Sextets = ValuesOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "-_");
    private static readonly byte[] Nibbles = ValuesOf("0123456789abcdef", "ABCDEF");
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly StringBuilder _text = new();

    private EncodedRuns()
    {
    }

    public string Text => _text.ToString();

    /// <summary>By character: where what it was decoded from begins, and ends (exclusive).</summary>
    public List<int> Starts { get; } = [];
    public List<int> Ends { get; } = [];

    /// <returns>Null: nothing in it can be read.</returns>
    public static EncodedRuns? In(string text)
    {
        EncodedRuns? runs = null;
        var left = text.AsSpan();
        for (var at = 0; ;)
        {
            var from = left.IndexOfAny(Characters);
            if (from < 0) break;
            var length = left[from..].IndexOfAnyExcept(Characters);
            if (length < 0) length = left.Length - from;
            if (length >= ShortestRun) (runs ??= new EncodedRuns()).Read(left.Slice(from, length), at + from);
            at += from + length;
            left = left[(from + length)..];
        }

        return runs is { _text.Length: > 0 } ? runs : null;
    }

    private void Read(ReadOnlySpan<char> run, int at)
    {
        for (var skipped = 0; skipped < 4; skipped++) Read(run[skipped..], at + skipped, Sextets, bits: 6);
        if (run.ContainsAnyExcept(HexDigits)) return;
        for (var skipped = 0; skipped < 2; skipped++) Read(run[skipped..], at + skipped, Nibbles, bits: 4);
    }

    /// <param name="values">By character, what it stands for.</param>
    /// <param name="bits">That one character stands for.</param>
    private void Read(ReadOnlySpan<char> run, int at, ReadOnlySpan<byte> values, int bits)
    {
        var length = run.Length * bits / 8;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        for (int i = 0, held = 0, count = 0, next = 0; next < length; i++)
        {
            held = (held << bits) | values[run[i]];
            count += bits;
            if (count < 8) continue;
            count -= 8;
            bytes[next++] = (byte)(held >> count);
            held &= (1 << count) - 1;
        }

        for (var from = 0; from < length;)
        {
            var to = from;
            while (to < length && IsReadable(bytes[to])) to++;
            if (to - from >= ShortestPiece) Add(bytes.AsSpan(from, to - from), from, at, bits);
            from = to + 1;
        }

        ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
    }

    private void Add(ReadOnlySpan<byte> piece, int first, int at, int bits)
    {
        Span<char> chars = stackalloc char[2];
        for (var i = 0; i < piece.Length;)
        {
            var count = 1;
            if (Rune.DecodeFromUtf8(piece[i..], out var rune, out var used) == OperationStatus.Done) count = rune.EncodeToUtf16(chars);
            else (chars[0], used) = ((char)piece[i], 1);
            for (var c = 0; c < count; c++) Add(chars[c], at + ((first + i) * 8 / bits), at + ((((first + i + used) * 8) + bits - 1) / bits));
            i += used;
        }

        Add('\n', Ends[^1] - 1, Ends[^1]);
    }

    private void Add(char c, int start, int end)
    {
        _text.Append(c);
        Starts.Add(start);
        Ends.Add(end);
    }

    private static bool IsReadable(byte b) => b is (>= 0x20 and not 0x7F) or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private static byte[] ValuesOf(string alphabet, string again)
    {
        var values = new byte[128];
        for (var i = 0; i < alphabet.Length; i++) values[alphabet[i]] = (byte)i;
        for (var i = 0; i < again.Length; i++) values[again[i]] = (byte)(alphabet.Length - again.Length + i);
        return values;
    }
}
