using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <summary><c>target.name</c>.</summary>
/// <param name="inChain">A <c>?.</c> further left may have found nothing; then the rest is skipped.</param>
internal sealed class MemberNode(Node target, string name, bool optional, bool inChain) : Node
{
    /// <summary>Where the name was found last: items of one node tend to be alike. A race only costs a search.</summary>
    private int _place;

    private readonly string _name = PropertyNames.Share(name);

    public Node Target => target;
    public override bool IsPath => target.IsPath;

    public override Value Evaluate(Frame frame)
    {
        var value = target.Evaluate(frame);
        return value.AsObject is { } o ? Read(o) : ReadOther(frame, value);
    }

    public Value Read(ObjectValue o) => o.Find(_name, ref _place);

    public override string Suggest(Frame frame) => IsPath ? Properties.Suggest(target.Evaluate(frame), name) : "";

    private Value ReadOther(Frame frame, Value value)
    {
        var run = frame.Run;
        if (inChain && run.Skipping) return default;
        if (!value.IsNullOrUndefined)
        {
            run.Position = Position;
            return Properties.Get(run, value, name);
        }

        if (optional) run.Skipping = true;
        else if (!run.Scope.LenientPaths) throw CannotRead(frame, target, value, $"'{name}'");
        return default;
    }

    public static ExpressionException CannotRead(Frame frame, Node target, Value value, string what) =>
        new(ExpressionErrorCodes.Type, $"Cannot read {what} of {(value.IsNull ? "null" : "undefined")}.{target.Suggest(frame)}", target.Position);
}

/// <summary><c>target[index]</c>.</summary>
internal sealed class IndexNode(Node target, Node index, bool optional, bool inChain) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var value = target.Evaluate(frame);
        var run = frame.Run;
        if (inChain && run.Skipping) return default;
        if (value.IsNullOrUndefined)
        {
            if (optional)
            {
                run.Skipping = true;
                return default;
            }

            var what = index.Evaluate(frame);
            if (run.Scope.LenientPaths) return default;
            throw MemberNode.CannotRead(frame, target, value, what.IsNumber ? $"element {Coercion.ToString(run, what)}" : $"'{Coercion.ToString(run, what)}'");
        }

        var key = index.Evaluate(frame);
        run.Position = Position;
        return Properties.Get(run, value, key);
    }
}

/// <summary>How far a <c>?.</c> skips.</summary>
internal sealed class ChainNode(Node expression) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var value = expression.Evaluate(frame);
        if (!frame.Run.Skipping) return value;
        frame.Run.Skipping = false;
        return default;
    }
}

/// <summary><c>delete target[key]</c>; the key's node is a constant for <c>target.name</c>.</summary>
/// <param name="optional">As in <c>delete target?.name</c>.</param>
internal sealed class DeleteNode(Node target, Node key, bool optional) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var value = target.Evaluate(frame);
        if (frame.Run.Skipping || (optional && value.IsNullOrUndefined))
        {
            frame.Run.Skipping = false;
            return Value.True;
        }

        var name = Properties.Name(frame.Run, key.Evaluate(frame));
        if (value.AsArray is { IsFrozen: false } array)
        {
            if (Properties.IsIndex(name, out var index) && index < array.Count) array.Changeable()[index] = default;
            return Value.True;
        }

        if (value.AsObject is not { IsFrozen: false } o) throw TypeError($"Only a property of an object or array that this expression made can be deleted; this is {Properties.Describe(value)}.");
        frame.Run.Steps(o.Count / 8);
        o.Remove(name);
        return Value.True;
    }
}
