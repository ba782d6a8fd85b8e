using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LinkFlow.Scenarios.Secrets;

/// <summary>Looks for secrets in bytes, in every encoding that an accident could put them into. Knows nothing of how the product hides them.</summary>
public sealed class SecretHunt
{
    private readonly Dictionary<string, (PlantedSecret Secret, string Encoding)> _needles = new(StringComparer.Ordinal);
    private readonly SearchValues<string> _search;
    private readonly List<string> _finds = [];

    public SecretHunt(IEnumerable<PlantedSecret> secrets)
    {
        foreach (var secret in secrets)
            foreach (var (encoding, bytes) in Encodings(secret.Text))
                _needles.TryAdd(Encoding.Latin1.GetString(bytes), (secret, encoding));
        _search = SearchValues.Create([.. _needles.Keys], StringComparison.Ordinal);
    }

    /// <summary>What was found, each with where.</summary>
    public IReadOnlyList<string> Finds => _finds;

    /// <summary>The secrets that were found.</summary>
    public HashSet<PlantedSecret> Found { get; } = [];

    public void Look(string where, string text) => Look(where, Encoding.UTF8.GetBytes(text));

    public void Look(string where, byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        for (var at = text.AsSpan().IndexOfAny(_search); at >= 0;)
        {
            var (needle, (secret, encoding)) = _needles.Where(n => string.CompareOrdinal(text, at, n.Key, 0, n.Key.Length) == 0).MaxBy(n => n.Key.Length);
            Found.Add(secret);
            var from = Math.Max(0, at - 120);
            _finds.Add($"{secret.Place} <{secret.Text}> ({encoding}) in {where}: …{text[from..Math.Min(text.Length, at + needle.Length + 60)]}…");
            var next = text.AsSpan(at + needle.Length).IndexOfAny(_search);
            at = next < 0 ? -1 : at + needle.Length + next;
        }
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Encodings(string secret)
    {
        var texts = new Dictionary<string, string>
        {
            ["plain"] = secret,
            ["lower case"] = secret.ToLowerInvariant(),
            ["JSON"] = JsonSerializer.Serialize(secret)[1..^1],
            ["relaxed JSON"] = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret),
            ["JSON in JSON"] = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret)),
            ["JSON of units"] = string.Concat(secret.Select(c => $"\\u{(int)c:x4}")),
            ["JSON with slashes"] = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret).Replace("/", "\\/", StringComparison.Ordinal),
            ["URL"] = Uri.EscapeDataString(secret),
            ["URL, lower case"] = string.Concat(Encoding.UTF8.GetBytes(secret).Select(b => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~' ? ((char)b).ToString() : $"%{b:x2}")),
            ["path of a URL"] = new Uri("http://h/" + secret.Replace("?", "%3F", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal)).AbsolutePath[1..],
            ["query of a URL"] = new Uri("http://h/?" + secret.Replace("#", "%23", StringComparison.Ordinal)).Query[1..],
            ["form"] = WebUtility.UrlEncode(secret),
            ["HTML"] = WebUtility.HtmlEncode(secret),
            ["hex"] = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)),
            ["HEX"] = Convert.ToHexString(Encoding.UTF8.GetBytes(secret)),
        };
        foreach (var (name, text) in texts)
        {
            yield return (name, Encoding.UTF8.GetBytes(text));
            foreach (var piece in Base64(Encoding.UTF8.GetBytes(text))) yield return ($"base64 of {name}", Encoding.ASCII.GetBytes(piece));
        }

        yield return ("UTF-16", Encoding.Unicode.GetBytes(secret));
    }

    /// <summary>What is sure to be in a base64 text that holds these bytes, wherever they begin: whole groups of four characters.</summary>
    private static IEnumerable<string> Base64(byte[] bytes)
    {
        for (var skipped = 0; skipped < 3; skipped++)
        {
            var whole = Convert.ToBase64String(bytes[skipped..(skipped + ((bytes.Length - skipped) / 3 * 3))]);
            yield return whole;
            yield return whole.Replace('+', '-').Replace('/', '_');
        }
    }
}
