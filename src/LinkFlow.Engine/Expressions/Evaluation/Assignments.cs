using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <summary>A target that can also be read: a variable, member or element.</summary>
internal abstract class Place : Target
{
    /// <summary>Reads it, and keeps the object and key so that they are evaluated only once.</summary>
    public abstract Value Read(Frame frame, out Value holder, out Value key);
    public abstract void Write(Frame frame, Value holder, Value key, Value value);
}

internal sealed class VariablePlace(int hops, int slot) : Place
{
    /// <summary>In the frame of the function itself; −1: further out.</summary>
    public int OwnSlot => hops == 0 ? slot : -1;

    public override void Assign(Frame frame, Value value)
    {
        for (var i = 0; i < hops; i++) frame = frame.Parent!;
        frame.Variables[slot] = value;
    }

    public override Value Read(Frame frame, out Value holder, out Value key)
    {
        holder = key = default;
        for (var i = 0; i < hops; i++) frame = frame.Parent!;
        return frame.Variables[slot];
    }

    public override void Write(Frame frame, Value holder, Value key, Value value) => Assign(frame, value);
}

/// <summary>A variable that may be used before its declaration has run, which is an error.</summary>
internal sealed class EarlyVariablePlace(string name, int hops, int slot) : Place
{
    public override void Assign(Frame frame, Value value) => Find(frame) = value;

    public override Value Read(Frame frame, out Value holder, out Value key)
    {
        holder = key = default;
        return Find(frame);
    }

    public override void Write(Frame frame, Value holder, Value key, Value value) => Assign(frame, value);

    private ref Value Find(Frame frame)
    {
        for (var i = 0; i < hops; i++) frame = frame.Parent!;
        Uninitialised.Require(frame.Variables[slot], name, Position);
        return ref frame.Variables[slot];
    }
}

internal sealed class PropertyPlace(Node target, Node name) : Place
{
    public override void Assign(Frame frame, Value value) => Write(frame, target.Evaluate(frame), name.Evaluate(frame), value);

    public override Value Read(Frame frame, out Value holder, out Value key)
    {
        holder = target.Evaluate(frame);
        key = name.Evaluate(frame);
        frame.Run.Position = Position;
        return holder.IsNullOrUndefined ? default : Properties.Get(frame.Run, holder, key);
    }

    public override void Write(Frame frame, Value holder, Value key, Value value)
    {
        frame.Run.Position = Position;
        Properties.Set(frame.Run, holder, key, value);
    }
}

internal sealed class DefaultTarget(Target target, Node otherwise) : Target
{
    public override void Assign(Frame frame, Value value) => target.Assign(frame, value.IsUndefined ? otherwise.Evaluate(frame) : value);
}

/// <summary>The parts of something iterable; a part that is null is left out.</summary>
/// <param name="rest">Receives what is left; null: it is dropped.</param>
internal sealed class ArrayTarget(Target?[] parts, Target? rest) : Target
{
    public override void Assign(Frame frame, Value value)
    {
        using var elements = Properties.Elements(frame.Run, value, Position).GetEnumerator();
        foreach (var part in parts)
        {
            var element = elements.MoveNext() ? elements.Current : default;
            part?.Assign(frame, element);
        }

        if (rest is null) return;
        var others = new ArrayValue();
        while (elements.MoveNext())
        {
            frame.Run.Step();
            frame.Run.MakeElements(1);
            others.Add(elements.Current);
        }

        rest.Assign(frame, others);
    }
}

/// <summary>The properties of a value; a part has a name or a computed key.</summary>
internal sealed class ObjectTarget((string? Name, Node? Key, Target Target)[] parts, Target? rest) : Target
{
    public override void Assign(Frame frame, Value value)
    {
        var run = frame.Run;
        if (value.IsNullOrUndefined) throw new ExpressionException(ExpressionErrorCodes.Type, $"{(value.IsNull ? "null" : "undefined")} has no properties to take apart.", Position);
        HashSet<string> taken = [];
        foreach (var (name, key, target) in parts)
        {
            var property = name ?? Properties.Name(run, key!.Evaluate(frame));
            taken.Add(property);
            target.Assign(frame, Properties.Get(run, value, property));
        }

        if (rest is null) return;
        var others = new ObjectValue();
        ObjectNode.CopyInto(run, others, value);
        foreach (var name in taken) others.Remove(name);
        rest.Assign(frame, others);
    }
}

internal sealed class AssignNode(Target target, Node value) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var result = value.Evaluate(frame);
        target.Assign(frame, result);
        return result;
    }
}

/// <summary><c>x += y</c>.</summary>
internal sealed class CompoundAssignNode(Place place, BinaryOperator op, Node value) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var before = place.Read(frame, out var holder, out var key);
        var right = value.Evaluate(frame);
        frame.Run.Position = Position;
        var result = Operators.Apply(frame.Run, op, before, right);
        place.Write(frame, holder, key, result);
        return result;
    }
}

/// <summary><c>x ??= y</c>: assigns only when it must.</summary>
internal sealed class LogicalAssignNode(Place place, LogicalOperator op, Node value) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var before = place.Read(frame, out var holder, out var key);
        if (LogicalNode.Decides(op, before)) return before;
        var result = value.Evaluate(frame);
        place.Write(frame, holder, key, result);
        return result;
    }
}

/// <summary><c>x++</c>, <c>--x</c>.</summary>
internal sealed class UpdateNode(Place place, int change, bool prefix) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var before = Coercion.ToNumber(frame.Run, place.Read(frame, out var holder, out var key));
        place.Write(frame, holder, key, before + change);
        return prefix ? before + change : before;
    }
}
