using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Secrets;

/// <summary>Calls of a protected webhook: without proof, with a wrong one, and with the right one, also where it does not belong.</summary>
internal static class WebhookCalls
{
    private const string Body = """{"order":42}""";

    public static IEnumerable<(string Query, (string Name, string Value)[] Headers)> Of(string type, ObjectValue data)
    {
        yield return ("", []);
        yield return ("", [("Authorization", "Basic " + Base64("nobody:nothing"))]);
        yield return ("", [("Authorization", "Bearer nothing")]);
        foreach (var right in Right(type, data)) yield return right;
    }

    private static IEnumerable<(string Query, (string Name, string Value)[] Headers)> Right(string type, ObjectValue data)
    {
        switch (type)
        {
            case "basic":
                var pair = Base64($"{data["username"].AsString}:{data["password"].AsString}");
                yield return ("", [("Authorization", "Basic " + pair)]);
                yield return ($"?echo={Uri.EscapeDataString(pair)}", [("Authorization", "Basic " + pair), ("X-Copy", pair)]);
                break;
            case "bearer":
                yield return ("", [("Authorization", "Bearer " + data["token"].AsString)]);
                break;
            case "api_key":
                var (name, value) = (data["name"].AsString ?? "X-API-Key", data["value"].AsString!);
                yield return data["in"].AsString == "query" ? ($"?{name}={Uri.EscapeDataString(value)}", []) : ("", [(name, value)]);
                yield return ($"?{name}={Uri.EscapeDataString(value)}&copy={Convert.ToHexString(Encoding.UTF8.GetBytes(value))}", [(name, Uri.EscapeDataString(value)), ("X-Copy", Uri.EscapeDataString(value))]);
                break;
            case "hmac":
                var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
                var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(data["secret"].AsString!), Encoding.UTF8.GetBytes($"{time}.{Body}"));
                yield return ($"?key={Uri.EscapeDataString(data["secret"].AsString!)}", [("X-Timestamp", $"{time}"), ("X-Signature-256", "sha256=" + Convert.ToHexStringLower(signature))]);
                break;
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
