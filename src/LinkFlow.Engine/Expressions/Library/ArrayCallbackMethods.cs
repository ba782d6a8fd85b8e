using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>Methods of arrays that take a function.</summary>
internal static class ArrayCallbackMethods
{
    public static IReadOnlyDictionary<string, NativeMethod> All { get; } = new Dictionary<string, NativeMethod>
    {
        ["map"] = Map,
        ["filter"] = Filter,
        ["flatMap"] = FlatMap,
        ["forEach"] = (run, self, args) =>
        {
            var callback = Callback.Of(run, args.At(0), self);
            for (var i = 0; i < self.AsArray!.Count; i++) callback.Call(self.AsArray[i], i);
            return default;
        },
        ["some"] = (run, self, args) => First(run, self, args) >= 0,
        ["every"] = (run, self, args) =>
        {
            var callback = Callback.Of(run, args.At(0), self);
            for (var i = 0; i < self.AsArray!.Count; i++)
                if (!callback.Test(self.AsArray[i], i)) return Value.False;
            return Value.True;
        },
        ["find"] = (run, self, args) => First(run, self, args) is >= 0 and var at ? self.AsArray![at] : default,
        ["findIndex"] = (run, self, args) => First(run, self, args),
        ["findLast"] = (run, self, args) => Last(run, self, args) is >= 0 and var at ? self.AsArray![at] : default,
        ["findLastIndex"] = (run, self, args) => Last(run, self, args),
        ["reduce"] = (run, self, args) => Reduce(run, self, args, fromEnd: false),
        ["reduceRight"] = (run, self, args) => Reduce(run, self, args, fromEnd: true),
        ["toSorted"] = (run, self, args) => Sorting.Sort(run, ArrayMethods.Copy(run, self.AsArray!.Span), args.At(0)),
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
