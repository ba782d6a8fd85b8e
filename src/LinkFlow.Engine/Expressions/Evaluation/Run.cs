using System.Runtime.CompilerServices;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <summary>One evaluation: its variables, and what it has used of its limits.</summary>
internal sealed class Run
{
    /// <summary>Bytes per element of an array or property of an object.</summary>
    public const int ElementBytes = 16;
    private const int StepsBetweenClockReadings = 256;

    /// <summary>Strings that are longer than this are not compared, hashed or read for nothing.</summary>
    private const int LongText = 256;
    private const int CharactersPerStep = 64;

    [ThreadStatic]
    private static Run? _kept;

    /// <summary>Of this thread: for what is too far inside to be handed it.</summary>
    [ThreadStatic]
    private static Run? _current;

    private Run? _outer;

    private long _started;
    private long _steps;
    private long _nextClockReading;
    private long _bytes;

    public Run(ExpressionScope scope)
    {
        Root = new Frame(this, null, 0);
        Start(scope);
    }

    public ExpressionScope Scope { get; private set; } = null!;
    public ExpressionLimits Limits { get; private set; } = null!;

    /// <summary>Outside of all functions.</summary>
    public Frame Root { get; }

    /// <summary>A run that is given back when nothing of it is used any more: most evaluations need no memory then.</summary>
    /// <exception cref="ExpressionException">Too little of the stack is left.</exception>
    public static Run Take(ExpressionScope scope)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new ExpressionException(ExpressionErrorCodes.Limit, "The expression was stopped: too many calls are waiting for it.");
        var run = _kept;
        _kept = null;
        if (run is null) run = new Run(scope);
        else run.Start(scope);
        run._outer = _current;
        _current = run;
        return run;
    }

    public void Return()
    {
        (Scope, Limits, Returned) = (null!, null!, default);
        _current = _outer;
        _outer = null;
        _kept = this;
    }

    private void Start(ExpressionScope scope)
    {
        (Scope, Limits) = (scope, scope.Limits);
        _started = Environment.TickCount64;
        (_steps, _nextClockReading, _bytes) = (0, StepsBetweenClockReadings, 0);
        (Position, Skipping, Depth, Label) = (-1, false, 0, null);
    }

    /// <summary>Where the call is that is running, for errors of built-in functions.</summary>
    public int Position { get; set; } = -1;

    /// <summary>An optional chain found nothing, and its rest is being skipped.</summary>
    public bool Skipping { get; set; }

    /// <summary>How many functions are running.</summary>
    public int Depth { get; private set; }

    /// <summary>What the function that is being left returns.</summary>
    public Value Returned { get; set; }

    /// <summary>What a break or continue that is being carried out names; null: the nearest.</summary>
    public string? Label { get; set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step()
    {
        if (++_steps >= _nextClockReading) CheckLimits();
    }

    /// <summary>Counts the elements or characters that a built-in function is about to visit.</summary>
    public void Steps(long count)
    {
        _steps += Math.Max(0, count);
        if (_steps >= _nextClockReading) CheckLimits();
    }

    /// <summary>Counts a string that is about to be looked at from end to end, if it is so long that this takes time.</summary>
    public static void Look(int length)
    {
        if (length > LongText) _current?.Steps(length / CharactersPerStep);
    }

    /// <summary>Counts a string or array before it is made.</summary>
    public void Make(double bytes)
    {
        if (_bytes + bytes > Limits.MaxBytes) throw Limit($"more than {Limits.MaxBytes:N0} bytes of strings and arrays would be made");
        _bytes += (long)bytes;
    }

    public void MakeElements(double count) => Make(count * ElementBytes);

    /// <summary>A string, counted as made.</summary>
    public Value Made(string text)
    {
        Make(text.Length);
        return Value.From(text);
    }

    /// <summary>An array, counted as made.</summary>
    public Value Made(ArrayValue array)
    {
        MakeElements(array.Count);
        return Value.From(array);
    }

    public void Enter()
    {
        if (++Depth > Limits.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Limit($"functions call each other more than {Limits.MaxDepth} deep");
        Step();
    }

    public void Leave() => Depth--;

    /// <summary>After an error was caught: what it left half done is forgotten.</summary>
    public void Recover(int depth)
    {
        Depth = depth;
        Skipping = false;
        Label = null;
        Steps(100);
        CheckLimits();
    }

    /// <summary>The clock is read at once: for work that takes long in few steps.</summary>
    public void CheckLimits()
    {
        _nextClockReading = _steps + StepsBetweenClockReadings;
        if (_steps > Limits.MaxSteps) throw Limit($"more than {Limits.MaxSteps:N0} steps");
        if (Environment.TickCount64 - _started > Limits.MaxTime.TotalMilliseconds) throw Limit($"more than {Limits.MaxTime.TotalMilliseconds:N0} ms");
    }

    public ExpressionException Limit(string what) => new(ExpressionErrorCodes.Limit, $"The expression was stopped: {what}.", Position);
    public ExpressionException TypeError(string message) => new(ExpressionErrorCodes.Type, message, Position);
    public ExpressionException RangeError(string message) => new(ExpressionErrorCodes.Range, message, Position);
}
