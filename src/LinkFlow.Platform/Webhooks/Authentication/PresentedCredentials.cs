using System.Text;
using LinkFlow.Engine.Nodes;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Webhooks.Authentication;

/// <summary>Compares what a caller presents in a header or the query with a credential: <c>basic</c>, <c>bearer</c> and <c>api_key</c>. Pure.</summary>
internal static class PresentedCredentials
{
    public const string Authorization = "Authorization";

    /// <returns>Null: the caller is not who the credential names.</returns>
    public static Admission? Check(HttpRequest request, OpenedCredential credential) => credential.Type switch
    {
        "basic" => IsBasic(request, credential) ? new Admission { Headers = [Authorization] } : null,
        "bearer" => Bearer(request) is { } token && Matches(credential, "token", token) ? new Admission { Headers = [Authorization] } : null,
        "api_key" => ApiKey(request, credential),
        _ => null,
    };

    /// <summary>The token of an <c>Authorization: Bearer</c> header; null: there is no such header, or more than one.</summary>
    public static string? Bearer(HttpRequest request) => OfScheme(request, "Bearer ");

    private static bool IsBasic(HttpRequest request, OpenedCredential credential)
    {
        if (OfScheme(request, "Basic ") is not { } encoded) return false;
        Span<byte> bytes = encoded.Length <= 1024 ? stackalloc byte[encoded.Length] : new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length)) return false;
        var pair = Encoding.UTF8.GetString(bytes[..length]);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        // Both are compared, always: the time must not tell which one was wrong.
        return colon >= 0 & Matches(credential, "username", colon < 0 ? pair : pair[..colon]) & Matches(credential, "password", colon < 0 ? "" : pair[(colon + 1)..]);
    }

    private static Admission? ApiKey(HttpRequest request, OpenedCredential credential)
    {
        if (credential.Data["name"].AsString is not { Length: > 0 } name) return null;
        var inQuery = credential.Data["in"].AsString == "query";
        var values = inQuery ? request.Query[name] : request.Headers[name];
        if (values.Count != 1 || !Matches(credential, "value", values[0]!)) return null;
        return inQuery ? new Admission { Query = name } : new Admission { Headers = [name] };
    }

    /// <summary>A credential without the field, or with an empty one, admits nobody.</summary>
    private static bool Matches(OpenedCredential credential, string field, string given) =>
        credential.Data[field].AsString is { Length: > 0 } expected && FixedTime.Equal(expected, given);

    private static string? OfScheme(HttpRequest request, string scheme)
    {
        var values = request.Headers.Authorization;
        return values.Count == 1 && values[0] is { } header && header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;
    }
}
