using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.JmesPath;

/// <summary>A piece of a query. Immutable, and shared by all evaluations. What is undefined or a function is null to it, a date its text.</summary>
/// <param name="height">Of the tree below, itself included.</param>
internal abstract class JmesNode(int height)
{
    public int Height => height;

    public abstract Value Evaluate(Run run, Value current);

    /// <summary>False: null, false, and an empty text, array or object.</summary>
    public static bool IsTrue(Value value) => value.Kind switch
    {
        ValueKind.Null or ValueKind.Undefined => false,
        ValueKind.Boolean => value.AsBoolean,
        ValueKind.String => value.AsString!.Length > 0,
        ValueKind.Array => value.AsArray!.Count > 0,
        ValueKind.Object => value.AsObject!.Count > 0,
        _ => true,
    };

    /// <summary>As JSON knows it, this level only.</summary>
    public static Value Plain(Run run, Value value) => value.Kind switch
    {
        ValueKind.Undefined => Value.Null,
        ValueKind.Other => ((LanguageObject)value.AsOther!).ToJson(run) is { IsUndefined: false } json ? json : Value.Null,
        _ => value,
    };

    protected static int Above(params ReadOnlySpan<JmesNode> nodes)
    {
        var height = 0;
        foreach (var node in nodes) height = Math.Max(height, node.Height);
        return height + 1;
    }

    /// <summary>What of the elements is not null, as the array that a projection gives.</summary>
    protected static Value Project(Run run, IEnumerable<Value> elements, JmesNode each)
    {
        var results = new ArrayValue();
        foreach (var element in elements)
        {
            run.Step();
            var result = each.Evaluate(run, Plain(run, element));
            if (result.IsNull) continue;
            run.MakeElements(1);
            results.Add(result);
        }

        return results;
    }
}

/// <summary><c>@</c>.</summary>
internal sealed class CurrentJmesNode() : JmesNode(1)
{
    public static CurrentJmesNode Instance { get; } = new();
    public override Value Evaluate(Run run, Value current) => current;
}

internal sealed class LiteralJmesNode(Value value) : JmesNode(1)
{
    public override Value Evaluate(Run run, Value current) => value;
}

/// <summary>A property; null of what is no object.</summary>
internal sealed class FieldJmesNode(string name) : JmesNode(1)
{
    private readonly string _name = PropertyNames.Share(name);

    public override Value Evaluate(Run run, Value current) => current.AsObject is { } o ? Plain(run, o[_name]) : Value.Null;
}

/// <summary><c>left.right</c> and <c>left | right</c>.</summary>
internal sealed class ChainJmesNode(JmesNode left, JmesNode right) : JmesNode(Above(left, right))
{
    public override Value Evaluate(Run run, Value current)
    {
        run.Step();
        return right.Evaluate(run, left.Evaluate(run, current));
    }
}

internal sealed class IndexJmesNode(JmesNode left, int index) : JmesNode(Above(left))
{
    public override Value Evaluate(Run run, Value current)
    {
        if (left.Evaluate(run, current).AsArray is not { } array) return Value.Null;
        var at = index < 0 ? array.Count + (long)index : index;
        return at >= 0 && at < array.Count ? Plain(run, array[(int)at]) : Value.Null;
    }
}

internal sealed class SliceJmesNode(JmesNode left, int? start, int? stop, int step) : JmesNode(Above(left))
{
    public override Value Evaluate(Run run, Value current)
    {
        if (left.Evaluate(run, current).AsArray is not { } array) return Value.Null;
        var slice = new ArrayValue();
        var (first, last) = (Bound(start, array.Count, isStart: true), Bound(stop, array.Count, isStart: false));
        for (long i = first; step > 0 ? i < last : i > last; i += step)
        {
            run.Step();
            run.MakeElements(1);
            slice.Add(array[(int)i]);
        }

        return slice;
    }

    private long Bound(int? given, long count, bool isStart)
    {
        if (given is not { } at) return isStart ? (step > 0 ? 0 : count - 1) : step > 0 ? count : -1;
        var place = at < 0 ? count + at : at;
        return step > 0 ? Math.Clamp(place, 0, count) : Math.Clamp(place, -1, count - 1);
    }
}

/// <summary><c>left[]</c>: arrays within the array are laid open, one level.</summary>
internal sealed class FlattenJmesNode(JmesNode left) : JmesNode(Above(left))
{
    public override Value Evaluate(Run run, Value current)
    {
        if (left.Evaluate(run, current).AsArray is not { } array) return Value.Null;
        var flat = new ArrayValue();
        foreach (var element in array)
        {
            IReadOnlyList<Value> several = element.AsArray is { } inner ? inner : [element];
            run.Steps(1 + several.Count);
            run.MakeElements(several.Count);
            foreach (var value in several) flat.Add(value);
        }

        return flat;
    }
}

