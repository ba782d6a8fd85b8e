using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Health;

/// <summary>Messages 1200–1299.</summary>
internal static partial class HealthLog
{
    [LoggerMessage(1200, LogLevel.Warning, "Not ready: {Dependency} cannot be used. {Reason}")]
    public static partial void DependencyDown(this ILogger logger, string dependency, string reason);
}
