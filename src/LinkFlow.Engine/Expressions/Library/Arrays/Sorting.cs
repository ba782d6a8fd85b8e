using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Arrays;

/// <summary>A stable sort (merging), by string unless a comparer is given; undefined goes last.</summary>
internal static class Sorting
{
    /// <summary>Sorts an array that may be changed, in place.</summary>
    public static Value Sort(Run run, Value value, Value comparer)
    {
        if (!comparer.IsUndefined) Callback.Function(run, comparer);
        var elements = value.AsArray!.Changeable();
        var defined = elements.Where(e => !e.IsUndefined).ToArray();
        run.Steps(elements.Count);
        var sorted = comparer.AsOther is FunctionValue function ? ByFunction(run, defined, function) : ByText(run, defined);
        for (var i = 0; i < elements.Count; i++) elements[i] = i < sorted.Length ? sorted[i] : default;
        return value;
    }

    private static Value[] ByText(Run run, Value[] elements)
    {
        var texts = elements.Select(e => (Text: Coercion.ToString(run, e), Element: e)).ToArray();
        run.Steps(elements.Length * (long)Math.Log2(elements.Length + 1));
        Merge(texts, (a, b) => string.CompareOrdinal(a.Text, b.Text) <= 0);
        return Array.ConvertAll(texts, t => t.Element);
    }

    private static Value[] ByFunction(Run run, Value[] elements, FunctionValue comparer)
    {
        var pair = new Value[2];
        Merge(elements, (a, b) =>
        {
            // The later first, as V8 asks: a comparer that gives only true and false then sorts as little as it does there.
            (pair[0], pair[1]) = (b, a);
            run.Step();
            return !(Coercion.ToNumber(run, comparer.Call(run, pair)) < 0);
        });
        return elements;
    }

    private static void Merge<T>(T[] elements, Func<T, T, bool> inOrder)
    {
        var from = elements;
        var to = new T[elements.Length];
        for (var width = 1; width < elements.Length; width *= 2)
        {
            for (var start = 0; start < elements.Length; start += 2 * width)
            {
                var middle = Math.Min(start + width, elements.Length);
                var end = Math.Min(start + 2 * width, elements.Length);
                var (left, right) = (start, middle);
                for (var at = start; at < end; at++)
                    to[at] = left < middle && (right >= end || inOrder(from[left], from[right])) ? from[left++] : from[right++];
            }

            (from, to) = (to, from);
        }

        if (!ReferenceEquals(from, elements)) from.CopyTo(elements, 0);
    }
}
