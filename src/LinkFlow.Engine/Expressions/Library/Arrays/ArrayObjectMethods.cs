using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Arrays;

/// <summary>Methods of arrays of objects. Elements that are no objects are left as they are, or left out where only objects make sense.</summary>
internal static class ArrayObjectMethods
{
    public static MethodList All { get; } = new()
    {
        { "pluck(...names: string[]): any[]", "The values of a property of each object; of several properties, arrays of them. Elements without them are left out; without names, the array itself.", "[{ name: 'Ada', age: 36 }, { name: 'Alan' }].pluck('name')", Pluck },
        { "renameKeys(...namesOldAndNew: string[]): any[]", "With properties renamed in every object: pairs of an old and a new name.", "[{ name: 'Ada' }, { name: 'Alan' }].renameKeys('name', 'title')", RenameKeys },
        { "smartJoin(nameProperty: string, valueProperty: string): object", "One object, with a property from each object: its name from one property, its value from another. Objects that lack one are left out.", "[{ field: 'age', value: 36 }, { field: 'city', value: 'London' }].smartJoin('field', 'value')", SmartJoin },
        { "merge(other?: any[]): object", "One object of the pairs of objects at the same place in both arrays, within a pair the first one's properties counting; of this array's objects alone when there is no other, the earlier counting.", "[{ a: 1 }, { b: 2 }].merge([{ c: 3 }, { d: 4 }])",
            (run, self, args) => args.At(0).IsUndefined ? Merged(run, self.AsArray!) : MergedByPlace(run, self.AsArray!, Other(run, args, "merge"), onlyPairs: true) },
        { "mergeIntoObject(other: any[]): object", "As merge with another array, but keeping what has no partner there.", "[{ a: 1 }, { b: 2 }].mergeIntoObject([{ c: 3 }])",
            (run, self, args) => MergedByPlace(run, self.AsArray!, Other(run, args, "mergeIntoObject"), onlyPairs: false) },
    };

    private static ArrayValue Other(Run run, ReadOnlySpan<Value> arguments, string method) =>
        arguments.At(0).AsArray ?? throw run.TypeError($"{method} needs another array, e.g. {method}([{{ id: 1 }}]), not {Properties.Describe(arguments.At(0))}.");

    private static Value Pluck(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length == 0) return self;
        var names = arguments.ToArray().Select(n => Properties.Name(run, n)).ToHashSet();
        var result = new ArrayValue();
        foreach (var element in self.AsArray!)
        {
            run.Steps(names.Count);
            if (!ObjectTransformations.IsObject(element)) continue;
            var found = names.Where(name => Properties.Has(run, element, name)).Select(name => Properties.Get(run, element, name)).ToArray();
            if (found.Length == 0) continue;
            run.MakeElements(found.Length + 1);
            result.Add(found.Length == 1 ? found[0] : new ArrayValue(found));
        }

        return result;
    }

    private static Value RenameKeys(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length == 0 || arguments.Length % 2 != 0) throw run.TypeError($"renameKeys needs pairs of an old and a new name, e.g. renameKeys('name', 'title'); there are {arguments.Length} arguments.");
        var names = arguments.ToArray().Select(n => Properties.Name(run, n)).ToArray();
        var result = new ArrayValue();
        foreach (var element in self.AsArray!)
        {
            run.MakeElements(1);
            result.Add(ObjectTransformations.IsObject(element) && !element.IsArray ? Renamed(run, element, names) : element);
        }

        return result;
    }

    private static ObjectValue Renamed(Run run, Value element, string[] names)
    {
        var renamed = ObjectTransformations.Copy(run, element);
        for (var i = 0; i < names.Length; i += 2)
        {
            run.Step();
            if (names[i] == names[i + 1] || !renamed.TryGet(names[i], out var value)) continue;
            renamed.Remove(names[i]);
            renamed.Set(names[i + 1], value);
        }

        return renamed;
    }

    private static Value SmartJoin(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        if (arguments.At(0).AsString is not { Length: > 0 } nameProperty || arguments.At(1).AsString is not { Length: > 0 } valueProperty)
            throw run.TypeError("smartJoin needs the names of two properties, e.g. smartJoin('name', 'value').");
        var result = new ObjectValue();
        foreach (var element in self.AsArray!)
        {
            run.Step();
            if (!ObjectTransformations.IsObject(element) || !Properties.Has(run, element, nameProperty) || !Properties.Has(run, element, valueProperty)) continue;
            run.MakeElements(2);
            result.Set(Properties.Name(run, Properties.Get(run, element, nameProperty)), Properties.Get(run, element, valueProperty));
        }

        return result;
    }

    private static Value Merged(Run run, ArrayValue array)
    {
        var result = new ObjectValue();
        foreach (var element in array)
        {
            run.Step();
            if (ObjectTransformations.IsObject(element) && !element.IsArray) ObjectTransformations.AddMissing(run, result, element);
        }

        return result;
    }

    private static Value MergedByPlace(Run run, ArrayValue first, ArrayValue second, bool onlyPairs)
    {
        var result = new ObjectValue();
        for (var i = 0; i < Math.Max(first.Count, second.Count); i++)
        {
            run.Step();
            var one = i < first.Count && ObjectTransformations.IsObject(first[i]) ? first[i] : default;
            var other = i < second.Count && ObjectTransformations.IsObject(second[i]) ? second[i] : default;
            if (onlyPairs && (one.IsUndefined || other.IsUndefined)) continue;
            var pair = new ObjectValue();
            ObjectTransformations.AddMissing(run, pair, one);
            ObjectTransformations.AddMissing(run, pair, other);
            foreach (var (name, value) in pair) result.Set(name, value);
        }

        return result;
    }
}
