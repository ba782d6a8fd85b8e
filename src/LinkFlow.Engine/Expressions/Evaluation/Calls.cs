using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <summary>The arguments of a call.</summary>
internal sealed class ArgumentList(Node[] arguments)
{
    private readonly bool _hasSpread = arguments.Any(a => a is SpreadNode);

    /// <summary>The one argument that there is, when it is no spread; null otherwise.</summary>
    public Node? Only { get; } = arguments is [not SpreadNode] ? arguments[0] : null;

    public Value[] Evaluate(Frame frame)
    {
        if (arguments.Length == 0) return [];
        if (_hasSpread) return WithSpread(frame);
        var values = new Value[arguments.Length];
        for (var i = 0; i < values.Length; i++) values[i] = arguments[i].Evaluate(frame);
        return values;
    }

    private Value[] WithSpread(Frame frame)
    {
        List<Value> values = [];
        foreach (var argument in arguments)
        {
            if (argument is SpreadNode spread) spread.AddTo(frame, values);
            else values.Add(argument.Evaluate(frame));
        }

        return [.. values];
    }
}

/// <summary><c>callee(…)</c>.</summary>
internal sealed class CallNode(Node callee, string source, ArgumentList arguments, bool optional, bool inChain) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var value = callee.Evaluate(frame);
        var run = frame.Run;
        if (inChain && run.Skipping) return default;
        if (optional && value.IsNullOrUndefined)
        {
            run.Skipping = true;
            return default;
        }

        if (value.AsOther is not FunctionValue function) throw new ExpressionException(ExpressionErrorCodes.Type, $"{source} is not a function; it is {Properties.Describe(value)}.", callee.Position);
        var given = arguments.Evaluate(frame);
        run.Position = Position;
        run.Step();
        return function.Call(run, given);
    }
}

/// <summary><c>target.name(…)</c>: a method of the library, or a function in a property.</summary>
/// <param name="optionalMember">As in <c>target?.name()</c>.</param>
/// <param name="optionalCall">As in <c>target.name?.()</c>.</param>
internal sealed class MethodCallNode(Node target, string name, ArgumentList arguments, bool optionalMember, bool optionalCall, bool inChain) : Node
{
    private readonly NativeMethod? _ofStrings = MethodTables.Strings.Find(name);
    private readonly NativeMethod? _ofArrays = MethodTables.Arrays.Find(name);
    private readonly NativeMethod? _ofObjects = MethodTables.Objects.Find(name);
    private readonly NativeMethod? _ofNothing = MethodTables.Nothing.Find(name);

    public override Value Evaluate(Frame frame)
    {
        var value = target.Evaluate(frame);
        var run = frame.Run;
        if (inChain && run.Skipping) return default;
        if (value.IsNullOrUndefined) return OfNothing(frame, value);
        run.Position = Position;
        var method = value.Kind switch
        {
            ValueKind.String => _ofStrings,
            ValueKind.Array => _ofArrays,
            ValueKind.Object => null,
            _ => MethodTables.Of(value).Find(name),
        };
        if (method is null) return CallProperty(frame, value);
        if (arguments.Only is { } only)
        {
            var argument = only.Evaluate(frame);
            run.Position = Position;
            run.Step();
            return method(run, value, new ReadOnlySpan<Value>(in argument));
        }

        var given = arguments.Evaluate(frame);
        run.Position = Position;
        run.Step();
        return method(run, value, given);
    }

    private Value OfNothing(Frame frame, Value value)
    {
        if (optionalMember) frame.Run.Skipping = true;
        else if (_ofNothing is not null) return _ofNothing(frame.Run, value, arguments.Evaluate(frame));
        else if (!frame.Run.Scope.LenientPaths) throw MemberNode.CannotRead(frame, target, value, $"'{name}'");
        return default;
    }

    private Value CallProperty(Frame frame, Value value)
    {
        var run = frame.Run;
        var property = Properties.Get(run, value, name);
        if (property.AsOther is FunctionValue function)
        {
            var given = arguments.Evaluate(frame);
            run.Position = Position;
            run.Step();
            return function.Call(run, given);
        }

        if (value.IsObject && _ofObjects is not null) return _ofObjects(run, value, arguments.Evaluate(frame));
        if (property.IsNullOrUndefined && optionalCall)
        {
            run.Skipping = true;
            return default;
        }

        if (!property.IsUndefined) throw TypeError($"'{name}' is not a function; it is {Properties.Describe(property)}.");
        var known = MethodTables.Of(value);
        throw new ExpressionException(ExpressionErrorCodes.UnknownName, $"There is no method '{name}' of {Properties.Describe(value)}.{DidYouMean.Suggestion(name, known.Names)}", Position);
    }
}

/// <summary><c>new callee(…)</c>.</summary>
internal sealed class NewNode(Node callee, ArgumentList arguments) : Node
{
    public override Value Evaluate(Frame frame)
    {
        if (callee.Evaluate(frame).AsOther is not FunctionValue function) throw TypeError("Only Date, Set, Map, RegExp, Array, Object, String, Number, Boolean and Error can stand after 'new'.");
        var given = arguments.Evaluate(frame);
        frame.Run.Position = Position;
        frame.Run.Step();
        return function.Construct(frame.Run, given);
    }
}
