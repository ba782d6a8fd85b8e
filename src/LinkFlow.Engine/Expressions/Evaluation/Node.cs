using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <summary>A compiled piece of an expression. Immutable, and shared by all evaluations.</summary>
internal abstract class Node
{
    /// <summary>Characters from the start of the parameter's text.</summary>
    public int Position { get; init; } = -1;

    public abstract Value Evaluate(Frame frame);

    /// <summary>True for a variable and members of it: evaluating it again is cheap and changes nothing.</summary>
    public virtual bool IsPath => false;

    /// <summary>For a path that came out undefined: a guess at the name that was meant, as a sentence with a leading blank; or nothing.</summary>
    public virtual string Suggest(Frame frame) => "";

    protected ExpressionException TypeError(string message) => new(ExpressionErrorCodes.Type, message, Position);
}

/// <summary>How a statement ended.</summary>
internal enum Completion : byte { Normal, Break, Continue, Return }

/// <summary>A compiled statement.</summary>
internal abstract class Statement
{
    public int Position { get; init; } = -1;

    public abstract Completion Execute(Frame frame);
}

/// <summary>What receives a value.</summary>
internal abstract class Target
{
    public int Position { get; init; } = -1;

    public abstract void Assign(Frame frame, Value value);
}
