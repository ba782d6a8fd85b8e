using System.Text;

namespace LinkFlow.Scenarios.Contract;

/// <summary>Bodies that were right once: bytes flipped, parts cut, doubled, nested, retyped. The same for the same seed.</summary>
public sealed class MutatedBodies(int seed)
{
    private static readonly string[] Insertions =
    [
        "null", "true", "-1", "1e999", "1e308", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "{}", "[]", "[[]]", "{\"a\":{\"b\":[]}}", "9007199254740993", "\"{{ $json.x }}\"", "\"{{\"", "0.1",
        "\"2026-13-45\"", "{\"\\u0000\":1}", "\"../../etc\"", "//", "\uFEFF", ",", ":", "\"", "[[[[[[[[[[", "18446744073709551616", "\"loop\"", "\"wait\"", "\"webhook\"", "\"start\"",
    ];

    private readonly Random _random = new(seed);

    public byte[] Next(string body)
    {
        var bytes = new List<byte>(Encoding.UTF8.GetBytes(body));
        for (var changes = 1 + _random.Next(4); changes > 0; changes--) Change(bytes);
        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        if (bytes.Count == 0) return;
        var at = _random.Next(bytes.Count);
        switch (_random.Next(8))
        {
            case 0:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 1:
                bytes.RemoveRange(at, _random.Next(bytes.Count - at));
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, _random.Next(Math.Min(bytes.Count - at, 200))));
                break;
            case 3:
                bytes.InsertRange(0, Enumerable.Repeat((byte)'[', _random.Next(300)));
                break;
            default:
                ReplaceValue(bytes, at);
                break;
        }
    }

    /// <summary>Puts another value where one begins: the body stays JSON and becomes nonsense.</summary>
    private void ReplaceValue(List<byte> bytes, int near)
    {
        var colon = bytes.FindIndex(near, b => b == ':');
        if (colon < 0) colon = bytes.IndexOf((byte)':');
        if (colon < 0) return;
        var end = colon + 1;
        for (var depth = 0; end < bytes.Count; end++)
        {
            if (bytes[end] is (byte)'{' or (byte)'[') depth++;
            if (bytes[end] is (byte)'}' or (byte)']' && depth-- == 0) break;
            if (bytes[end] == ',' && depth == 0) break;
        }

        bytes.RemoveRange(colon + 1, end - colon - 1);
        bytes.InsertRange(colon + 1, Encoding.UTF8.GetBytes(Insertions[_random.Next(Insertions.Length)]));
    }
}
