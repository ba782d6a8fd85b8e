using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LinkFlow.Nodes.Credentials.Signing;

/// <summary>AWS Signature Version 4 of a request, as the <c>Authorization</c> header carries it.</summary>
internal static class AwsSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Headers that proxies and the connection change, and those of tracing: AWS's own clients leave them unsigned.</summary>
    private static readonly HashSet<string> Unsigned = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Connection", "Expect", "Transfer-Encoding", "User-Agent", "X-Amzn-Trace-Id", "Accept-Encoding",
    };

    /// <summary>A time as <c>X-Amz-Date</c> has it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The header's value. The request has <c>X-Amz-Date</c>, and everything else that is to be signed.</summary>
    /// <param name="bodyHash">SHA-256 of the body in lower-case hexadecimal.</param>
    public static string Of(OutgoingRequest request, AwsKey key, string bodyHash)
    {
        var time = request.Header("X-Amz-Date")!;
        var scope = $"{time[..8]}/{key.Region}/{key.Service}/aws4_request";
        var (canonical, signedHeaders) = Canonical(request, key.Service, bodyHash);
        var toSign = $"{Algorithm}\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(SigningKey(key, time[..8]), Encoding.UTF8.GetBytes(toSign)));
        return $"{Algorithm} Credential={key.Id}/{scope}, SignedHeaders={signedHeaders}, Signature={signature}";
    }

    /// <summary>The request in the one form that both sides hash.</summary>
    internal static (string Request, string SignedHeaders) Canonical(OutgoingRequest request, string service, string bodyHash)
    {
        var headers = request.Headers.Where(h => !Unsigned.Contains(h.Key) && !h.Key.Equals("Host", StringComparison.OrdinalIgnoreCase))
            .Append(new("host", request.Host));
        if (request.ContentType is { } type && request.Header("Content-Type") is null) headers = headers.Append(new("content-type", type));
        var sorted = headers.GroupBy(h => h.Key.ToLowerInvariant(), h => Trimmed(h.Value)).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        var names = string.Join(';', sorted.Select(g => g.Key));
        var lines = string.Concat(sorted.Select(g => $"{g.Key}:{string.Join(',', g)}\n"));
        return ($"{request.Method}\n{Path(request.Url, service)}\n{Query(request.Url)}\n{lines}\n{names}\n{bodyHash}", names);
    }

    /// <summary>Each segment encoded as it is sent, and once more; Amazon S3 takes it as it is sent.</summary>
    private static string Path(Uri url, string service)
    {
        var path = url.AbsolutePath;
        if (service is not ("s3" or "s3express" or "s3-object-lambda"))
        {
            while (path.Contains("//", StringComparison.Ordinal)) path = path.Replace("//", "/", StringComparison.Ordinal);
            return string.Join('/', path.Split('/').Select(Encoded));
        }

        return string.Join('/', path.Split('/').Select(s => Encoded(Uri.UnescapeDataString(s))));
    }

    private static string Query(Uri url)
    {
        if (url.Query.Length <= 1) return "";
        var pairs = url.Query[1..].Split('&').Where(p => p.Length > 0).Select(p =>
        {
            var at = p.IndexOf('=', StringComparison.Ordinal);
            return (Name: Encoded(Uri.UnescapeDataString(at < 0 ? p : p[..at])), Value: at < 0 ? "" : Encoded(Uri.UnescapeDataString(p[(at + 1)..])));
        });
        return string.Join('&', pairs.OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Value, StringComparer.Ordinal).Select(p => $"{p.Name}={p.Value}"));
    }

    /// <summary>RFC 3986: all but letters, digits and - . _ ~.</summary>
    private static string Encoded(string text) => Uri.EscapeDataString(text);

    private static string Trimmed(string value)
    {
        value = value.Trim();
        while (value.Contains("  ", StringComparison.Ordinal)) value = value.Replace("  ", " ", StringComparison.Ordinal);
        return value;
    }

    private static byte[] SigningKey(AwsKey key, string date)
    {
        var derived = Encoding.UTF8.GetBytes("AWS4" + key.Secret);
        foreach (var part in (ReadOnlySpan<string>)[date, key.Region, key.Service, "aws4_request"])
        {
            var next = HMACSHA256.HashData(derived, Encoding.UTF8.GetBytes(part));
            CryptographicOperations.ZeroMemory(derived);
            derived = next;
        }

        return derived;
    }
}

/// <summary>What a request is signed with and for.</summary>
internal sealed record AwsKey(string Id, string Secret, string Region, string Service)
{
    public override string ToString() => $"{Id} for {Service} in {Region}";
}
