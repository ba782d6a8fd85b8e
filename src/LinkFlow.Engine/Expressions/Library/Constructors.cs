using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>The types of the language that are also functions: <c>Number(x)</c>, <c>new Set(…)</c>, <c>Array.from(…)</c>.</summary>
internal static class Constructors
{
    private const double MaxSafeInteger = 9007199254740991;

    private static readonly string[] ErrorNames = ["Error", "TypeError", "RangeError", "SyntaxError"];

    public static IReadOnlyDictionary<string, Value> All { get; } = new ConstructorPair[]
    {
        new("Object", new ConstructorFunction("Object", ObjectMethods.Statics) { WhenCalled = ToObject, WhenConstructed = ToObject, Recognises = v => v.Kind >= ValueKind.Array }),
        new("Array", new ConstructorFunction("Array", ArrayStatics()) { WhenCalled = NewArray, WhenConstructed = NewArray, Recognises = v => v.IsArray || v.AsOther is MatchValue }),
        new("Number", new ConstructorFunction("Number", NumberStatics())
        {
            WhenCalled = ToNumber,
            WhenConstructed = ToNumber,
        }),
        new("String", new ConstructorFunction("String", StringStatics()) { WhenCalled = ToText, WhenConstructed = ToText }),
        new("Boolean", new ConstructorFunction("Boolean", MethodTable.Empty) { WhenCalled = ToBoolean, WhenConstructed = ToBoolean }),
        new("RegExp", new ConstructorFunction("RegExp", MethodTable.Empty) { WhenCalled = NewRegex, WhenConstructed = NewRegex, Recognises = v => v.AsOther is RegexValue }),
        new("Set", new ConstructorFunction("Set", MethodTable.Empty)
        {
            WhenConstructed = (run, _, args) => CollectionValue.FromElements(run, args.At(0).IsNullOrUndefined ? [] : Properties.Elements(run, args.At(0), run.Position)),
            Recognises = v => v.AsOther is CollectionValue { IsMap: false },
        }),
        new("Map", new ConstructorFunction("Map", new MethodTable("Map", new Dictionary<string, NativeMethod> { ["groupBy"] = GroupIntoMap }))
        {
            WhenConstructed = (run, _, args) => CollectionValue.FromPairs(run, args.At(0).IsNullOrUndefined ? [] : Properties.Elements(run, args.At(0), run.Position)),
            Recognises = v => v.AsOther is CollectionValue { IsMap: true },
        }),
    }.Concat(ErrorNames.Select(ErrorType)).ToDictionary(c => c.Name, c => Value.FromOther(c.Function));

    private sealed record ConstructorPair(string Name, ConstructorFunction Function);

    private static ConstructorPair ErrorType(string name)
    {
        Value Make(Run run, Value self, ReadOnlySpan<Value> args) => Value.FromOther(new ErrorValue(name, args.At(0).IsUndefined ? "" : Coercion.ToString(run, args.At(0))));
        return new(name, new ConstructorFunction(name, MethodTable.Empty)
        {
            WhenCalled = Make,
            WhenConstructed = Make,
            Recognises = v => v.AsOther is ErrorValue error && (name == "Error" || error.Name == name),
        });
    }

    private static Value ToObject(Run run, Value self, ReadOnlySpan<Value> arguments) => arguments.At(0).IsNullOrUndefined ? new ObjectValue() : arguments.At(0);
    private static Value ToText(Run run, Value self, ReadOnlySpan<Value> arguments) => arguments.Length == 0 ? "" : Coercion.ToString(run, Coercion.ToPrimitive(run, arguments[0], preferNumber: false));
    private static Value ToBoolean(Run run, Value self, ReadOnlySpan<Value> arguments) => Coercion.ToBoolean(arguments.At(0));
    private static Value ToNumber(Run run, Value self, ReadOnlySpan<Value> arguments) => arguments.Length == 0 ? 0 : Coercion.ToNumber(run, arguments[0]);

    private static Value NewRegex(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var given = arguments.At(0).AsOther as RegexValue;
        var source = given?.Pattern.Source ?? (arguments.At(0).IsUndefined ? "(?:)" : Coercion.ToString(run, arguments.At(0)));
        var flags = arguments.At(1).IsUndefined ? given?.Pattern.Flags ?? "" : Coercion.ToString(run, arguments.At(1));
        run.Steps(1000);
        return Value.FromOther(new RegexValue(CompiledPattern.Of(source.Length == 0 ? "(?:)" : source, flags, run.Position)));
    }

    private static Value NewArray(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        if (arguments is not [{ IsNumber: true } length]) return ArrayMethods.Copy(run, arguments);
        if (length.AsNumber != Coercion.ToUint32(length.AsNumber)) throw run.RangeError("Invalid array length.");
        run.MakeElements(length.AsNumber);
        return new ArrayValue(new Value[(int)length.AsNumber]);
    }

    private static MethodTable ArrayStatics() => new("Array", new Dictionary<string, NativeMethod>
    {
        ["isArray"] = (_, _, args) => args.At(0).IsArray || args.At(0).AsOther is MatchValue,
        ["of"] = (run, _, args) => ArrayMethods.Copy(run, args),
        ["from"] = ArrayFrom,
    });