/// <summary><c>left[*]</c> and what follows it, element by element.</summary>
internal sealed class ProjectionJmesNode(JmesNode left, JmesNode each) : JmesNode(Above(left, each))
{
    public override Value Evaluate(Run run, Value current) => left.Evaluate(run, current).AsArray is { } array ? Project(run, array, each) : Value.Null;
}

/// <summary><c>left.*</c> and what follows it, property by property.</summary>
internal sealed class ValuesJmesNode(JmesNode left, JmesNode each) : JmesNode(Above(left, each))
{
    public override Value Evaluate(Run run, Value current) => left.Evaluate(run, current).AsObject is { } o ? Project(run, o.Select(p => p.Value), each) : Value.Null;
}

/// <summary><c>left[?condition]</c> and what follows it.</summary>
internal sealed class FilterJmesNode(JmesNode left, JmesNode condition, JmesNode each) : JmesNode(Above(left, condition, each))
{
    public override Value Evaluate(Run run, Value current) => left.Evaluate(run, current).AsArray is { } array
        ? Project(run, array.Where(e => Matches(run, e)), each)
        : Value.Null;

    private bool Matches(Run run, Value element)
    {
        run.Step();
        return IsTrue(condition.Evaluate(run, Plain(run, element)));
    }
}

/// <summary><c>[a, b]</c>; null of null.</summary>
internal sealed class ListJmesNode(JmesNode[] elements) : JmesNode(Above(elements))
{
    public override Value Evaluate(Run run, Value current)
    {
        if (current.IsNull) return Value.Null;
        run.Steps(elements.Length);
        run.MakeElements(elements.Length);
        var list = new ArrayValue(elements.Length);
        foreach (var element in elements) list.Add(element.Evaluate(run, current));
        return list;
    }
}

/// <summary><c>{a: b}</c>; null of null.</summary>
internal sealed class HashJmesNode((string Name, JmesNode Node)[] members) : JmesNode(Above(members.Select(m => m.Node).ToArray()))
{
    public override Value Evaluate(Run run, Value current)
    {
        if (current.IsNull) return Value.Null;
        run.Steps(members.Length);
        run.MakeElements(members.Length);
        var hash = new ObjectValue(members.Length);
        foreach (var (name, node) in members) hash.Set(name, node.Evaluate(run, current));
        return hash;
    }
}

internal sealed class OrJmesNode(JmesNode left, JmesNode right) : JmesNode(Above(left, right))
{
    public override Value Evaluate(Run run, Value current) => left.Evaluate(run, current) is var value && IsTrue(value) ? value : right.Evaluate(run, current);
}

internal sealed class AndJmesNode(JmesNode left, JmesNode right) : JmesNode(Above(left, right))
{
    public override Value Evaluate(Run run, Value current) => left.Evaluate(run, current) is var value && IsTrue(value) ? right.Evaluate(run, current) : value;
}

internal sealed class NotJmesNode(JmesNode operand) : JmesNode(Above(operand))
{
    public override Value Evaluate(Run run, Value current) => !IsTrue(operand.Evaluate(run, current));
}

/// <summary>Equality is that of JSON; numbers have an order, and texts have one too, by code point; else null.</summary>
internal sealed class CompareJmesNode(JmesTokenKind kind, JmesNode left, JmesNode right) : JmesNode(Above(left, right))
{
    public override Value Evaluate(Run run, Value current)
    {
        run.Step();
        var (x, y) = (left.Evaluate(run, current), right.Evaluate(run, current));
        if (kind is JmesTokenKind.Equal or JmesTokenKind.NotEqual) return JmesEquality.AreEqual(run, x, y) == (kind == JmesTokenKind.Equal);
        if (!(x.IsNumber && y.IsNumber) && !(x.IsString && y.IsString)) return Value.Null;
        var order = x.IsNumber ? x.AsNumber.CompareTo(y.AsNumber) : JmesEquality.Order(run, x.AsString!, y.AsString!);
        return kind switch
        {
            JmesTokenKind.Less => order < 0,
            JmesTokenKind.LessOrEqual => order <= 0,
            JmesTokenKind.Greater => order > 0,
            _ => order >= 0,
        };
    }
}

/// <summary><c>&amp;expression</c>: not evaluated, but handed to a function. To anything else it is null.</summary>
internal sealed class ReferenceJmesNode(JmesNode target) : JmesNode(Above(target))
{
    public JmesNode Target => target;
    public override Value Evaluate(Run run, Value current) => Value.Null;
}

internal sealed class FunctionJmesNode(JmesFunction function, JmesNode[] arguments) : JmesNode(Above(arguments))
{
    public override Value Evaluate(Run run, Value current)
    {
        run.Step();
        var values = new Value[arguments.Length];
        var references = new JmesNode?[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            references[i] = (arguments[i] as ReferenceJmesNode)?.Target;
            values[i] = arguments[i].Evaluate(run, current);
        }

        return function.Call(run, values, references);
    }
}
