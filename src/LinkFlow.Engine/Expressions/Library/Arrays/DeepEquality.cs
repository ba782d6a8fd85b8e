using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Arrays;

/// <summary>
/// Whether two values have the same contents: objects regardless of the order of their properties, dates by their
/// moment. Each comparison counts as a step, and how deep it goes as calls do, so that no value can exhaust the stack.
/// </summary>
internal sealed class DeepEquality(Run run) : IEqualityComparer<Value>
{
    private const int HashedElements = 8;

    public bool Equals(Value x, Value y)
    {
        run.Step();
        (x, y) = (Plain(x), Plain(y));
        if (x.Kind != y.Kind) return false;
        if (x.AsArray is { } array) return ReferenceEquals(array, y.AsArray) || Same(array, y.AsArray!);
        if (x.AsObject is { } o) return ReferenceEquals(o, y.AsObject) || Same(o, y.AsObject!);
        return Coercion.SameValue(x, y);
    }

    /// <summary>Of the outermost level only: it must be cheap, and equal for what is equal.</summary>
    public int GetHashCode(Value value)
    {
        run.Step();
        value = Plain(value);
        if (value.AsArray is { } array)
        {
            var hash = array.Count;
            for (var i = 0; i < Math.Min(array.Count, HashedElements); i++) hash = hash * 31 + Shallow(array[i]);
            return hash;
        }

        if (value.AsObject is not { } o) return Shallow(value);
        var sum = o.Count;
        run.Steps(o.Count);
        foreach (var (name, property) in o) sum += name.GetHashCode(StringComparison.Ordinal) * 31 + Shallow(property);
        return sum;
    }

    private static int Shallow(Value value) => value.Kind switch
    {
        ValueKind.Number => (value.AsNumber == 0 ? 0 : value.AsNumber).GetHashCode(),
        ValueKind.Other => 0,
        ValueKind.Array or ValueKind.Object => (int)value.Kind,
        _ => value.GetHashCode(),
    };

    private bool Same(ArrayValue x, ArrayValue y)
    {
        if (x.Count != y.Count) return false;
        run.Enter();
        var same = true;
        for (var i = 0; same && i < x.Count; i++) same = Equals(x[i], y[i]);
        run.Leave();
        return same;
    }

    private bool Same(ObjectValue x, ObjectValue y)
    {
        if (x.Count != y.Count) return false;
        run.Enter();
        var same = true;
        for (var i = 0; same && i < x.Count; i++) same = y.TryGet(x.NameAt(i), out var other) && Equals(x.ValueAt(i), other);
        run.Leave();
        return same;
    }

    /// <summary>Items, matches and dates as their JSON; sets, maps, patterns, errors and functions stay what they are.</summary>
    private Value Plain(Value value) =>
        value.AsOther is LanguageObject other and not (FunctionValue or CollectionValue or ErrorValue or RegexValue) ? other.ToJson(run) : value;
}
