using System.Text;

namespace LinkFlow.Engine.Secrets;

/// <summary>
/// The forms of a secret that are looked for as they stand: plain, in lower case (as a host name shows it), line by
/// line, and in base64 or hexadecimal. Escaped forms are none of these: <see cref="TextView"/> takes escapes away instead.
/// </summary>
internal static class SecretForms
{
    /// <summary>A line of a longer secret counts as one by itself from this length on: PEM keys are echoed line by line.</summary>
    private const int ShortestLine = 16;

    /// <param name="shortest">Shorter texts are no form.</param>
    public static IEnumerable<SecretForm> Of(string secret, int shortest)
    {
        var plain = Plain(secret).Where(t => t.Length >= shortest).Distinct(StringComparer.Ordinal).ToList();
        foreach (var text in plain)
        {
            yield return new SecretForm(text);
            foreach (var bytes in Encoded(text))
                foreach (var form in OfBytes(bytes)) yield return form;
        }
    }

    private static IEnumerable<string> Plain(string secret)
    {
        yield return secret;
        yield return secret.Trim();
        yield return secret.ToLowerInvariant();
        if (!secret.AsSpan().ContainsAny('\r', '\n')) yield break;
        yield return secret.ReplaceLineEndings("\n");
        yield return secret.ReplaceLineEndings("\r\n");
        foreach (var line in secret.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (line.Length >= ShortestLine && !line.StartsWith("-----", StringComparison.Ordinal)) yield return line;
    }

    /// <summary>The bytes that an encoder may have been given for a text.</summary>
    private static IEnumerable<byte[]> Encoded(string text)
    {
        yield return Encoding.UTF8.GetBytes(text);
        if (!Ascii.IsValid(text) && text.All(c => c <= '\u00FF')) yield return Encoding.Latin1.GetBytes(text);
    }

    private static IEnumerable<SecretForm> OfBytes(byte[] bytes)
    {
        yield return new SecretForm(Convert.ToHexStringLower(bytes));
        yield return new SecretForm(Convert.ToHexString(bytes));
        for (var before = 0; before < 3; before++)
        {
            var core = Core(bytes, before, out var sharesFirst, out var sharesLast);
            yield return new SecretForm(core, IsBase64: true, sharesFirst, sharesLast);
            if (core.AsSpan().ContainsAny('+', '/')) yield return new SecretForm(core.Replace('+', '-').Replace('/', '_'), IsBase64: true, sharesFirst, sharesLast);
        }
    }

    /// <summary>The base64 characters that depend on these bytes alone, wherever in a longer text they begin.</summary>
    /// <param name="before">How many bytes stand before them, modulo 3.</param>
    private static string Core(byte[] bytes, int before, out bool sharesFirst, out bool sharesLast)
    {
        var padded = new byte[before + bytes.Length];
        bytes.CopyTo(padded, before);
        var all = Convert.ToBase64String(padded);
        var first = ((before * 8) + 5) / 6;
        var end = (before + bytes.Length) * 8 / 6;
        sharesFirst = before > 0;
        sharesLast = (before + bytes.Length) % 3 != 0;
        return all[first..end];
    }
}
