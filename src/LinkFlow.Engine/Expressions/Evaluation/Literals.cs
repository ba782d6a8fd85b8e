using System.Text;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

internal sealed class ConstantNode(Value value) : Node
{
    public Value Value => value;
    public override Value Evaluate(Frame frame) => value;
}

/// <summary>A variable of the scope: <c>$json</c>.</summary>
internal sealed class VariableNode(Func<Run, Value> read) : Node
{
    public override bool IsPath => true;
    public override Value Evaluate(Frame frame)
    {
        frame.Run.Position = Position;
        return read(frame.Run);
    }
}

/// <summary>The item's data, the commonest variable.</summary>
internal sealed class JsonNode : Node
{
    private static readonly Value None = Value.From(new ObjectValue(0)).Freeze();

    public override bool IsPath => true;
    public override Value Evaluate(Frame frame) => Of(frame.Run.Scope);

    public static Value Of(ExpressionScope scope) => scope.Item is { } item ? Value.From(item.Json).Freeze() : None;
}

/// <summary>A declared variable or parameter.</summary>
/// <param name="hops">How many frames outwards.</param>
internal sealed class LocalNode(int hops, int slot) : Node
{
    public override bool IsPath => true;

    public override Value Evaluate(Frame frame)
    {
        for (var i = 0; i < hops; i++) frame = frame.Parent!;
        return frame.Variables[slot];
    }
}

/// <summary>A declared variable that may be read before its declaration has run, which is an error.</summary>
internal sealed class EarlyLocalNode(string name, int hops, int slot) : Node
{
    public override Value Evaluate(Frame frame)
    {
        for (var i = 0; i < hops; i++) frame = frame.Parent!;
        Uninitialised.Require(frame.Variables[slot], name, Position);
        return frame.Variables[slot];
    }
}

internal sealed class RegexNode(CompiledPattern pattern) : Node
{
    public override Value Evaluate(Frame frame) => Value.FromOther(new RegexValue(pattern));
}

/// <summary>A template; numbers that keep their text are printed with it.</summary>
internal sealed class TemplateNode(string[] chunks, Node[] parts) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var text = new StringBuilder(chunks[0]);
        frame.Run.Make(chunks[0].Length);
        for (var i = 0; i < parts.Length; i++)
        {
            var value = parts[i].Evaluate(frame);
            frame.Run.Position = parts[i].Position;
            var part = value.NumberAsWritten ?? Coercion.ToString(frame.Run, Coercion.ToPrimitive(frame.Run, value, preferNumber: false));
            frame.Run.Make((double)part.Length + chunks[i + 1].Length);
            text.Append(part).Append(chunks[i + 1]);
        }

        return Value.From(text.ToString());
    }
}

/// <summary>An element that is null is a hole, which reads as undefined.</summary>
internal sealed class ArrayNode(Node?[] elements) : Node
{
    public override Value Evaluate(Frame frame)
    {
        frame.Run.MakeElements(elements.Length);
        var array = new ArrayValue(elements.Length);
        foreach (var element in elements)
        {
            if (element is not SpreadNode spread) array.Add(element?.Evaluate(frame) ?? default);
            else spread.AddTo(frame, array.Changeable());
        }

        return Value.From(array);
    }
}

/// <summary><c>...x</c> within an array or arguments.</summary>
internal sealed class SpreadNode(Node argument) : Node
{
    public override Value Evaluate(Frame frame) => argument.Evaluate(frame);

    public void AddTo(Frame frame, List<Value> list)
    {
        foreach (var element in Properties.Elements(frame.Run, argument.Evaluate(frame), Position))
        {
            frame.Run.Step();
            frame.Run.MakeElements(1);
            list.Add(element);
        }
    }
}

/// <summary>A property of an object literal: with a name, a computed key, or, with neither, spread.</summary>
internal sealed record ObjectPart(string? Name, Node? Key, Node Value);

internal sealed class ObjectNode(ObjectPart[] parts) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var run = frame.Run;
        run.MakeElements(parts.Length);
        var o = new ObjectValue(parts.Length);
        foreach (var part in parts)
        {
            if (part.Name is not null) o.Set(part.Name, part.Value.Evaluate(frame));
            else if (part.Key is not null) o.Set(Properties.Name(run, part.Key.Evaluate(frame)), part.Value.Evaluate(frame));
            else CopyInto(run, o, part.Value.Evaluate(frame));
        }

        return Value.From(o);
    }

    public static void CopyInto(Run run, ObjectValue o, Value source)
    {
        if (source.IsNullOrUndefined) return;
        foreach (var key in Properties.Keys(source))
        {
            run.Step();
            run.MakeElements(1);
            o.Set(key, Properties.Get(run, source, key));
        }
    }
}
