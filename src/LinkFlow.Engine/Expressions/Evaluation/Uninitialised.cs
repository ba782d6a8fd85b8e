using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <summary>Marks a variable whose declaration has not run yet. Never leaves its variable.</summary>
internal sealed class Uninitialised
{
    private static readonly Uninitialised Instance = new();

    private Uninitialised()
    {
    }

    /// <summary>At the start of a block.</summary>
    public static void Mark(Frame frame, int[]? slots)
    {
        if (slots is null) return;
        foreach (var slot in slots) frame.Variables[slot] = Value.FromOther(Instance);
    }

    /// <exception cref="ExpressionException">The variable is marked.</exception>
    public static void Require(Value value, string name, int position)
    {
        if (ReferenceEquals(value.AsOther, Instance)) throw new ExpressionException(ExpressionErrorCodes.Reference, $"'{name}' is used before its declaration has run.", position);
    }
}
