using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.JmesPath;

/// <summary>A function of JMESPath: how it is called, and what it does.</summary>
/// <param name="Parameters">What each argument must be, in words of <see cref="JmesArguments"/>; the last of a function without end is repeated.</param>
/// <param name="Body">Its arguments have the right kinds.</param>
internal sealed record JmesFunction(string Name, string[] Parameters, bool IsEndless, Func<Run, JmesArguments, Value> Body)
{
    public string Arity => IsEndless ? $"{Parameters.Length} arguments or more" : Parameters.Length == 1 ? "1 argument" : $"{Parameters.Length} arguments";

    public bool Accepts(int count) => IsEndless ? count >= Parameters.Length : count == Parameters.Length;

    public Value Call(Run run, Value[] values, JmesNode?[] references)
    {
        for (var i = 0; i < values.Length; i++) JmesArguments.Check(run, Name, Parameters[Math.Min(i, Parameters.Length - 1)], values[i], references[i]);
        return Body(run, new JmesArguments(Name, values, references));
    }
}
