using LinkFlow.Nodes.Credentials.OAuth2;
using LinkFlow.Platform.Credentials.OAuth2;

namespace LinkFlow.Platform.Credentials;

/// <summary>Whether a credential can be used as it stands. Asks nobody outside.</summary>
public sealed class CredentialStatuses(TokenVault tokens, TimeProvider clock)
{
    public const string Ok = "ok";
    public const string Expired = "expired";

    /// <summary>A user must consent: for the first time, or again.</summary>
    public const string Reauthorize = "reauthorize";

    public static IReadOnlyList<string> Words { get; } = [Ok, Expired, Reauthorize];

    /// <summary>Of one that is being created: its end, if it has one, is ahead.</summary>
    public static string OfNew(Credential credential) => credential.TypeName == OAuth2Client.AuthorizationCode ? Reauthorize : Ok;

    public async ValueTask<string> OfAsync(string tenant, Credential credential, CancellationToken cancellationToken)
    {
        if (credential.IsExpired(clock.GetUtcNow())) return Expired;
        if (credential.TypeName != OAuth2Client.AuthorizationCode) return Ok;
        var (record, _) = await tokens.ReadAsync(tenant, credential.Id, cancellationToken);
        return record is null or { Lapsed: not null } || record.IsDeadAt(clock.GetUtcNow()) ? Reauthorize : Ok;
    }
}
