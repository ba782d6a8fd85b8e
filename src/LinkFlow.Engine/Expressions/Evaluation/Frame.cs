using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <summary>The variables of one call of a function, or of one round of a loop whose functions may keep them.</summary>
internal sealed class Frame(Run run, Frame? parent, int variables)
{
    public Run Run { get; } = run;
    public Frame? Parent { get; } = parent;
    public Value[] Variables { get; } = variables == 0 ? [] : new Value[variables];
}
