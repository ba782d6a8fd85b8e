using System.ComponentModel.DataAnnotations;

namespace LinkFlow.Local.Sqlite;

/// <summary>Limits of the store on one machine.</summary>
public sealed record StoreOptions
{
    public const int DefaultQueueLength = 10_000;
    public const long DefaultQueueBytes = 128L << 20;

    /// <summary>Writes that may wait for the writer; beyond it, callers get a StoreUnavailableException.</summary>
    [Range(1, 1_000_000)]
    public int QueueLength { get; init; } = DefaultQueueLength;

    /// <summary>How much data they may hold together, in bytes. One write is always taken, however large.</summary>
    [Range(1 << 20, 1L << 40)]
    public long QueueBytes { get; init; } = DefaultQueueBytes;

    /// <summary>Connections for reading.</summary>
    [Range(1, 64)]
    public int Readers { get; init; } = 4;

    /// <summary>How long a write waits for another process's lock.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Pages (of 4 KiB) in the write-ahead log at which it is copied into the main file. The more, the more often a
    /// page was overwritten meanwhile and is copied once; and the longer a start after a crash takes.
    /// </summary>
    [Range(100, 1_000_000)]
    public int CheckpointPages { get; init; } = 16_000;
}
