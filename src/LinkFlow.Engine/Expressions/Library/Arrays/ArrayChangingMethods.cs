using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Arrays;

/// <summary>Methods that change their array. The workflow's data never changes: on it they work on a copy.</summary>
internal static class ArrayChangingMethods
{
    public static MethodList All { get; } = new()
    {
        { "push(...values: any[]): number", "Adds elements at the end; gives the new length. The workflow's data stays as it is: there it works on a copy.", "[1, 2].push(3)",
            (run, self, args) =>
            {
                run.MakeElements(args.Length);
                var elements = Own(run, self).AsArray!.Changeable();
                elements.AddRange(args);
                return elements.Count;
            } },
        { "unshift(...values: any[]): number", "Adds elements at the start; gives the new length. The workflow's data stays as it is: there it works on a copy.", "[1, 2].unshift(0)",
            (run, self, args) =>
            {
                run.MakeElements(args.Length);
                var elements = Own(run, self).AsArray!.Changeable();
                run.Steps(elements.Count / 16);
                elements.InsertRange(0, args.ToArray());
                return elements.Count;
            } },
        { "pop(): any", "Takes the last element away and gives it; undefined when the array is empty. The workflow's data stays as it is.", "[1, 2, 3].pop()",
            (run, self, _) => Take(run, self, fromEnd: true) },
        { "shift(): any", "Takes the first element away and gives it; undefined when the array is empty. The workflow's data stays as it is.", "[1, 2, 3].shift()",
            (run, self, _) => Take(run, self, fromEnd: false) },
        { "reverse(): any[]", "Turns the order around, in the array itself, or in a copy of the workflow's data.", "[1, 2, 3].reverse()",
            (run, self, _) =>
            {
                var own = Own(run, self);
                run.Steps(own.AsArray!.Count);
                own.AsArray!.Changeable().Reverse();
                return own;
            } },
        { "sort(compare?: (a, b) => number): any[]", "Puts the elements in order as toSorted does, in the array itself, or in a copy of the workflow's data.", "['b', 'c', 'a'].sort()",
            (run, self, args) => Sorting.Sort(run, Own(run, self), args.At(0)) },
        { "splice(start: number, count?: number, ...values: any[]): any[]", "Takes elements away from a position on, puts others there, and gives those taken. The workflow's data stays as it is.", "[1, 2, 3, 4].splice(1, 2)",
            (run, self, args) => Splice(run, Own(run, self), args) },
        { "toSpliced(start: number, count?: number, ...values: any[]): any[]", "A new array without so many elements from a position on, and with others there.", "[1, 2, 3, 4].toSpliced(1, 2, 'x')",
            (run, self, args) =>
            {
                var copy = ArrayMethods.Copy(run, self.AsArray!.Span);
                Splice(run, copy, args);
                return copy;
            } },
        { "fill(value: any, start?: number, end?: number): any[]", "Puts a value in every place from start to before end, in the array itself, or in a copy of the workflow's data.", "Array(3).fill(0)",
            (run, self, args) =>
            {
                var own = Own(run, self);
                var elements = own.AsArray!.Changeable();
                run.Steps(elements.Count);
                var end = Coercion.ToRelative(run, args.At(2), elements.Count, elements.Count);
                for (var i = Coercion.ToRelative(run, args.At(1), elements.Count, 0); i < end; i++) elements[i] = args.At(0);
                return own;
            } },
        { "copyWithin(target: number, start: number, end?: number): any[]", "Copies the elements from start to before end over those at a position, in the array itself, or in a copy of the workflow's data.", "[1, 2, 3, 4].copyWithin(0, 2)",
            (run, self, args) =>
            {
                var own = Own(run, self);
                var elements = own.AsArray!.Changeable();
                run.Steps(elements.Count);
                var to = Coercion.ToRelative(run, args.At(0), elements.Count, 0);
                var start = Coercion.ToRelative(run, args.At(1), elements.Count, 0);
                var end = Coercion.ToRelative(run, args.At(2), elements.Count, elements.Count);
                var moved = start < end ? elements.GetRange(start, end - start) : [];
                for (var i = 0; i < moved.Count && to + i < elements.Count; i++) elements[to + i] = moved[i];
                return own;
            } },
    };

    /// <summary>The array, or a copy when it may not be changed.</summary>
    private static Value Own(Run run, Value self) => self.AsArray!.IsFrozen ? ArrayMethods.Copy(run, self.AsArray.Span) : self;

    private static Value Take(Run run, Value self, bool fromEnd)
    {
        var elements = Own(run, self).AsArray!.Changeable();
        if (elements.Count == 0) return default;
        var at = fromEnd ? elements.Count - 1 : 0;
        var taken = elements[at];
        if (!fromEnd) run.Steps(elements.Count / 16);
        elements.RemoveAt(at);
        return taken;
    }

    private static Value Splice(Run run, Value own, ReadOnlySpan<Value> arguments)
    {
        var elements = own.AsArray!.Changeable();
        run.Steps(elements.Count / 16);
        var start = Coercion.ToRelative(run, arguments.At(0), elements.Count, 0);
        var count = arguments.Length switch
        {
            0 => 0,
            1 => elements.Count - start,
            _ => (int)Math.Clamp(Coercion.ToInteger(run, arguments[1]), 0, elements.Count - start),
        };
        var removed = new ArrayValue(elements.GetRange(start, count));
        run.MakeElements(removed.Count + Math.Max(0, arguments.Length - 2));
        elements.RemoveRange(start, count);
        if (arguments.Length > 2) elements.InsertRange(start, arguments[2..].ToArray());
        return removed;
    }
}
