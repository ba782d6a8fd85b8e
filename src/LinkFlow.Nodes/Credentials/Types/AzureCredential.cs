using System.Collections.Concurrent;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Http;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>An application in Microsoft Entra ID, which gets a token for itself and sends it as a bearer token.</summary>
internal sealed class AzureCredential : ICredentialType
{
    /// <summary>A token is used until this long before its end.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Tokens by tenant and credential; bounded by the number of credentials.</summary>
    private readonly ConcurrentDictionary<string, Token> _tokens = new(StringComparer.Ordinal);

    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = "azure",
        Name = "Azure application",
        Description = "Gets a token from Microsoft Entra ID by client credentials and sends it in `Authorization: Bearer`.",
        IsForRequests = true,
        Schema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "tenantId": { "type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[A-Za-z0-9.-]+$", "x-destination": true, "description": "The directory's id or domain." },
                "clientId": { "type": "string", "minLength": 1, "maxLength": 256 },
                "clientSecret": { "type": "string", "minLength": 1, "maxLength": 4096, "format": "password", "writeOnly": true },
                "scope": { "type": "string", "maxLength": 2048, "default": "https://management.azure.com/.default" },
                "authority": { "type": "string", "maxLength": 2048, "default": "https://login.microsoftonline.com", "x-destination": true, "description": "Another cloud's sign-in address." }
              },
              "required": ["tenantId", "clientId", "clientSecret"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"tenantId":"00000000-0000-0000-0000-000000000000","clientId":"11111111-1111-1111-1111-111111111111","clientSecret":"abc~DEF","scope":"https://graph.microsoft.com/.default"}"""),
        Documentation = "The token is kept in memory until five minutes before its end, and fetched anew after a change of the credential.",
        Tests = "Gets a token. What it may do is not tried.",
        Check = Check,
    };

    public async ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        var key = $"{credential.Tenant} {credential.Id}";
        if (!_tokens.TryGetValue(key, out var token) || token.Version != credential.Version || token.Until <= use.Now)
            _tokens[key] = token = await FetchAsync(credential, use, cancellationToken).ConfigureAwait(false);
        use.Mask.Add(token.Text);
        request.SetHeader("Authorization", "Bearer " + token.Text);
    }

    public async ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        try
        {
            var token = await FetchAsync(credential, use, cancellationToken).ConfigureAwait(false);
            use.Mask.Add(token.Text);
            return CredentialTest.Pass("A token was given. What it may do was not tried.");
        }
        catch (NodeException e) when (e.Error.Code == CredentialErrors.Refused)
        {
            return CredentialTest.Fail(e.Message);
        }
    }

    private static async Task<Token> FetchAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        var authority = credential.OptionalUrl("authority") ?? new Uri("https://login.microsoftonline.com");
        var url = new Uri($"{authority.AbsoluteUri.TrimEnd('/')}/{credential.Text("tenantId")}/oauth2/v2.0/token");
        var form = string.Join('&', new (string Name, string Value)[]
        {
            ("grant_type", "client_credentials"), ("client_id", credential.Text("clientId")), ("client_secret", credential.Text("clientSecret")),
            ("scope", credential.OptionalText("scope") ?? "https://management.azure.com/.default"),
        }.Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}"));
        var call = new HttpCall(HttpMethod.Post, url, [new("Accept", "application/json")], Encoding.ASCII.GetBytes(form), "application/x-www-form-urlencoded", Patience, FollowRedirects: false, MaxResponseBytes: 1024 * 1024);
        var answer = await HttpSending.SendAsync(use.Http, call, cancellationToken).ConfigureAwait(false);
        var body = Parsed(answer.Body);
        if ((int)answer.Status == 200 && body["access_token"].AsString is { Length: > 0 } text)
            return new Token(text, credential.Version, use.Now + TimeSpan.FromSeconds(Math.Clamp(body["expires_in"].AsNumber, 0, 86400)) - Margin);
        var reason = body["error"].AsString is { Length: <= 100 } error ? $" ({error})" : "";
        throw new NodeException(new NodeError(
            CredentialErrors.Refused, $"{call.Name} gave no token for the {credential}: it was answered {(int)answer.Status}{reason}.",
            Transient: (int)answer.Status is 429 or >= 500, RetryAfterMs: answer.RetryAfterMs));
    }

    private static Value Parsed(byte[] body)
    {
        try
        {
            return JsonText.Parse(body);
        }
        catch (JsonTextException)
        {
            // What is no JSON holds no token; the status tells the rest.
            return Value.Undefined;
        }
    }

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue data)
    {
        if (data["authority"].AsString is { Length: > 0 } url && CredentialFields.HttpUrl(url) is null)
            yield return ("/authority", "'authority' must be a whole URL that begins with https://.");
    }

    private sealed record Token(string Text, long Version, DateTimeOffset Until);
}
