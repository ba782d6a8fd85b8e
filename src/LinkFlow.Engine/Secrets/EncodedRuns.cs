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
        for (var from = 0; from < text.Length;)
        {
            if (Sextet(text[from]) < 0)
            {
                from++;
                continue;
            }

            var to = from + 1;
            while (to < text.Length && Sextet(text[to]) >= 0) to++;
            if (to - from >= ShortestRun) (runs ??= new EncodedRuns()).Read(text.AsSpan(from, to - from), from);
            from = to;
        }

        return runs is { _text.Length: > 0 } ? runs : null;
    }

    private void Read(ReadOnlySpan<char> run, int at)
    {
        for (var skipped = 0; skipped < 4; skipped++) Read(run[skipped..], at + skipped, Sextet, bits: 6);
        if (run.IndexOfAnyExcept("0123456789abcdefABCDEF") >= 0) return;
        for (var skipped = 0; skipped < 2; skipped++) Read(run[skipped..], at + skipped, Nibble, bits: 4);
    }

    /// <param name="bits">That one character stands for.</param>
    private void Read(ReadOnlySpan<char> run, int at, Func<char, int> value, int bits)
    {
        var bytes = new byte[run.Length * bits / 8];
        for (int i = 0, held = 0, count = 0, next = 0; next < bytes.Length; i++)
        {
            held = (held << bits) | value(run[i]);
            count += bits;
            if (count < 8) continue;
            count -= 8;
            bytes[next++] = (byte)(held >> count);
            held &= (1 << count) - 1;
        }

        for (var from = 0; from < bytes.Length;)
        {
            var to = from;
            while (to < bytes.Length && IsReadable(bytes[to])) to++;
            if (to - from >= ShortestPiece) Add(bytes.AsSpan(from, to - from), from, at, bits);
            from = to + 1;
        }
    }

    private void Add(ReadOnlySpan<byte> piece, int first, int at, int bits)
    {
        Span<char> chars = stackalloc char[2];
        for (var i = 0; i < piece.Length;)
        {
            var count = 1;
            if (Rune.DecodeFromUtf8(piece[i..], out var rune, out var used) == System.Buffers.OperationStatus.Done) count = rune.EncodeToUtf16(chars);
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

    private static int Sextet(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '+' or '-' => 62,
        '/' or '_' => 63,
        _ => -1,
    };

    private static int Nibble(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
