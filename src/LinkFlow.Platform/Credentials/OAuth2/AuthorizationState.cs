using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Credentials.OAuth2;

/// <summary>An authorisation that was begun: what the callback must match. Kept under the hash of its state, so that the store alone lets nobody complete it; taken once.</summary>
/// <param name="CredentialId">Whose tokens are to come.</param>
/// <param name="Principal">Who asked.</param>
/// <param name="Client">As <see cref="TokenRecord.Client"/>: a credential that was changed meanwhile gets no tokens.</param>
/// <param name="Verifier">PKCE's, sealed.</param>
internal sealed record AuthorizationState(string CredentialId, string Principal, string Client, string Verifier)
{
    public static readonly DocumentType Type = new("oauth2-state");
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int SecretBytes = 32;
    private const char Separator = '.';

    /// <summary>What PKCE's verifier is sealed for.</summary>
    public static string Purpose(string id) => $"oauth2-verifier/{id}";

    /// <summary>A new state as it goes through the browser: the tenant, so that it can be found, and 256 random bits.</summary>
    public static string Draw(string tenant) => $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(tenant))}{Separator}{Random()}";

    /// <summary>256 random bits as text, which is also what PKCE asks of a verifier.</summary>
    public static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>PKCE's S256.</summary>
    public static string ChallengeOf(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>The document's id.</summary>
    public static string IdOf(string state) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)));

    /// <returns>Null: it is no state.</returns>
    public static string? TenantOf(string? state)
    {
        if (state is null || state.Length > 512 || state.IndexOf(Separator, StringComparison.Ordinal) is not (> 0 and var end)) return null;
        return Base64Url.IsValid(state.AsSpan(0, end)) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(state.AsSpan(0, end))) : null;
    }

    /// <summary>In a time that does not tell where they differ, beyond what looking up a hash tells.</summary>
    public static bool IsOf(string id, string state) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(id), Encoding.ASCII.GetBytes(IdOf(state)));

    public ObjectValue ToDocument() => new() { { "credentialId", CredentialId }, { "principal", Principal }, { "client", Client }, { "verifier", Verifier } };

    public static AuthorizationState FromDocument(Value body) =>
        new(body["credentialId"].AsString!, body["principal"].AsString!, body["client"].AsString!, body["verifier"].AsString!);
}
