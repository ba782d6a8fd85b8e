using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Nodes.Credentials.OAuth2;
using LinkFlow.Nodes.Http;

namespace LinkFlow.Platform.Credentials.OAuth2;

/// <summary>Asks authorization servers for tokens, through the outbound guard. Keeps nothing.</summary>
internal sealed class TokenRequests(OutboundHttp http)
{
    public const int MaxAnswerBytes = 64 * 1024;

    /// <summary>Well below a lease's time, so that no two hosts ask at once.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public Task<TokenGrant> ByClientCredentialsAsync(OpenedCredential credential, OAuth2Client client, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> form = [new("grant_type", "client_credentials")];
        if (client.Scope is { } scope) form.Add(new("scope", scope));
        if (client.Audience is { } audience) form.Add(new("audience", audience));
        form.AddRange(client.Extra);
        return SendAsync(credential, client, form, [], cancellationToken);
    }

    public Task<TokenGrant> ByRefreshTokenAsync(OpenedCredential credential, OAuth2Client client, string refreshToken, CancellationToken cancellationToken) =>
        SendAsync(credential, client, [new("grant_type", "refresh_token"), new("refresh_token", refreshToken)], [refreshToken], cancellationToken);

    public Task<TokenGrant> ByCodeAsync(OpenedCredential credential, OAuth2Client client, string code, string verifier, string redirectUri, CancellationToken cancellationToken) =>
        SendAsync(
            credential, client, [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirectUri), new("code_verifier", verifier)], [code, verifier], cancellationToken);

    /// <exception cref="NodeException">No token was given; the message holds nothing of what was sent.</exception>
    private async Task<TokenGrant> SendAsync(
        OpenedCredential credential, OAuth2Client client, List<KeyValuePair<string, string>> form, IReadOnlyList<string> secrets, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> headers = [new("Accept", "application/json"), new("User-Agent", "LinkFlow")];
        if (client.ClientSecret is { } secret && client.InHeader) headers.Add(new("Authorization", Basic(client.ClientId, secret)));
        else form.Add(new("client_id", client.ClientId));
        if (client.ClientSecret is { } inForm && !client.InHeader) form.Add(new("client_secret", inForm));
        var body = Encoding.ASCII.GetBytes(string.Join('&', form.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}")));
        var what = $"No token for the {credential}";
        var mask = new SecretMask();
        foreach (var hidden in credential.Secrets.Concat(secrets)) mask.Add(hidden);
        try
        {
            var answer = await http.FetchAsync(HttpMethod.Post, client.TokenUrl, headers, body, "application/x-www-form-urlencoded", MaxAnswerBytes, Patience, cancellationToken);
            return TokenAnswer.Read(what, answer, mask);
        }
        catch (NodeException e) when (e.Error.Code == OutboundFetch.TooLarge)
        {
            throw new NodeException(CredentialErrors.TokenUnavailable, $"{what}: the token endpoint answered with more than {MaxAnswerBytes} bytes.");
        }
        catch (NodeException e) when (e.Error.Code == OutboundFetch.TimedOut)
        {
            throw new NodeException(new NodeError(CredentialErrors.TokenUnavailable, $"{what}: the token endpoint did not answer within {Patience.TotalSeconds} s.", Transient: true), e);
        }
        catch (NodeException e) when (e.Error.Code.StartsWith("HTTP_", StringComparison.Ordinal))
        {
            throw new NodeException(new NodeError(CredentialErrors.TokenUnavailable, $"{what}: {e.Message}", Transient: true), e);
        }
    }

    /// <summary>RFC 6749 §2.3.1: both are encoded as in a form before they are joined.</summary>
    private static string Basic(string id, string secret) =>
        "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}"));
}
