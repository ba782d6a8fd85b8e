using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>Signs a short-lived JSON Web Token per request with a shared secret; with a public key it only verifies webhooks.</summary>
internal sealed class JwtCredential : ICredentialType
{
    private static readonly string[] Shared = ["HS256", "HS384", "HS512"];

    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = "jwt",
        Name = "JSON Web Token",
        Description = "Sends `Authorization: Bearer` with a token signed for this request (HS256, HS384, HS512). On webhooks: verifies the sender's token.",
        IsForRequests = true,
        Schema = Json.Object($$"""
            {
              "type": "object",
              "properties": {
                "algorithm": { "enum": ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"], "default": "HS256", "description": "The only one that is signed with or accepted." },
                "secret": { "type": "string", "minLength": 1, "maxLength": 4096, "format": "password", "writeOnly": true, "description": "For HS256, HS384 and HS512. Its UTF-8 bytes are the key." },
                "publicKey": { "type": "string", "maxLength": 16384, "description": "PEM; to verify webhooks with the other algorithms." },
                "jwksUrl": { "type": "string", "maxLength": 2048, "x-destination": true, "description": "Where the public keys are; to verify webhooks with the other algorithms." },
                "issuer": { "type": "string", "maxLength": 1024, "description": "iss: put into tokens, and required of callers." },
                "audience": { "type": "string", "maxLength": 1024, "description": "aud: put into tokens, and required of callers." },
                "subject": { "type": "string", "maxLength": 1024, "description": "sub: put into tokens." },
                "claims": { "type": "object", "description": "Further claims, put into tokens." },
                "expiresInSeconds": { "type": "integer", "minimum": 5, "maximum": 3600, "default": 60, "description": "How long a signed token is valid." },
                {{RequestTrial.Field}}
              },
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"algorithm":"HS256","secret":"a shared secret of 32 bytes or more","issuer":"linkflow","audience":"https://api.example.com"}"""),
        Documentation = "HS256, HS384 and HS512 take `secret`. The others take either `publicKey` or `jwksUrl`; with them a credential verifies webhooks and cannot sign requests.",
        Tests = RequestTrial.Description,
        Check = Check,
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        var algorithm = credential.OptionalText("algorithm") ?? "HS256";
        if (!Shared.Contains(algorithm)) throw CredentialErrors.IsInvalid(credential, $"{algorithm} has a public key here, which verifies webhooks and signs nothing. Requests need HS256, HS384 or HS512.");
        var token = Sign(algorithm, credential, use.Now.ToUnixTimeSeconds());
        use.Mask.Add(token);
        request.SetHeader("Authorization", "Bearer " + token);
        return ValueTask.CompletedTask;
    }

    public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        RequestTrial.RunAsync(this, credential, use, cancellationToken);

    /// <param name="now">Unix seconds.</param>
    private static string Sign(string algorithm, OpenedCredential credential, long now)
    {
        var claims = credential.Object("claims").Copy();
        foreach (var (claim, field) in (ReadOnlySpan<(string, string)>)[("iss", "issuer"), ("aud", "audience"), ("sub", "subject")])
            if (credential.OptionalText(field) is { } value) claims.Set(claim, value);
        claims.Set("iat", now).Set("exp", now + credential.Whole("expiresInSeconds", 60, 5, 3600)).Set("jti", Guid.NewGuid().ToString("N"));
        var signed = $"{Part(new ObjectValue { { "alg", algorithm }, { "typ", "JWT" } })}.{Part(claims)}";
        var (key, bytes) = (Encoding.UTF8.GetBytes(credential.Text("secret")), Encoding.ASCII.GetBytes(signed));
        var signature = algorithm switch { "HS256" => HMACSHA256.HashData(key, bytes), "HS384" => HMACSHA384.HashData(key, bytes), _ => HMACSHA512.HashData(key, bytes) };
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part(ObjectValue json) => Base64Url.EncodeToString(JsonText.WriteBytes(json));

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue data)
    {
        var algorithm = data["algorithm"].AsString ?? "HS256";
        var keys = new[] { "publicKey", "jwksUrl" }.Where(k => data[k].AsString is { Length: > 0 }).ToList();
        if (Shared.Contains(algorithm))
        {
            if (data["secret"].AsString is not { Length: > 0 }) yield return ("/secret", $"{algorithm} needs 'secret'.");
            foreach (var key in keys) yield return ($"/{key}", $"{algorithm} takes 'secret'; '{key}' is for the other algorithms.");
        }
        else
        {
            if (keys.Count != 1) yield return ("/publicKey", $"{algorithm} needs either 'publicKey' or 'jwksUrl'.");
            if (data["secret"].AsString is { Length: > 0 }) yield return ("/secret", $"{algorithm} takes no 'secret'; that is for HS256, HS384 and HS512.");
        }

        if (data["jwksUrl"].AsString is { Length: > 0 } url && CredentialFields.HttpUrl(url) is null)
            yield return ("/jwksUrl", "'jwksUrl' must be a whole URL that begins with http:// or https://, without user and password.");
        if (data["publicKey"].AsString is { Length: > 0 } pem && !IsPublicKey(pem, algorithm))
            yield return ("/publicKey", $"'publicKey' is no public key in PEM form for {algorithm}: expected is a text that begins with -----BEGIN PUBLIC KEY-----.");
        foreach (var found in RequestTrial.Check(data)) yield return found;
    }

    private static bool IsPublicKey(string pem, string algorithm)
    {
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal)) return false;
        try
        {
            using AsymmetricAlgorithm key = algorithm.StartsWith("ES", StringComparison.Ordinal) ? ECDsa.Create() : RSA.Create();
            key.ImportFromPem(pem);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
