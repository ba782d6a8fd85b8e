using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Identity;

/// <summary>Messages 1100–1199.</summary>
internal static partial class IdentityLog
{
    [LoggerMessage(1100, LogLevel.Warning, "When API keys were last used could not be written down; the next try is in minutes. {Reason}")]
    public static partial void LastUseNotSaved(this ILogger logger, string reason);
}
