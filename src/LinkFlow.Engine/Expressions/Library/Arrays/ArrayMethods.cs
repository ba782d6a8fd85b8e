using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Arrays;

/// <summary>Methods of arrays that take no function and change nothing.</summary>
internal static class ArrayMethods
{
    public static MethodList All { get; } = new()
    {
        { "at(index: number): any", "The element at a position; a negative one counts from the end. Undefined beyond the ends.", "[1, 2, 3].at(-1)",
            (run, self, args) =>
            {
                var array = self.AsArray!;
                var at = Coercion.ToInteger(run, args.At(0));
                if (at < 0) at += array.Count;
                return at >= 0 && at < array.Count ? array[(int)at] : default;
            } },
        { "concat(...values: any[]): any[]", "A new array of its elements and the others; arrays among them give their elements.", "[1].concat([2, 3], 4)",
            Concat },
        { "includes(value: any, start?: number): boolean", "Whether the value is among the elements. Objects and arrays only when they are the same one.", "['a', 'b'].includes('b')",
            (run, self, args) => Find(run, self.AsArray!, args, Coercion.SameValue) >= 0 },
        { "indexOf(value: any, start?: number): number", "The first position of the value, from 0; −1 when it is not there.", "['a', 'b', 'a'].indexOf('a')",
            (run, self, args) => Find(run, self.AsArray!, args, Coercion.StrictEquals) },
        { "lastIndexOf(value: any, start?: number): number", "The last position of the value, from 0; −1 when it is not there.", "['a', 'b', 'a'].lastIndexOf('a')",
            LastIndexOf },
        { "join(separator?: string): string", "The elements' strings with a separator between, a comma unless another is given. Null and undefined are empty.", "['a', 'b', null].join('-')",
            (run, self, args) => Value.From(Coercion.Join(run, self.AsArray!, args.At(0).IsUndefined ? "," : Coercion.ToString(run, args.At(0)))) },
        { "slice(start?: number, end?: number): any[]", "A new array from start to before end; negative positions count from the end.", "[1, 2, 3, 4].slice(1, 3)",
            (run, self, args) =>
            {
                var array = self.AsArray!;
                var start = Coercion.ToRelative(run, args.At(0), array.Count, 0);
                var end = Coercion.ToRelative(run, args.At(1), array.Count, array.Count);
                return Copy(run, start < end ? array.Span[start..end] : []);
            } },
        { "flat(depth?: number): any[]", "A new array with the elements of arrays within it in their place, so many levels deep: 1 unless given.", "[1, [2, [3]]].flat()",
            (run, self, args) =>
            {
                var result = new ArrayValue();
                Flatten(run, self.AsArray!, args.At(0).IsUndefined ? 1 : Coercion.ToInteger(run, args.At(0)), result);
                return Value.From(result);
            } },
        { "keys(): number[]", "The positions. An array, where JavaScript gives an iterator.", "['a', 'b'].keys()",
            (run, self, _) => run.Made(new ArrayValue(Enumerable.Range(0, self.AsArray!.Count).Select(i => (Value)i))) },
        { "values(): any[]", "A new array of the elements. An array, where JavaScript gives an iterator.", "['a', 'b'].values()",
            (run, self, _) => Copy(run, self.AsArray!.Span) },
        { "entries(): any[][]", "Each position with its element. An array, where JavaScript gives an iterator.", "['a', 'b'].entries()",
            (run, self, _) =>
            {
                run.MakeElements(self.AsArray!.Count * 3.0);
                return new ArrayValue(self.AsArray.Select((v, i) => Value.From(new ArrayValue([i, v]))));
            } },
        { "hasOwnProperty(name: string | number): boolean", "Whether it has an element at this position. Also true of 'length'.", "['a'].hasOwnProperty(0)",
            (run, self, args) => Properties.Has(run, self, Properties.Name(run, args.At(0))) },
        { "toString(): string", "The elements' strings with commas between.", "[1, [2, 3]].toString()",
            (run, self, _) => Value.From(Coercion.ToString(run, self)) },
        { "toLocaleString(): string", "The same as toString.", "[1, 2].toLocaleString()",
            (run, self, _) => Value.From(Coercion.ToString(run, self)) },
        { "toReversed(): any[]", "A new array in the opposite order.", "[1, 2, 3].toReversed()",
            (run, self, _) =>
            {
                var copy = Copy(run, self.AsArray!.Span);
                copy.AsArray!.Changeable().Reverse();
                return copy;
            } },
        { "with(index: number, value: any): any[]", "A new array with another element at a position; a negative one counts from the end. An error beyond the ends.", "[1, 2, 3].with(1, 'b')",
            (run, self, args) =>
            {
                var copy = Copy(run, self.AsArray!.Span);
                var at = Coercion.ToInteger(run, args.At(0));
                if (at < 0) at += self.AsArray.Count;
                if (at < 0 || at >= self.AsArray.Count) throw run.RangeError($"There is no element {Coercion.ToString(run, args.At(0))} to replace.");
                copy.AsArray!.Changeable()[(int)at] = args.At(1);
                return copy;
            } },
    };

    public static Value Copy(Run run, ReadOnlySpan<Value> elements)
    {
        run.Steps(elements.Length);
        run.MakeElements(elements.Length);
        return new ArrayValue(elements.ToArray());
    }

    private static Value Concat(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var result = Copy(run, self.AsArray!.Span);
        var elements = result.AsArray!.Changeable();
        foreach (var argument in arguments)
        {
            run.MakeElements(argument.AsArray?.Count ?? 1);
            run.Steps(argument.AsArray?.Count ?? 1);
            if (argument.AsArray is { } list) elements.AddRange(list.Span);
            else elements.Add(argument);
        }

        return result;
    }

    private static int Find(Run run, ArrayValue array, ReadOnlySpan<Value> arguments, Func<Value, Value, bool> equals)
    {
        run.Steps(array.Count);
        for (var i = Coercion.ToRelative(run, arguments.At(1), array.Count, 0); i < array.Count; i++)
            if (equals(array[i], arguments.At(0))) return i;
        return -1;
    }

    private static Value LastIndexOf(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var array = self.AsArray!;
        run.Steps(array.Count);
        var from = arguments.Length > 1 ? Coercion.ToInteger(run, arguments[1]) : array.Count - 1;
        for (var i = (int)Math.Min(from < 0 ? array.Count + from : from, array.Count - 1); i >= 0; i--)
            if (Coercion.StrictEquals(array[i], arguments.At(0))) return i;
        return -1;
    }

    public static void Flatten(Run run, ArrayValue array, double depth, ArrayValue result)
    {
        run.Enter();
        for (var i = 0; i < array.Count; i++)
        {
            run.Step();
            if (depth >= 1 && array[i].AsArray is { } inner) Flatten(run, inner, depth - 1, result);
            else
            {
                run.MakeElements(1);
                result.Add(array[i]);
            }
        }

        run.Leave();
    }
}
