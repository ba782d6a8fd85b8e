using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Arrays;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Expressions.Library.Strings;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>The types of the language that are also functions: <c>Number(x)</c>, <c>new Set(…)</c>, <c>Array.from(…)</c>.</summary>
internal static class Constructors
{
    private const double MaxSafeInteger = 9007199254740991;

    public static GlobalList All { get; } =
    [
        new("Object(value?: any): object", "The value itself; a new object for null and undefined.", "Object({ a: 1 }).a", Function("Object", ObjectMethods.Statics, ToObject, ToObject, v => v.Kind >= ValueKind.Array)),
        new("Array(...elements: any[]): any[]", "An array of its arguments; of one number, an array of so many undefined elements. The same with 'new'.", "Array(3).fill(0)", Function("Array", ArrayStatics(), NewArray, NewArray, v => v.IsArray || v.AsOther is MatchValue)),
        new("Number(value: any): number", "The value as a number: of a text that is none, NaN; of null and an empty text, 0.", "Number('12.50')", Function("Number", NumberStatics(), ToNumber, ToNumber)),
        new("String(value: any): string", "The value as text: of null, 'null'; of an object, '[object Object]'.", "String(12.50)", Function("String", StringStatics(), ToText, ToText)),
        new("Boolean(value: any): boolean", "False for undefined, null, false, 0, NaN and an empty text; true for all else.", "Boolean('false')", Function("Boolean", MethodTable.Empty, ToBoolean, ToBoolean)),
        new("new RegExp(pattern: string | regexp, flags?: string): regexp", "A regular expression made of text. Patterns are limited in time, so that none can hang.", "new RegExp('^a+$', 'i').test('AAA')", Function("RegExp", RegExpStatics(), NewRegex, NewRegex, v => v.AsOther is RegexValue)),
        new("new Set(elements?: any[]): set", "A set of the elements, each once, in their order.", "[...new Set([3, 1, 3])]", Function("Set", MethodTable.Empty, null, NewSet, v => v.AsOther is CollectionValue { IsMap: false })),
        new("new Map(entries?: any[][]): map", "A map of pairs of a key, which may be any value, and a value.", "new Map([['a', 1]]).get('a')", Function("Map", MapStatics(), null, NewMap, v => v.AsOther is CollectionValue { IsMap: true })),
        Error("Error", "new Error('No such customer').message"),
        Error("TypeError", "new TypeError('A number was expected').name"),
        Error("RangeError", "new RangeError('Too large').name"),
        Error("SyntaxError", "new SyntaxError('No comma').name"),
        Error("ReferenceError", "new ReferenceError('No such name').name"),
        Error("EvalError", "new EvalError('No code').name"),
        Error("URIError", "new URIError('Malformed').name"),
    ];

    private static Value Function(string name, MethodTable statics, NativeMethod? called, NativeMethod? constructed, Func<Value, bool>? recognises = null) =>
        Value.FromOther(new ConstructorFunction(name, statics) { WhenCalled = called, WhenConstructed = constructed, Recognises = recognises ?? (_ => false) });

    private static Global Error(string name, string example)
    {
        Value Make(Run run, Value self, ReadOnlySpan<Value> args) => Value.FromOther(new ErrorValue(name, args.At(0).IsUndefined ? "" : Coercion.ToString(run, args.At(0)), args.At(1)["cause"]));
        return new Global(
            $"new {name}(message?: string, options?: {{ cause: any }}): error",
            name == "Error" ? "An error to throw. Uncaught, it ends the expression with its message." : $"An error of the kind {name} to throw.",
            example,
            Function(name, MethodTable.Empty, Make, Make, v => v.AsOther is ErrorValue error && (name == "Error" || error.Name == name)));
    }

    private static Value NewSet(Run run, Value self, ReadOnlySpan<Value> arguments) =>
        CollectionValue.FromElements(run, arguments.At(0).IsNullOrUndefined ? [] : Properties.Elements(run, arguments.At(0), run.Position));

