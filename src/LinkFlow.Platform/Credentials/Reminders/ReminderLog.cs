using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Credentials.Reminders;

/// <summary>Messages 1450–1459.</summary>
internal static partial class ReminderLog
{
    [LoggerMessage(1450, LogLevel.Warning, "The secrets of the credential '{Name}' ({CredentialId}) were last changed at {RotatedAt:O}, more than {AfterDays} days ago. Change them at the service, then rotate the credential.")]
    public static partial void RotationDue(this ILogger logger, string name, string credentialId, DateTime rotatedAt, int afterDays);

    [LoggerMessage(1451, LogLevel.Warning, "The credential '{Name}' ({CredentialId}) expires at {ExpiresAt:O}. Rotate it with a later expiresAt, or nodes that use it will fail.")]
    public static partial void Expiring(this ILogger logger, string name, string credentialId, DateTime expiresAt);

    [LoggerMessage(1452, LogLevel.Error, "The credential '{Name}' ({CredentialId}) expired at {ExpiresAt:O}: nodes that use it fail. Rotate it with a later expiresAt.")]
    public static partial void Expired(this ILogger logger, string name, string credentialId, DateTime expiresAt);

    [LoggerMessage(1453, LogLevel.Warning, "The look through credentials that are old or expire is put off by minutes: {Reason}")]
    public static partial void RemindersPutOff(this ILogger logger, string reason);
}
