using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <summary>A function written in the expression: evaluating it makes the function, invoking it runs its body.</summary>
internal sealed class FunctionNode : Node
{
    public required string? Name { get; init; }
    public required string Source { get; init; }

    /// <summary>What receive the arguments, in order.</summary>
    public required Target[] Parameters { get; init; }

    /// <summary>Receives the arguments that are left.</summary>
    public required Target? Rest { get; init; }

    /// <summary>How many arguments it asks for: those before the first default.</summary>
    public required int ParameterCount { get; init; }

    /// <summary>The body, when it is an expression.</summary>
    public required Node? Expression { get; init; }
    public required Statement? Block { get; init; }

    /// <summary>Where the function's own name is, for one that calls itself; −1: nowhere.</summary>
    public required int SelfSlot { get; init; }
    public required int VariableCount { get; init; }

    /// <summary>The parameters that a default before them uses; null: none.</summary>
    public required int[]? Early { get; init; }

    /// <summary>Where the parameters are, when each is a plain name; null: some take values apart, or have defaults.</summary>
    public required int[]? PlainParameters { get; init; }

    /// <summary>No function within it can outlive a call, so calls can use one frame after the other.</summary>
    public required bool FrameEndsWithCall { get; init; }

    public override Value Evaluate(Frame frame) => Value.FromOther(new ScriptFunction(this, frame));

    public Value Invoke(Run run, Frame closure, ScriptFunction self, ReadOnlySpan<Value> arguments)
    {
        run.Enter();
        var frame = self.TakeFrame() ?? new Frame(run, closure, VariableCount);
        if (SelfSlot >= 0) frame.Variables[SelfSlot] = Value.FromOther(self);
        Uninitialised.Mark(frame, Early);
        if (PlainParameters is { } slots)
        {
            for (var i = 0; i < slots.Length && i < arguments.Length; i++) frame.Variables[slots[i]] = arguments[i];
        }
        else
        {
            for (var i = 0; i < Parameters.Length; i++) Parameters[i].Assign(frame, i < arguments.Length ? arguments[i] : default);
        }

        if (Rest is not null)
        {
            var rest = new ArrayValue(arguments.Length > Parameters.Length ? arguments[Parameters.Length..].ToArray() : []);
            Rest.Assign(frame, run.Made(rest));
        }

        var value = Expression is not null ? Expression.Evaluate(frame) : RunBlock(frame);
        run.Leave();
        if (FrameEndsWithCall) self.KeepFrame(frame);
        return value;
    }

    private Value RunBlock(Frame frame)
    {
        if (Block!.Execute(frame) != Completion.Return) return default;
        var value = frame.Run.Returned;
        frame.Run.Returned = default;
        return value;
    }
}
