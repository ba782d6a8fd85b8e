using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Tests.Secrets;

/// <summary>Random secrets in random encodings within random texts.</summary>
public sealed class SecretMaskPropertyTests
{
    private const string Letters = "abcXYZ019 +/=&?#%\\\"'<>{}[]:;,._~-$@!|^`\täöüß€日本😀";

    private static readonly Dictionary<string, Func<string, Random, string>> Encodings = new()
    {
        ["plain"] = (s, _) => s,
        ["json"] = (s, _) => JavaScriptEncoder.Default.Encode(s),
        ["relaxed json"] = (s, _) => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(s),
        ["json of units"] = (s, _) => string.Concat(s.Select(c => $"\\u{(int)c:x4}")),
        ["json twice"] = (s, _) => JavaScriptEncoder.Default.Encode(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(s)),
        ["url"] = (s, _) => Uri.EscapeDataString(s),
        ["url in lower case"] = (s, _) => string.Concat(Encoding.UTF8.GetBytes(s).Select(b => char.IsAsciiLetterOrDigit((char)b) ? ((char)b).ToString() : $"%{b:x2}")),
        ["url of bytes"] = (s, _) => string.Concat(Encoding.UTF8.GetBytes(s).Select(b => $"%{b:X2}")),
        ["form"] = (s, _) => WebUtility.UrlEncode(s),
        ["json in url"] = (s, _) => Uri.EscapeDataString(JavaScriptEncoder.Default.Encode(s)),
        ["url in json"] = (s, _) => JavaScriptEncoder.Default.Encode(Uri.EscapeDataString(s)),
        ["html"] = (s, _) => WebUtility.HtmlEncode(s),
        ["hex"] = (s, _) => Convert.ToHexString(Encoding.UTF8.GetBytes(s)),
        ["base64"] = (s, r) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Some(r) + s + Some(r))),
        ["base64url"] = (s, r) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Some(r) + s + Some(r))),
        ["base64 of json"] = (s, r) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Some(r) + JavaScriptEncoder.Default.Encode(s) + Some(r))),
        ["base64 of url"] = (s, r) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Some(r) + Uri.EscapeDataString(s).Replace("%27", "'", StringComparison.Ordinal) + Some(r))),
        ["base64 of base64"] = (s, r) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Some(r) + Convert.ToBase64String(Encoding.UTF8.GetBytes(s)) + Some(r))),
        ["base64 in a path"] = (s, r) => "path/to/" + Convert.ToBase64String(Encoding.UTF8.GetBytes(JavaScriptEncoder.Default.Encode(s))),
        ["hex of json"] = (s, r) => Convert.ToHexString(Encoding.UTF8.GetBytes(JavaScriptEncoder.Default.Encode(s))),
        ["base64 in json"] = (s, r) => JavaScriptEncoder.Default.Encode(Convert.ToBase64String(Encoding.UTF8.GetBytes(Some(r) + s))),
        ["base64 in url"] = (s, r) => Uri.EscapeDataString(Convert.ToBase64String(Encoding.UTF8.GetBytes(Some(r) + s))),
        ["wrapped base64"] = (s, r) => string.Join("\r\n", Convert.ToBase64String(Encoding.UTF8.GetBytes(Some(r) + s + Some(r))).Chunk(16).Select(c => new string(c))),
    };

    public static TheoryData<string> Names => [.. Encodings.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_secret_survives(string encoding)
    {
        var random = new Random(4711);
        for (var i = 0; i < 100; i++)
        {
            var secret = Secret(random);
            var mask = new SecretMask();
            mask.Add(secret);
            var encoded = Encodings[encoding](secret, random);

            var masked = mask.Apply($"{Around(random)} {encoded} {Around(random)}");

            Assert.True(masked.Contains(SecretMask.Hidden) && !Survives(encoded, masked), $"{encoding} of <{secret}>: <{encoded}> is still in <{masked}>");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_text_without_the_secret_stays_as_it_is(string encoding)
    {
        var random = new Random(815);
        for (var i = 0; i < 100; i++)
        {
            var mask = new SecretMask();
            mask.Add(Secret(random));
            var text = $"{Around(random)} {Encodings[encoding](Secret(random), random)} {Around(random)}";

            Assert.Same(text, mask.Apply(text));
        }
    }

    /// <summary>No piece of nine characters of what was encoded is left: half of the shortest secret in its longest form.</summary>
    private static bool Survives(string encoded, string masked)
    {
        // What stands around the secret in base64 may stay.
        var middle = encoded.Length / 2;
        var piece = encoded[Math.Max(0, middle - 4)..Math.Min(encoded.Length, middle + 5)];
        return masked.Contains(piece, StringComparison.Ordinal);
    }

    private static string Secret(Random random)
    {
        var runes = Letters.EnumerateRunes().ToArray();
        // Long beside what stands around it, so that its middle is the middle of the whole.
        return "S" + string.Concat(Enumerable.Range(0, random.Next(20, 60)).Select(_ => runes[random.Next(runes.Length)].ToString())) + "t";
    }

    private static string Some(Random random) => new([.. Enumerable.Range(0, random.Next(0, 6)).Select(_ => (char)random.Next('a', 'z'))]);

    private static string Around(Random random) => new([.. Enumerable.Range(0, random.Next(0, 30)).Select(_ => "lorem ipsum {}[]\",:"[random.Next(19)])]);
}
