using System.Security.Cryptography;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials.Signing;
using LinkFlow.Nodes.Http;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>An access key of AWS, which signs each request (Signature Version 4).</summary>
internal sealed class AwsCredential : ICredentialType
{
    private const string Version = "2011-06-15";

    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = "aws",
        Name = "AWS",
        Description = "Signs the request with AWS Signature Version 4.",
        IsForRequests = true,
        Schema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "accessKeyId": { "type": "string", "minLength": 1, "maxLength": 128 },
                "secretAccessKey": { "type": "string", "minLength": 1, "maxLength": 1024, "format": "password", "writeOnly": true },
                "sessionToken": { "type": "string", "maxLength": 16384, "format": "password", "writeOnly": true, "description": "Of temporary credentials." },
                "region": { "type": "string", "maxLength": 64, "pattern": "^[a-z0-9-]+$", "default": "us-east-1", "description": "Where the URL does not name one." },
                "service": { "type": "string", "maxLength": 64, "pattern": "^[a-z0-9-]+$", "description": "The name that is signed for, where the URL does not tell it." },
                "stsUrl": { "type": "string", "maxLength": 2048, "x-destination": true, "description": "The security token service that a test asks; default: AWS's of the region." }
              },
              "required": ["accessKeyId", "secretAccessKey"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","secretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","region":"eu-central-1"}"""),
        Documentation = "Region and service are read from hosts under `amazonaws.com` and `on.aws`; for other hosts `service` is needed. Each attempt and each redirect is signed anew.",
        Tests = "Asks the security token service who it is (`GetCallerIdentity`), which needs no permission.",
        Check = Check,
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        var (service, region) = AwsEndpoint.Of(request.Url.Host);
        service = credential.OptionalText("service") ?? service
            ?? throw CredentialErrors.IsInvalid(credential, $"'{request.Url.Host}' does not tell which AWS service it is. Set 'service'.");
        Sign(request, credential, use, service, region ?? credential.OptionalText("region") ?? "us-east-1");
        return ValueTask.CompletedTask;
    }

    public async ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        var region = credential.OptionalText("region") ?? "us-east-1";
        var url = credential.OptionalUrl("stsUrl") ?? new Uri($"https://sts.{region}.amazonaws.com/");
        var asked = new Uri(url, $"?Action=GetCallerIdentity&Version={Version}");
        if (!AllowedHosts.Allow(credential.AllowedHosts, asked))
            throw new NodeException(CredentialErrors.NotAllowed, $"The credential's 'allowedHosts' do not include '{asked.Authority}', which a test asks.");
        var answer = await RequestTrial.SendAsync(new ForSts(this, region), credential, use, asked, cancellationToken).ConfigureAwait(false);
        var status = (int)answer.Status;
        return status == 200
            ? CredentialTest.Pass($"GetCallerIdentity at {asked.Host} was answered 200: the key is valid. What it may do was not tried.")
            : CredentialTest.Fail($"GetCallerIdentity at {asked.Host} was answered {status}{Reason(answer)}.");
    }

    private static void Sign(OutgoingRequest request, OpenedCredential credential, CredentialUse use, string service, string region)
    {
        var key = new AwsKey(credential.Text("accessKeyId"), credential.Text("secretAccessKey"), region, service);
        request.SetHeader("X-Amz-Date", AwsSignature.Time(use.Now));
        if (credential.OptionalText("sessionToken") is { } session) request.SetHeader("X-Amz-Security-Token", session);
        var bodyHash = Convert.ToHexStringLower(SHA256.HashData(request.Body.Span));
        if (service is "s3" or "s3express" or "s3-object-lambda") request.SetHeader("X-Amz-Content-Sha256", bodyHash);
        var authorization = AwsSignature.Of(request, key, bodyHash);
        use.Mask.Add(authorization[(authorization.LastIndexOf('=') + 1)..]);
        request.SetHeader("Authorization", authorization);
    }

    /// <summary>The code in an error's XML, which is short and no secret.</summary>
    private static string Reason(HttpAnswer answer)
    {
        var text = System.Text.Encoding.UTF8.GetString(answer.Body);
        var (from, to) = (text.IndexOf("<Code>", StringComparison.Ordinal), text.IndexOf("</Code>", StringComparison.Ordinal));
        return from >= 0 && to > from && to - from < 100 ? $" ({text[(from + 6)..to]})" : "";
    }

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue data)
    {
        if (data["stsUrl"].AsString is { Length: > 0 } url && CredentialFields.HttpUrl(url) is null)
            yield return ("/stsUrl", "'stsUrl' must be a whole URL that begins with http:// or https://, without user and password.");
    }

    /// <summary>The same key, for a host that need not be AWS's own.</summary>
    private sealed class ForSts(AwsCredential type, string region) : ICredentialType
    {
        public CredentialTypeDescriptor Descriptor => type.Descriptor;

        public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
        {
            Sign(request, credential, use, "sts", region);
            return ValueTask.CompletedTask;
        }

        public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) => type.TestAsync(credential, use, cancellationToken);
    }
}
