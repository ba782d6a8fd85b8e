namespace LinkFlow.Engine.Expressions;

/// <summary>What one evaluation may use. Exceeding a limit is an <see cref="ExpressionException"/> with code <c>LIMIT</c> that names it.</summary>
public sealed record ExpressionLimits
{
    /// <summary>The deepest nesting of brackets, operators and statements that is compiled; not a setting, because it guards the stack.</summary>
    public const int MaxNesting = 200;

    public static ExpressionLimits Default { get; } = new();

    /// <summary>Calls, rounds of loops, and elements or characters that a built-in function visits.</summary>
    public long MaxSteps { get; init; } = 1_000_000;

    /// <summary>Wall-clock time of one evaluation.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Functions calling functions.</summary>
    public int MaxDepth { get; init; } = 200;

    /// <summary>Strings (one byte per UTF-16 unit) and arrays and objects (16 bytes per element) made in one evaluation.</summary>
    public long MaxBytes { get; init; } = 10_000_000;

    /// <summary>Time of one use of a regular expression.</summary>
    public TimeSpan MaxRegexTime { get; init; } = TimeSpan.FromMilliseconds(100);
}
