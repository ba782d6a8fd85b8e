using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Arrays;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Objects;

/// <summary>Methods of objects; an object's own property of the same name comes first.</summary>
internal static class ObjectMethods
{
    public static MethodList All { get; } = new()
    {
        { "hasOwnProperty(name: string): boolean", "Whether the object has a property of that name.", "$json.hasOwnProperty('email')",
            (run, self, args) => Properties.Has(run, self, Properties.Name(run, args.At(0))) },
        { "propertyIsEnumerable(name: string): boolean", "The same as hasOwnProperty: there are no hidden properties.", "$json.propertyIsEnumerable('email')",
            (run, self, args) => Properties.Has(run, self, Properties.Name(run, args.At(0))) },
        { "toLocaleString(): string", "The same as toString.", "({ a: 1 }).toLocaleString()",
            (run, self, _) => Coercion.ToString(run, self) },
        { "toString(): string", "Always '[object Object]'; toJsonString gives the contents.", "({ a: 1 }).toString()",
            (run, self, _) => Coercion.ToString(run, self) },
        { "valueOf(): object", "The object itself.", "({ a: 1 }).valueOf()",
            (_, self, _) => self },
    };

    /// <summary>The functions under <c>Object</c>.</summary>
    public static MethodTable Statics { get; } = new("Object", new MethodList
    {
        { "keys(value: object): string[]", "The names of the properties: whole numbers first, then in the order in which they were set.", "Object.keys($json.address)",
            (run, _, args) => List(run, args.At(0), (name, _) => name) },
        { "values(value: object): any[]", "The values of the properties, in the order of keys.", "Object.values($json.address)",
            (run, _, args) => List(run, args.At(0), (_, value) => value) },
        { "entries(value: object): any[][]", "Each property's name with its value, in the order of keys.", "Object.entries($json.address)",
            (run, _, args) => List(run, args.At(0), (name, value) => new ArrayValue([name, value])) },
        { "fromEntries(entries: any[][] | map): object", "An object of pairs of a name and a value.", "Object.fromEntries([['a', 1], ['b', 2]])",
            FromEntries },
        { "assign(target: object, ...sources: object[]): object", "Sets the properties of the others in the first and gives it; of the workflow's data, a copy.", "Object.assign({ a: 1 }, { b: 2 })",
            Assign },
        { "hasOwn(value: object, name: string): boolean", "Whether the object has a property of that name.", "Object.hasOwn($json, 'email')",
            (run, _, args) => Properties.Has(run, Present(run, args.At(0)), Properties.Name(run, args.At(1))) },
        { "is(a: any, b: any): boolean", "Whether both are the same value; as ===, but NaN is NaN and 0 is not −0.", "Object.is(NaN, NaN)",
            (_, _, args) => args.At(0).IsNumber && args.At(1).IsNumber ? args.At(0).AsNumber.Equals(args.At(1).AsNumber) && double.IsNegative(args.At(0).AsNumber) == double.IsNegative(args.At(1).AsNumber) || double.IsNaN(args.At(0).AsNumber) && double.IsNaN(args.At(1).AsNumber) : Coercion.StrictEquals(args.At(0), args.At(1)) },
        { "freeze(value: any): any", "The value itself. Nothing outlives an expression, so nothing needs freezing.", "Object.freeze({ a: 1 })",
            (_, _, args) => args.At(0) },
        { "isFrozen(value: any): boolean", "Whether it cannot be changed: the workflow's data cannot.", "Object.isFrozen($json)",
            (_, _, args) => IsFrozen(args.At(0)) },
        { "getOwnPropertyNames(value: object): string[]", "The names of the properties, as keys gives them; of an array or a string, its length too.", "Object.getOwnPropertyNames(['a'])",
            (run, _, args) => OwnNames(run, args) },
        { "create(prototype: null): object", "A new object. There are no prototypes, so only null can be given.", "Object.keys(Object.create(null))",
            (run, _, args) => args.At(0).IsNull ? new ObjectValue() : throw run.TypeError($"There are no prototypes: Object.create takes null, not {Properties.Describe(args.At(0))}. Write {{ ...x }} for a copy.") },
        { "seal(value: any): any", "The value itself. Nothing outlives an expression, so nothing needs sealing.", "Object.seal({ a: 1 })",
            (_, _, args) => args.At(0) },
        { "isSealed(value: any): boolean", "The same as isFrozen.", "Object.isSealed($json)",
            (_, _, args) => IsFrozen(args.At(0)) },
        { "preventExtensions(value: any): any", "The value itself. Nothing outlives an expression, so nothing needs preventing.", "Object.preventExtensions({ a: 1 })",
            (_, _, args) => args.At(0) },
        { "isExtensible(value: any): boolean", "Whether it can get further properties: the workflow's data cannot.", "Object.isExtensible($json)",
            (_, _, args) => !IsFrozen(args.At(0)) },
        { "groupBy(elements: any[], f: (element, index) => string): object", "The elements in arrays, by what the function gives for each.", "Object.groupBy([1, 2, 3], n => n % 2 ? 'odd' : 'even')",
            GroupBy },
    })
    {
        Description = "What can be done with objects and what is like them.",
    };

    private static bool IsFrozen(Value value) => value.AsObject?.IsFrozen ?? value.AsArray?.IsFrozen ?? value.AsOther is null;

    private static Value OwnNames(Run run, ReadOnlySpan<Value> arguments)
    {
        var names = List(run, arguments.At(0), (name, _) => name);
        if (arguments.At(0).IsArray || arguments.At(0).IsString) names.AsArray!.Add("length");
        return names;
    }

    private static Value Present(Run run, Value value) =>
        value.IsNullOrUndefined ? throw run.TypeError($"An object was expected, not {Properties.Describe(value)}.") : value;

    private static Value List(Run run, Value value, Func<string, Value, Value> select)
    {
        var result = new ArrayValue();
        foreach (var name in Properties.Keys(Present(run, value)))
        {
            run.Step();
            run.MakeElements(2);
            result.Add(select(name, Properties.Get(run, value, name)));
        }

        return result;
    }

    private static Value FromEntries(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var result = new ObjectValue();
        foreach (var entry in Properties.Elements(run, arguments.At(0), run.Position))
        {
            run.Step();
            run.MakeElements(1);
            if (entry.Kind < ValueKind.Array) throw run.TypeError($"Each entry must be a list of a name and a value, not {Properties.Describe(entry)}.");
            result.Set(Properties.Name(run, Properties.Get(run, entry, "0")), Properties.Get(run, entry, "1"));
        }

        return result;
    }

    /// <summary>Into the first object, or, when that is the workflow's data, into a copy of it.</summary>
    private static Value Assign(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var target = Present(run, arguments.At(0));
        if (target.AsObject is { IsFrozen: true } o) target = o.Copy();
        if (target.AsArray is { IsFrozen: true } array) target = ArrayMethods.Copy(run, array.Span);
        foreach (var source in arguments[1..])
        {
            foreach (var name in Properties.Keys(source))
            {
                run.Step();
                Properties.Set(run, target, name, Properties.Get(run, source, name));
            }
        }

        return target;
    }

    private static Value GroupBy(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var result = new ObjectValue();
        var callback = Callback.Of(run, arguments.At(1), arguments.At(0));
        var i = 0;
        foreach (var element in Properties.Elements(run, arguments.At(0), run.Position))
        {
            var name = Properties.Name(run, callback.Call(element, i++));
            if (!result.TryGet(name, out var group)) result.Set(name, group = new ArrayValue());
            run.MakeElements(1);
            group.AsArray!.Add(element);
        }

        return result;
    }
}
