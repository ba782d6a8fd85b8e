using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>A function that a method was given, called with an element, its index and the whole.</summary>
internal readonly struct Callback
{
    private readonly Run _run;
    private readonly FunctionValue _function;
    private readonly Value[] _arguments;

    private Callback(Run run, FunctionValue function, Value whole)
    {
        _run = run;
        _function = function;
        _arguments = [default, default, whole];
    }

    /// <exception cref="ExpressionException">It is not a function.</exception>
    public static Callback Of(Run run, Value function, Value whole) => new(run, Function(run, function), whole);

    public static FunctionValue Function(Run run, Value value) =>
        value.AsOther as FunctionValue ?? throw run.TypeError($"A function was expected, e.g. x => x.id, not {Properties.Describe(value)}.");

    public Value Call(Value element, int index)
    {
        _arguments[0] = element;
        _arguments[1] = index;
        _run.Step();
        return _function.Call(_run, _arguments);
    }

    public bool Test(Value element, int index) => Coercion.ToBoolean(Call(element, index));
}
