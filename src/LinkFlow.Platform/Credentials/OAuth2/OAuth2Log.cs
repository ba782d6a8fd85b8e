using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Credentials.OAuth2;

/// <summary>Messages 1600–1699. No tokens, codes or secrets.</summary>
internal static partial class OAuth2Log
{
    [LoggerMessage(1600, LogLevel.Debug, "Credential {CredentialId}: a new access token, valid until {ExpiresAt}.")]
    public static partial void TokenGot(this ILogger logger, string credentialId, DateTimeOffset? expiresAt);

    [LoggerMessage(1601, LogLevel.Warning, "Credential {CredentialId}: no new access token. {Reason}")]
    public static partial void TokenNotGot(this ILogger logger, string credentialId, string reason);

    [LoggerMessage(1602, LogLevel.Error, "Credential {CredentialId} must be authorised again by a person. {Reason}")]
    public static partial void MustReauthorize(this ILogger logger, string credentialId, string reason);

    [LoggerMessage(1603, LogLevel.Warning, "Credential {CredentialId}: the store refused a new token for now, which is tried again. {Reason}")]
    public static partial void TokenNotStored(this ILogger logger, string credentialId, string reason);

    [LoggerMessage(1604, LogLevel.Information, "Credential {CredentialId} was authorised; {Principal} had asked for it.")]
    public static partial void Authorized(this ILogger logger, string credentialId, string principal);

    [LoggerMessage(1605, LogLevel.Warning, "An authorisation was not completed: {Reason}")]
    public static partial void NotAuthorized(this ILogger logger, string reason);
}
