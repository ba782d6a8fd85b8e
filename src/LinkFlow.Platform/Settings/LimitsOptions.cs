using System.ComponentModel.DataAnnotations;
using LinkFlow.Engine.Expressions;

namespace LinkFlow.Platform.Settings;

/// <summary><c>LinkFlow:Limits:*</c>: every bound on what a caller or a workflow may ask for.</summary>
public sealed class LimitsOptions
{
    /// <summary>The largest request body, in bytes.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int BodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The largest webhook body unless the node says otherwise, in bytes; never above <see cref="BodyBytes"/>.</summary>
    [Range(0, 1024 * 1024 * 1024)]
    public int WebhookBodyBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>Items of one page of a list.</summary>
    [Range(1, 200)]
    public int PageSize { get; set; } = 200;

    /// <summary>Documents looked at per page for filters that no index answers.</summary>
    [Range(200, 1_000_000)]
    public int ScanDocuments { get; set; } = 5_000;

    /// <summary>Nodes of one workflow.</summary>
    [Range(1, 100_000)]
    public int WorkflowNodes { get; set; } = 500;

    /// <summary>Characters of a workflow's name.</summary>
    [Range(1, 1024)]
    public int WorkflowNameLength { get; set; } = 128;

    /// <summary>Credentials of one tenant.</summary>
    [Range(1, 100_000)]
    public int Credentials { get; set; } = 1000;

    /// <summary>Outbound webhooks of one tenant.</summary>
    [Range(1, 10_000)]
    public int EventSubscriptions { get; set; } = 100;

    /// <summary>How long <c>execute</c> with <c>wait</c> may wait.</summary>
    [Range(1, 200)]
    public int ExecuteWaitSeconds { get; set; } = 200;

    /// <summary>How long an <c>Idempotency-Key</c> is remembered.</summary>
    [Range(1, 720)]
    public int IdempotencyHours { get; set; } = 24;

    /// <summary>Workflows that may wait for a call at their test URLs at once.</summary>
    [Range(1, 10_000)]
    public int ListeningWorkflows { get; set; } = 100;

    /// <summary>How long a webhook call that is signed, or has a key by its node's dedupeBy, is remembered, so that a repeat starts nothing.</summary>
    [Range(1, 720)]
    public int WebhookRepeatHours { get; set; } = 24;

    /// <summary>How far the signed time of a webhook call may be from ours, both ways.</summary>
    [Range(1, 3600)]
    public int WebhookToleranceSeconds { get; set; } = 300;

    /// <summary>Signals of one execution that no wait has taken.</summary>
    [Range(1, 100_000)]
    public int UnmatchedSignals { get; set; } = 1000;

    /// <summary>How deep sub-workflows may call each other.</summary>
    [Range(1, 25)]
    public int SubworkflowDepth { get; set; } = 25;

    /// <summary>Executions that may be in memory at once; more are queued.</summary>
    [Range(1, 1_000_000)]
    public int RunningExecutions { get; set; } = 1000;

    /// <summary>Starts that may wait for their turn; beyond it: 503.</summary>
    [Range(1, 10_000_000)]
    public int QueuedExecutions { get; set; } = 10_000;

    /// <summary>Writes that may wait for the store; beyond it: 503.</summary>
    [Range(1, 1_000_000)]
    public int QueuedWrites { get; set; } = 10_000;

    /// <summary>How long a shutdown lets running nodes end.</summary>
    [Range(0, 3600)]
    public int ShutdownSeconds { get; set; } = 30;

    /// <summary>Calls, rounds of loops, and elements visited in one evaluation of an expression.</summary>
    [Range(1_000, 1_000_000_000)]
    public int ExpressionSteps { get; set; } = 1_000_000;

    /// <summary>Milliseconds that one evaluation of an expression may take.</summary>
    [Range(1, 60_000)]
    public int ExpressionMilliseconds { get; set; } = 250;

    /// <summary>How deep functions in an expression may call each other.</summary>
    [Range(1, 1_000)]
    public int ExpressionDepth { get; set; } = 200;

    /// <summary>Bytes of strings and lists that one evaluation of an expression may make.</summary>
    [Range(1_000, 1_000_000_000)]
    public int ExpressionBytes { get; set; } = 10_000_000;

    /// <summary>Milliseconds that one use of a regular expression in an expression may take.</summary>
    [Range(1, 60_000)]
    public int RegexMilliseconds { get; set; } = 100;

    /// <summary>Open event streams and sockets.</summary>
    [Range(1, 100_000)]
    public int OpenStreams { get; set; } = 1000;

    /// <summary>Variables of one tenant, secret ones and those of workflows among them.</summary>
    [Range(1, 10_000)]
    public int Variables { get; set; } = 1000;

    /// <summary>One value of a variable, in bytes of JSON.</summary>
    [Range(1, 1024 * 1024)]
    public int VariableValueBytes { get; set; } = 16 * 1024;

    /// <summary>All values of one tenant's variables together, in bytes of JSON.</summary>
    [Range(1024, 1536 * 1024)]
    public int VariableBytes { get; set; } = 1024 * 1024;

    /// <summary>Versions kept of one variable.</summary>
    [Range(1, 10_000)]
    public int VariableVersions { get; set; } = 100;

    /// <summary>One file, in bytes.</summary>
    [Range(1024d, 1024d * 1024 * 1024 * 1024)]
    public long FileBytes { get; set; } = 100 * 1024 * 1024;

    /// <summary>All that one upload sends, in bytes.</summary>
    [Range(1024d, 1024d * 1024 * 1024 * 1024)]
    public long UploadBytes { get; set; } = 500 * 1024 * 1024;

    /// <summary>Files of one upload, or of one webhook call.</summary>
    [Range(1, 80)]
    public int FilesPerUpload { get; set; } = 20;

    /// <summary>Parts of one form, files and fields.</summary>
    [Range(1, 10_000)]
    public int FormParts { get; set; } = 1000;

    /// <summary>How long the files of one request may take to arrive.</summary>
    [Range(1, 43_200)]
    public int UploadSeconds { get; set; } = 3600;

    /// <summary>Versions kept of one file.</summary>
    [Range(1, 80)]
    public int FileVersions { get; set; } = 50;

    /// <summary>Those of the expression language.</summary>
    public ExpressionLimits OfExpressions() => new()
    {
        MaxSteps = ExpressionSteps,
        MaxTime = TimeSpan.FromMilliseconds(ExpressionMilliseconds),
        MaxDepth = ExpressionDepth,
        MaxBytes = ExpressionBytes,
        MaxRegexTime = TimeSpan.FromMilliseconds(RegexMilliseconds),
    };
}
