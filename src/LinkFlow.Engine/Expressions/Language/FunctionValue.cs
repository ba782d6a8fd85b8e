using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>Something that can be called.</summary>
internal abstract class FunctionValue : LanguageObject
{
    public static MethodTable AllMethods { get; } = new("function", new MethodList
    {
        { "call(self: any, ...arguments: any[]): any", "Calls it. The first argument counts for nothing: there is no 'this'.", "Math.max.call(null, 3, 9)",
            (run, self, args) => Of(self).Call(run, args.Length == 0 ? [] : args[1..]) },
        { "apply(self: any, arguments?: any[]): any", "Calls it with the elements of an array. The first argument counts for nothing: there is no 'this'.", "Math.max.apply(null, [3, 9])",
            (run, self, args) => Of(self).Call(run, args.At(1).AsArray is { } list ? list.Span : []) },
        { "bind(self: any, ...arguments: any[]): function", "The function with its first arguments given. The first of bind counts for nothing: there is no 'this'.", "Math.max.bind(null, 5)(3)",
            (run, self, args) => Bound(run, Of(self), args.Length == 0 ? [] : args[1..].ToArray()) },
        { "toString(): string", "The function as it is written.", "(x => x + 1).toString()",
            (run, self, _) => run.Made(Of(self).Print(run)) },
    })
    {
        Description = "What can be called. Left as the result of an expression it is an error.",
        Properties = new PropertyList
        {
            { "length: number", "How many parameters it has before the first with a default.", "((a, b = 1) => a).length", (_, self) => Of(self).ParameterCount },
            { "name: string", "Its name; empty when it has none.", "parseInt.name", (_, self) => Of(self).Name },
        },
    };

    public override string TypeName => "function";
    public override MethodTable Methods => AllMethods;
    public virtual string Name => "";
    public virtual int ParameterCount => 0;
    public abstract Value Call(Run run, ReadOnlySpan<Value> arguments);

    /// <summary>As <c>new f(…)</c>.</summary>
    public virtual Value Construct(Run run, ReadOnlySpan<Value> arguments) => throw run.TypeError("This is not a constructor: leave 'new' out.");
    public virtual bool IsInstance(Value value) => false;
    public override Value ToJson(Run run) => default;
    public override string Print(Run run) => "function () { [native code] }";

    private static Value Bound(Run run, FunctionValue function, Value[] first)
    {
        run.MakeElements(first.Length + 1);
        return Value.FromOther(new NativeFunction("bound " + function.Name, (r, _, args) =>
        {
            r.Enter();
            var result = function.Call(r, [.. first, .. args]);
            r.Leave();
            return result;
        }));
    }

    private static FunctionValue Of(Value self) => (FunctionValue)self.AsOther!;
}

/// <summary>A function of the library as a value.</summary>
internal sealed class NativeFunction(string name, NativeMethod method, Value self = default) : FunctionValue
{
    public override Value Call(Run run, ReadOnlySpan<Value> arguments) => method(run, self, arguments);
    public override string Name => name;
    public override string Print(Run run) => $"function {name}() {{ [native code] }}";
}

/// <summary>A constructor that is also a namespace: <c>Number(x)</c>, <c>new Date(x)</c>, <c>Array.isArray(x)</c>.</summary>
internal sealed class ConstructorFunction(string name, MethodTable statics) : FunctionValue
{
    public override MethodTable Methods => statics;
    public NativeMethod? WhenCalled { get; init; }
    public NativeMethod? WhenConstructed { get; init; }
    public Func<Value, bool> Recognises { get; init; } = _ => false;

    public override string Name => name;
    public override Value Get(Run run, string property) => property == "name" ? Value.From(name) : base.Get(run, property);

    public override Value Call(Run run, ReadOnlySpan<Value> arguments) =>
        WhenCalled is null ? throw run.TypeError($"'{name}' can be used only with 'new'.") : WhenCalled(run, default, arguments);

    public override Value Construct(Run run, ReadOnlySpan<Value> arguments) =>
        WhenConstructed is null ? base.Construct(run, arguments) : WhenConstructed(run, default, arguments);

    public override bool IsInstance(Value value) => Recognises(value);
    public override string Print(Run run) => $"function {name}() {{ [native code] }}";
}

/// <summary>A function written in the expression.</summary>
internal sealed class ScriptFunction(FunctionNode code, Frame closure) : FunctionValue
{
    public override string Name => code.Name ?? "";
    public override int ParameterCount => code.ParameterCount;
    /// <summary>The frame of a call that is over, for the next one.</summary>
    private Frame? _frame;

    public override Value Call(Run run, ReadOnlySpan<Value> arguments) => code.Invoke(run, closure, this, arguments);

    /// <summary>Null when there is none: calls may be within one another.</summary>
    public Frame? TakeFrame()
    {
        var frame = _frame;
        _frame = null;
        return frame;
    }

    public void KeepFrame(Frame frame)
    {
        Array.Clear(frame.Variables);
        _frame = frame;
    }

    public override string Print(Run run) => code.Source;
}
