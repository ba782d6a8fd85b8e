using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Arrays;

/// <summary>Methods of arrays that take a function.</summary>
internal static class ArrayCallbackMethods
{
    public static MethodList All { get; } = new()
    {
        { "map(f: (element, index, array) => any): any[]", "A new array of what the function makes of each element.", "$json.tags.map(tag => tag.toUpperCase())",
            Map },
        { "filter(f: (element, index, array) => boolean): any[]", "A new array of the elements for which the function gives something true.", "[5, 12, 8].filter(n => n > 6)",
            Filter },
        { "flatMap(f: (element, index, array) => any): any[]", "As map, then flat: the function may give several elements in an array, or none.", "['a b', 'c'].flatMap(s => s.split(' '))",
            FlatMap },
        { "forEach(f: (element, index, array) => any): undefined", "Calls the function with each element.", "(() => { const seen = []; [1, 2].forEach(n => seen.push(n * 2)); return seen; })()",
            (run, self, args) =>
            {
                var callback = Callback.Of(run, args.At(0), self);
                for (var i = 0; i < self.AsArray!.Count; i++) callback.Call(self.AsArray[i], i);
                return default;
            } },
        { "some(f: (element, index, array) => boolean): boolean", "Whether the function gives something true for at least one element.", "[1, 2].some(n => n > 1)",
            (run, self, args) => First(run, self, args) >= 0 },
        { "every(f: (element, index, array) => boolean): boolean", "Whether the function gives something true for every element; true for an empty array.", "[1, 2].every(n => n > 1)",
            (run, self, args) =>
            {
                var callback = Callback.Of(run, args.At(0), self);
                for (var i = 0; i < self.AsArray!.Count; i++)
                    if (!callback.Test(self.AsArray[i], i)) return Value.False;
                return Value.True;
            } },
        { "find(f: (element, index, array) => boolean): any", "The first element for which the function gives something true; undefined when there is none.", "[5, 12, 8].find(n => n > 6)",
            (run, self, args) => First(run, self, args) is >= 0 and var at ? self.AsArray![at] : default },
        { "findIndex(f: (element, index, array) => boolean): number", "The position of the first element for which the function gives something true; −1 when there is none.", "[5, 12, 8].findIndex(n => n > 6)",
            (run, self, args) => First(run, self, args) },
        { "findLast(f: (element, index, array) => boolean): any", "The last element for which the function gives something true; undefined when there is none.", "[5, 12, 8].findLast(n => n > 6)",
            (run, self, args) => Last(run, self, args) is >= 0 and var at ? self.AsArray![at] : default },
        { "findLastIndex(f: (element, index, array) => boolean): number", "The position of the last element for which the function gives something true; −1 when there is none.", "[5, 12, 8].findLastIndex(n => n > 6)",
            (run, self, args) => Last(run, self, args) },
        { "reduce(f: (result, element, index, array) => any, start?: any): any", "Carries a result from element to element. Without a start the first element is it; an empty array then is an error.", "[1, 2, 3].reduce((sum, n) => sum + n, 0)",
            (run, self, args) => Reduce(run, self, args, fromEnd: false) },
        { "reduceRight(f: (result, element, index, array) => any, start?: any): any", "As reduce, from the last element to the first.", "['a', 'b', 'c'].reduceRight((text, s) => text + s)",
            (run, self, args) => Reduce(run, self, args, fromEnd: true) },
        { "toSorted(compare?: (a, b) => number): any[]", "A new array in order: by the elements' strings, unless a function tells by a negative or positive number which comes first. Undefined goes last.", "[10, 9, 1].toSorted((a, b) => a - b)",
            (run, self, args) => Sorting.Sort(run, ArrayMethods.Copy(run, self.AsArray!.Span), args.At(0)) },
    };

    private static Value Map(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var array = self.AsArray!;
        var callback = Callback.Of(run, arguments.At(0), self);
        run.MakeElements(array.Count);
        var result = new ArrayValue(array.Count);
        for (var i = 0; i < array.Count; i++) result.Add(callback.Call(array[i], i));
        return result;
    }

    private static Value Filter(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var array = self.AsArray!;
        var callback = Callback.Of(run, arguments.At(0), self);
        var result = new ArrayValue();
        for (var i = 0; i < array.Count; i++)
        {
            var element = array[i];
            if (!callback.Test(element, i)) continue;
            run.MakeElements(1);
            result.Add(element);
        }

        return result;
    }

    private static Value FlatMap(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var mapped = Map(run, self, arguments);
        var result = new ArrayValue();
        ArrayMethods.Flatten(run, mapped.AsArray!, 1, result);
        return result;
    }

    private static int First(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var callback = Callback.Of(run, arguments.At(0), self);
        for (var i = 0; i < self.AsArray!.Count; i++)
            if (callback.Test(self.AsArray[i], i)) return i;
        return -1;
    }

    private static int Last(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var callback = Callback.Of(run, arguments.At(0), self);
        for (var i = self.AsArray!.Count - 1; i >= 0; i--)
            if (i < self.AsArray.Count && callback.Test(self.AsArray[i], i)) return i;
        return -1;
    }

    private static Value Reduce(Run run, Value self, ReadOnlySpan<Value> arguments, bool fromEnd)
    {
        var array = self.AsArray!;
        var function = Callback.Function(run, arguments.At(0));
        var (at, step) = fromEnd ? (array.Count - 1, -1) : (0, 1);
        Value result;
        if (arguments.Length > 1) result = arguments[1];
        else
        {
            if (array.Count == 0) throw run.TypeError("Reduce of an empty array needs a value to start with: reduce(f, 0).");
            result = array[at];
            at += step;
        }

        var given = new Value[4];
        for (; at >= 0 && at < array.Count; at += step)
        {
            (given[0], given[1], given[2], given[3]) = (result, array[at], at, self);
            run.Step();
            result = function.Call(run, given);
        }

        return result;
    }
}
