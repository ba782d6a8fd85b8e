using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.JmesPath;

/// <summary>When JSON values are the same, and which of two texts comes first.</summary>
internal static class JmesEquality
{
    /// <summary>Deep; counted as work, and bounded in depth by the limits of the expression.</summary>
    public static bool AreEqual(Run run, Value left, Value right)
    {
        (left, right) = (JmesNode.Plain(run, left), JmesNode.Plain(run, right));
        if (left.Kind != right.Kind) return false;
        run.Step();
        switch (left.Kind)
        {
            case ValueKind.Array:
                var (xs, ys) = (left.AsArray!, right.AsArray!);
                if (xs.Count != ys.Count) return false;
                run.Enter();
                var same = true;
                for (var i = 0; i < xs.Count && same; i++) same = AreEqual(run, xs[i], ys[i]);
                run.Leave();
                return same;
            case ValueKind.Object:
                var (x, y) = (left.AsObject!, right.AsObject!);
                if (x.Count != y.Count) return false;
                run.Enter();
                var alike = x.All(p => y.TryGet(p.Key, out var other) && AreEqual(run, p.Value, other));
                run.Leave();
                return alike;
            case ValueKind.Number: return left.AsNumber == right.AsNumber;
            default: return left.Equals(right);
        }
    }

    /// <summary>By code points, not by UTF-16 units.</summary>
    public static int Order(Run run, string left, string right)
    {
        run.Steps(Math.Min(left.Length, right.Length) / 8);
        var at = left.AsSpan().CommonPrefixLength(right);
        if (at == left.Length || at == right.Length) return left.Length.CompareTo(right.Length);
        var (x, y) = (left[at], right[at]);
        return char.IsSurrogate(x) != char.IsSurrogate(y) ? char.IsSurrogate(x) ? 1 : -1 : x.CompareTo(y);
    }
}
