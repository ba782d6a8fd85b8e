using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Arrays;

/// <summary>Arrays as sets. Elements are the same when their contents are, objects and arrays too.</summary>
internal static class ArraySetMethods
{
    public static MethodList All { get; } = new()
    {
        { "unique(...names: string[]): any[]", "The elements, each once: the first of those with the same contents. With names, objects are the same when these properties are.", "[{ id: 1, a: 'x' }, { id: 1, a: 'y' }].unique('id')", Unique },
        { "removeDuplicates(...names: string[]): any[]", "The same as unique.", "['a', 'b', 'a'].removeDuplicates()", Unique },
        { "union(other: any[]): any[]", "The elements of both, each once.", "[1, 2].union([2, 3])",
            (run, self, args) => Distinct(run, self.AsArray!.Concat(Other(run, args, "union"))) },
        { "intersection(other: any[]): any[]", "The elements that are in both, each once.", "[1, 2].intersection([2, 3])",
            (run, self, args) => Distinct(run, self.AsArray!.Where(SetOf(run, Other(run, args, "intersection")).Contains)) },
        { "difference(other: any[]): any[]", "The elements that are not in the other, each once.", "[1, 2, 3].difference([2, 3])",
            (run, self, args) => SetOf(run, Other(run, args, "difference")) is var others ? Distinct(run, self.AsArray!.Where(e => !others.Contains(e))) : default },
    };

    private static ArrayValue Other(Run run, ReadOnlySpan<Value> arguments, string method) =>
        arguments.At(0).AsArray ?? throw run.TypeError($"{method} needs another array, e.g. {method}([1, 2]), not {Properties.Describe(arguments.At(0))}.");

    private static HashSet<Value> SetOf(Run run, ArrayValue elements)
    {
        run.MakeElements(elements.Count * 2.0);
        return new HashSet<Value>(elements, new DeepEquality(run));
    }

    private static Value Distinct(Run run, IEnumerable<Value> elements)
    {
        var seen = new HashSet<Value>(new DeepEquality(run));
        var result = new ArrayValue();
        foreach (var element in elements)
        {
            run.Step();
            if (!seen.Add(element)) continue;
            run.MakeElements(3);
            result.Add(element);
        }

        return result;
    }

    private static Value Unique(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length == 0) return Distinct(run, self.AsArray!);
        var names = arguments.ToArray().Select(n => Properties.Name(run, n)).ToArray();
        var seen = new HashSet<Value>(new DeepEquality(run));
        var result = new ArrayValue();
        foreach (var element in self.AsArray!)
        {
            run.Steps(names.Length);
            run.MakeElements(names.Length + 3);
            if (seen.Add(ObjectTransformations.IsObject(element) ? Chosen(run, element, names) : element)) result.Add(element);
        }

        return result;
    }

    private static ObjectValue Chosen(Run run, Value element, string[] names)
    {
        var chosen = new ObjectValue(names.Length);
        foreach (var name in names) chosen.Set(name, Properties.Get(run, element, name));
        return chosen;
    }
}
