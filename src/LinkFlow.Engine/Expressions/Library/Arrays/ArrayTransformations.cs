using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Arrays;

/// <summary>What an array holds, in short: its ends, its numbers, and its elements in portions.</summary>
internal static class ArrayTransformations
{
    public static MethodList All { get; } = new()
    {
        { "first(): any", "The first element; undefined when the array is empty.", "[3, 9, 4].first()",
            (_, self, _) => self.AsArray!.Count > 0 ? self.AsArray[0] : default },
        { "last(): any", "The last element; undefined when the array is empty.", "[3, 9, 4].last()",
            (_, self, _) => self.AsArray!.Count > 0 ? self.AsArray[^1] : default },
        { "isEmpty(): boolean", "Whether it has no elements. Also true of null and undefined.", "[].isEmpty()",
            (_, self, _) => self.AsArray!.Count == 0 },
        { "isNotEmpty(): boolean", "Whether it has at least one element. False of null and undefined.", "[0].isNotEmpty()",
            (_, self, _) => self.AsArray!.Count > 0 },
        { "randomItem(): any", "An element by chance; undefined when the array is empty. The same when a node is repeated after a crash.", "['a', 'b', 'c'].randomItem()",
            (run, self, _) => self.AsArray!.Count > 0 ? self.AsArray[(int)(run.Scope.NextRandom() * self.AsArray.Count)] : default },
        { "sum(): number", "The sum of its numbers; 0 when it is empty, an error when an element is no number.", "[12, 1, 5].sum()",
            (run, self, _) => Numbers(run, self, "sum").Sum() },
        { "average(): number", "The mean of its numbers; 0 when it is empty, an error when an element is no number.", "[12, 1, 5].average()",
            (run, self, _) => Average(Numbers(run, self, "average")) },
        { "min(): number", "The least of its numbers; Infinity when it is empty, an error when an element is no number.", "[12, 1, 5].min()",
            (run, self, _) => Numbers(run, self, "min").Aggregate(double.PositiveInfinity, Math.Min) },
        { "max(): number", "The greatest of its numbers; −Infinity when it is empty, an error when an element is no number.", "[12, 1, 5].max()",
            (run, self, _) => Numbers(run, self, "max").Aggregate(double.NegativeInfinity, Math.Max) },
        { "append(...values: any[]): any[]", "A new array with the values at its end, arrays as single elements.", "[1, 2].append(3, 4)", Append },
        { "chunk(size: number): any[][]", "Its elements in arrays of so many each; the last may be shorter.", "[1, 2, 3, 4, 5].chunk(2)", Chunk },
        { "compact(): any[]", "Without null, undefined, '' and 'nil', and without empty objects and arrays; objects and arrays within lose theirs too.", "[2, null, 1, '', {}].compact()",
            (run, self, _) => Emptiness.Compact(run, self) },
        { "toJsonString(): string", "Its JSON text, as JSON.stringify gives it.", "['a', 1, null].toJsonString()",
            (run, self, _) => JsonPrinter.Print(run, self) },
    };

    /// <exception cref="ExpressionException">An element is no number.</exception>
    public static double[] Numbers(Run run, Value self, string method)
    {
        var array = self.AsArray!;
        run.Steps(array.Count);
        run.MakeElements(array.Count / 2.0);
        var numbers = new double[array.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!array[i].IsNumber) throw run.TypeError($"{method} needs an array of numbers; element {i} is {Properties.Describe(array[i])}.");
            numbers[i] = array[i].AsNumber;
        }

        return numbers;
    }

    public static Value Average(double[] numbers) => numbers.Length == 0 ? 0 : numbers.Sum() / numbers.Length;

    private static Value Append(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var result = ArrayMethods.Copy(run, self.AsArray!.Span);
        run.MakeElements(arguments.Length);
        result.AsArray!.Changeable().AddRange(arguments);
        return result;
    }

    private static Value Chunk(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var array = self.AsArray!;
        var size = arguments.At(0).IsNumber ? Coercion.ToInteger(run, arguments[0]) : 0;
        if (size < 1) throw run.RangeError($"chunk needs a size of at least 1, e.g. chunk(5), not {Properties.Describe(arguments.At(0))}.");
        var chunks = new ArrayValue();
        for (var at = 0; at < array.Count; at = (int)Math.Min(at + size, array.Count))
        {
            run.MakeElements(1);
            chunks.Add(ArrayMethods.Copy(run, array.Span[at..(int)Math.Min(at + size, array.Count)]));
        }

        return chunks;
    }
}
