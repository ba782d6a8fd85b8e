namespace LinkFlow.Platform.Ports;

/// <summary>An execution's history cannot be read: an unknown event, a bad checksum, a missing blob. It is parked; others go on.</summary>
public sealed class HistoryUnreadableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The code of the error that a parked execution shows.</summary>
    public const string Code = "HISTORY_UNREADABLE";
}