    private static Value ArrayFrom(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var source = arguments.At(0);
        var map = arguments.At(1).IsUndefined ? null : Callback.Function(run, arguments.At(1));
        IEnumerable<Value> elements;
        if (source.IsNullOrUndefined) throw run.TypeError($"{Properties.Describe(source)} cannot be made an array.");
        if (source.AsObject is { } like)
        {
            var length = Math.Max(0, Coercion.ToInteger(run, like["length"]));
            run.MakeElements(length);
            elements = Enumerable.Range(0, (int)length).Select(i => like[JavaScriptNumber.ToString(i)]);
        }
        else elements = source.Kind is ValueKind.Number or ValueKind.Boolean ? [] : Properties.Elements(run, source, run.Position);

        var result = new ArrayValue();
        foreach (var element in elements)
        {
            run.Step();
            run.MakeElements(1);
            result.Add(map is null ? element : map.Call(run, [element, result.Count]));
        }

        return result;
    }

    private static MethodTable NumberStatics() => new("Number", new MethodList
    {
        { "isInteger(value: any): boolean", "Whether it is a whole number. False for what is no number.", "Number.isInteger(5.0)", (_, _, args) => IsInteger(args.At(0)) },
        { "isSafeInteger(value: any): boolean", "Whether it is a whole number that is exact, −(2⁵³ − 1) to 2⁵³ − 1.", "Number.isSafeInteger(2 ** 53)", (_, _, args) => IsInteger(args.At(0)) && Math.Abs(args.At(0).AsNumber) <= MaxSafeInteger },
        { "isFinite(value: any): boolean", "Whether it is a number other than NaN and the infinities. False for what is no number.", "Number.isFinite('12')", (_, _, args) => args.At(0).IsNumber && double.IsFinite(args.At(0).AsNumber) },
        { "isNaN(value: any): boolean", "Whether it is the number NaN. False for what is no number.", "Number.isNaN(0 / 0)", (_, _, args) => args.At(0).IsNumber && double.IsNaN(args.At(0).AsNumber) },
        { "parseInt(text: string, radix?: number): number", "The same as the function parseInt.", "Number.parseInt('42px')", PlainFunctions.ParseInt },
        { "parseFloat(text: string): number", "The same as the function parseFloat.", "Number.parseFloat('3.5 kg')", PlainFunctions.ParseFloat },
    })
    {
        Description = "What can be asked of numbers.",
        Properties = new PropertyList
        {
            { "MAX_SAFE_INTEGER: number", "The greatest whole number below which every whole number is exact.", "Number.MAX_SAFE_INTEGER", MaxSafeInteger },
            { "MIN_SAFE_INTEGER: number", "The least whole number above which every whole number is exact.", "Number.MIN_SAFE_INTEGER", -MaxSafeInteger },
            { "MAX_VALUE: number", "The greatest number.", "Number.MAX_VALUE", double.MaxValue },
            { "MIN_VALUE: number", "The least number above zero.", "Number.MIN_VALUE", double.Epsilon },
            { "EPSILON: number", "The distance from 1 to the next number.", "Number.EPSILON", Math.Pow(2, -52) },
            { "POSITIVE_INFINITY: number", "Infinity.", "Number.POSITIVE_INFINITY > 1", double.PositiveInfinity },
            { "NEGATIVE_INFINITY: number", "−Infinity.", "Number.NEGATIVE_INFINITY < 1", double.NegativeInfinity },
            { "NaN: number", "Not a number.", "String(Number.NaN)", double.NaN },
        },
    };

    private static bool IsInteger(Value value) => value.IsNumber && double.IsInteger(value.AsNumber);

    private static MethodTable StringStatics() => new("String", new Dictionary<string, NativeMethod>
    {
        ["fromCharCode"] = (run, _, args) => FromCodes(run, args, (number, _) => ((char)Coercion.ToUint32(number)).ToString()),
        ["fromCodePoint"] = (run, _, args) => FromCodes(run, args, (number, r) => number switch
        {
            >= 0xD800 and <= 0xDFFF when double.IsInteger(number) => ((char)number).ToString(),
            >= 0 and <= 0x10FFFF when double.IsInteger(number) => char.ConvertFromUtf32((int)number),
            _ => throw r.RangeError($"{JavaScriptNumber.ToString(number)} is not a code point."),
        }),
    });

    private static Value FromCodes(Run run, ReadOnlySpan<Value> arguments, Func<double, Run, string> convert)
    {
        run.Steps(arguments.Length);
        var text = new System.Text.StringBuilder();
        foreach (var argument in arguments) text.Append(convert(Coercion.ToNumber(run, argument), run));
        return run.Made(text.ToString());
    }

    private static Value GroupIntoMap(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var byKey = new List<(Value Key, ArrayValue Group)>();
        var callback = Callback.Of(run, arguments.At(1), arguments.At(0));
        var i = 0;
        foreach (var element in Properties.Elements(run, arguments.At(0), run.Position))
        {
            var key = callback.Call(element, i++);
            run.Steps(byKey.Count);
            var at = byKey.FindIndex(g => Coercion.SameValue(g.Key, key));
            if (at < 0)
            {
                at = byKey.Count;
                byKey.Add((key, new ArrayValue()));
            }

            run.MakeElements(1);
            byKey[at].Group.Add(element);
        }

        return CollectionValue.FromPairs(run, byKey.Select(g => (Value)new ArrayValue([g.Key, g.Group])));
    }
}