    private static Value NewMap(Run run, Value self, ReadOnlySpan<Value> arguments) =>
        CollectionValue.FromPairs(run, arguments.At(0).IsNullOrUndefined ? [] : Properties.Elements(run, arguments.At(0), run.Position));

    private static MethodTable RegExpStatics() => new("RegExp", new MethodList
    {
        { "escape(text: string): string", "The text so that a regular expression matches just it.", "RegExp.escape('1.5 (new)')",
            (run, _, args) => run.Made(RegexText.Escape(run, args.At(0))) },
    })
    {
        Description = "What makes regular expressions, beside new RegExp(…).",
    };

    private static MethodTable MapStatics() => new("Map", new MethodList
    {
        { "groupBy(elements: any[], f: (element, index) => any): map", "The elements in arrays, by what the function gives for each, which may be any value.", "Map.groupBy([1, 2, 3], n => n % 2 === 0).get(true)", GroupIntoMap },
    })
    {
        Description = "What makes maps, beside new Map(…).",
    };

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

    private static MethodTable ArrayStatics() => new("Array", new MethodList
    {
        { "isArray(value: any): boolean", "Whether it is an array.", "Array.isArray($json.tags)",
            (_, _, args) => args.At(0).IsArray || args.At(0).AsOther is MatchValue },
        { "of(...values: any[]): any[]", "An array of its arguments.", "Array.of(1, 2, 3)",
            (run, _, args) => ArrayMethods.Copy(run, args) },
        { "from(source: any, f?: (element, index) => any): any[]", "An array of the elements of an array, string, Set or Map, or of an object with a length; with what a function makes of each.", "Array.from({ length: 3 }, (_, i) => i * 2)",
            ArrayFrom },
    })
    {
        Description = "What makes and recognises arrays.",
    };

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

    private static MethodTable StringStatics() => new("String", new MethodList
    {
        { "fromCharCode(...numbers: number): string", "A string of UTF-16 units, each given by its number.", "String.fromCharCode(72, 105)",
            (run, _, args) => FromCodes(run, args, (number, _) => ((char)Coercion.ToUint32(number)).ToString()) },
        { "fromCodePoint(...numbers: number): string", "A string of Unicode code points, each given by its number. An error for what is none.", "String.fromCodePoint(128512)",
            (run, _, args) => FromCodes(run, args, (number, r) => number switch
            {
                >= 0xD800 and <= 0xDFFF when double.IsInteger(number) => ((char)number).ToString(),
                >= 0 and <= 0x10FFFF when double.IsInteger(number) => char.ConvertFromUtf32((int)number),
                _ => throw r.RangeError($"{JavaScriptNumber.ToString(number)} is not a code point."),
            }) },
        { "raw(strings: { raw: string[] }, ...values: any[]): string", "The strings with the values between. As a tag, String.raw`a\\n`, the template's text without its escapes resolved.", "String.raw`C:\\new\\${1 + 1}`", Raw },
    })
    {
        Description = "What makes strings.",
    };

    private static Value Raw(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        if (arguments.At(0).IsNullOrUndefined) throw run.TypeError($"String.raw is a tag for templates, or takes an object with the property raw, not {Properties.Describe(arguments.At(0))}.");
        var chunks = Properties.Get(run, arguments[0], "raw");
        if (chunks.IsNullOrUndefined) throw run.TypeError("String.raw needs an object with the property raw.");
        var count = Coercion.ToInteger(run, Properties.Get(run, chunks, "length"));
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < count; i++)
        {
            run.Step();
            var part = Coercion.ToString(run, Properties.Get(run, chunks, (Value)i)) + (i + 1 < count && i + 1 < arguments.Length ? Coercion.ToString(run, arguments[i + 1]) : "");
            run.Make(part.Length);
            text.Append(part);
        }

        return Value.From(text.ToString());
    }

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
