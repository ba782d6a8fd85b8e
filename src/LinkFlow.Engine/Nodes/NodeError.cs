namespace LinkFlow.Engine.Nodes;

/// <summary>Why a node or one of its items failed.</summary>
/// <param name="Code">Stable and upper-case; <see cref="NodeErrorCodes"/> has the engine's own.</param>
/// <param name="Message">For the user; holds no secret.</param>
/// <param name="Transient">Trying again may help: what built-in tries look at.</param>
/// <param name="RetryAfterMs">How long the other side asked to wait, at most an hour; null: it did not ask.</param>
/// <param name="Final">Never tried again, whatever the policy: the user meant it to fail.</param>
public sealed record NodeError(string Code, string Message, bool Transient = false, long? RetryAfterMs = null, bool Final = false);

/// <summary>Codes that the engine itself gives.</summary>
public static class NodeErrorCodes
{
    public const string ParameterInvalid = "PARAMETER_INVALID";
    public const string ExpressionError = "EXPRESSION_ERROR";
    public const string LoopLimit = "LOOP_LIMIT";
    public const string Crashed = "CRASHED";
    public const string Timeout = "TIMEOUT";

    /// <summary>What did not happen, because the execution or a sibling stopped.</summary>
    public const string Cancelled = "CANCELLED";
    public const string StopAndError = "STOP_AND_ERROR";
    public const string WaitTimeout = "WAIT_TIMEOUT";
    public const string ChildFailed = "CHILD_FAILED";
    public const string NodeFailed = "NODE_FAILED";
    public const string DataMissing = "DATA_MISSING";

    /// <summary>More items reached a run, or would leave it, than one may have.</summary>
    public const string TooManyItems = "TOO_MANY_ITEMS";

    /// <summary>An output would be larger than one may be.</summary>
    public const string OutputTooLarge = "OUTPUT_TOO_LARGE";
}

/// <summary>The whole attempt failed.</summary>
public sealed class NodeException(NodeError error, Exception? inner = null) : Exception(error.Message, inner)
{
    public NodeException(string code, string message) : this(new NodeError(code, message)) { }
    public NodeError Error { get; } = error;
}
