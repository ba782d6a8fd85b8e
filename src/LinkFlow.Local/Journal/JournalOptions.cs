using System.ComponentModel.DataAnnotations;
using LinkFlow.Engine.Expressions;

namespace LinkFlow.Local.Journal;

/// <summary>The limits of running executions on one machine; the settings under <c>LinkFlow:</c> that name them fill it.</summary>
public sealed record JournalOptions
{
    public const int DefaultActiveExecutions = 1_000;
    public const int DefaultQueuedExecutions = 10_000;
    public const int DefaultClaimCheckBytes = 32_768;
    public const int DefaultUnmatchedSignals = 1_000;
    public const int MaxDepth = 25;

    /// <summary>Executions in memory at once; waiting ones are not in memory.</summary>
    [Range(1, 1_000_000)]
    public int ActiveExecutions { get; init; } = DefaultActiveExecutions;

    /// <summary>Accepted starts that may wait for their turn; beyond it, starts are refused.</summary>
    [Range(1, 10_000_000)]
    public int QueuedExecutions { get; init; } = DefaultQueuedExecutions;

    /// <summary>Payloads above this many bytes go to the blob store.</summary>
    [Range(1_024, 1_048_576)]
    public int ClaimCheckBytes { get; init; } = DefaultClaimCheckBytes;

    /// <summary>Signals of one execution that no wait has taken.</summary>
    [Range(1, 100_000)]
    public int UnmatchedSignals { get; init; } = DefaultUnmatchedSignals;

    /// <summary>How many parents an execution may have above it.</summary>
    [Range(1, MaxDepth)]
    public int Depth { get; init; } = MaxDepth;

    /// <summary>How long a shutdown lets running attempts end.</summary>
    public TimeSpan ShutdownTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long finished executions are kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>What this installation calls itself; every execution records it.</summary>
    [MaxLength(64)]
    public string Environment { get; init; } = "";

    /// <summary>What one evaluation of an expression may use.</summary>
    public ExpressionLimits Expressions { get; init; } = ExpressionLimits.Default;

    /// <summary>Executions that recovery reads back at once.</summary>
    [Range(1, 1_000)]
    public int RecoveryParallelism { get; init; } = 16;

    /// <summary>The wait before the first reload after the store refused a commit; it doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait between two tries to reach the store again.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait after another failure: twice as long, up to the bound.</summary>
    internal TimeSpan NextRetryDelay(TimeSpan delay) => delay * 2 < MaxRetryDelay ? delay * 2 : MaxRetryDelay;

    /// <summary>JSON of items that an active execution keeps parsed, in bytes.</summary>
    [Range(0, 1L << 30)]
    public long CachedItemBytes { get; init; } = 4L << 20;

    /// <summary>A batch ends at this many runs, <see cref="BatchTime"/> or <see cref="BatchBytes"/>.</summary>
    [Range(1, 1_000_000)]
    public int BatchRuns { get; init; } = 1_000;
    public TimeSpan BatchTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of output.</summary>
    [Range(1, 1 << 30)]
    public long BatchBytes { get; init; } = 1L << 20;
}
