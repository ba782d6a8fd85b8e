using System.Globalization;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <summary>Reading and changing the properties of values.</summary>
internal static class Properties
{
    /// <summary>A property; undefined when there is none. The value is neither undefined nor null.</summary>
    public static Value Get(Run run, Value value, string name)
    {
        switch (value.Kind)
        {
            case ValueKind.Object:
                return value.AsObject![name];
            case ValueKind.Array:
                var array = value.AsArray!;
                if (name == "length") return array.Count;
                return IsIndex(name, out var index) ? index < array.Count ? array[index] : default : MethodTables.Arrays.Bound(name, value);
            case ValueKind.String:
                var text = value.AsString!;
                if (name == "length") return text.Length;
                return IsIndex(name, out var at) ? at < text.Length ? Value.From(text[at].ToString()) : default : MethodTables.Strings.Bound(name, value);
            case ValueKind.Other:
                var other = (LanguageObject)value.AsOther!;
                var property = other.Get(run, name);
                return property.IsUndefined ? other.Methods.Bound(name, value) : property;
            default:
                return MethodTables.Of(value).Bound(name, value);
        }
    }

    public static Value Get(Run run, Value value, Value key)
    {
        if (key.IsNumber && key.AsNumber is >= 0 and < int.MaxValue && key.AsNumber == (int)key.AsNumber)
        {
            var index = (int)key.AsNumber;
            if (value.AsArray is { } array) return index < array.Count ? array[index] : default;
            if (value.AsString is { } text) return index < text.Length ? Value.From(text[index].ToString()) : default;
        }

        return Get(run, value, Name(run, key));
    }

    public static string Name(Run run, Value key)
    {
        if (key.AsString is not { } name) return Coercion.ToString(run, key);
        Run.Look(name.Length);
        return name;
    }

    /// <summary>Changes a property of a value that the expression made itself.</summary>
    public static void Set(Run run, Value value, Value key, Value property)
    {
        if (value.AsObject is { } o)
        {
            if (o.IsFrozen) throw run.TypeError("Data of the workflow cannot be changed here: copy it first, e.g. {...$json}.");
            var name = Name(run, key);
            if (!o.Contains(name)) run.MakeElements(1);
            o.Set(name, property);
        }
        else if (value.AsArray is { } array)
        {
            if (array.IsFrozen) throw run.TypeError("Data of the workflow cannot be changed here: copy it first, e.g. [...$json.list].");
            var elements = array.Changeable();
            if (key.AsString == "length") SetLength(run, elements, property);
            else if (!IsIndex(Name(run, key), out var index)) throw run.TypeError($"An array has no property '{Name(run, key)}' that can be set.");
            else if (index < elements.Count) elements[index] = property;
            else
            {
                SetLength(run, elements, index);
                run.MakeElements(1);
                elements.Add(property);
            }
        }
        else throw run.TypeError($"A property of {Describe(value)} cannot be set.");
    }

    private static void SetLength(Run run, List<Value> elements, Value length)
    {
        var count = Coercion.ToNumber(run, length);
        if (count != Coercion.ToUint32(count)) throw run.RangeError("Invalid array length.");
        run.MakeElements(Math.Max(0, count - elements.Count));
        if (count < elements.Count) elements.RemoveRange((int)count, elements.Count - (int)count);
        while (elements.Count < count) elements.Add(default);
    }

    public static bool Has(Run run, Value value, string name) => value.Kind switch
    {
        ValueKind.Object => value.AsObject!.Contains(name),
        ValueKind.Array => name == "length" || (IsIndex(name, out var index) && index < value.AsArray!.Count),
        ValueKind.String => name == "length" || (IsIndex(name, out var at) && at < value.AsString!.Length),
        ValueKind.Other => !((LanguageObject)value.AsOther!).Get(run, name).IsUndefined,
        _ => false,
    };

    /// <summary>The own enumerable names, in JavaScript's order.</summary>
    public static IEnumerable<string> Keys(Value value) => value.Kind switch
    {
        ValueKind.Object => value.AsObject!.EnumerationOrder().Select(p => p.Key),
        ValueKind.Array => Indexes(value.AsArray!.Count),
        ValueKind.String => Indexes(value.AsString!.Length),
        ValueKind.Other => ((LanguageObject)value.AsOther!).Keys,
        _ => [],
    };

    private static IEnumerable<string> Indexes(int count)
    {
        for (var i = 0; i < count; i++) yield return i.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The elements of what can be iterated over.</summary>
    /// <exception cref="ExpressionException">It cannot.</exception>
    public static IEnumerable<Value> Elements(Run run, Value value, int position)
    {
        if (value.AsArray is { } array) return Live(array);
        if (value.AsString is { } text) return Characters(text);
        if (value.AsOther is LanguageObject o && o.Elements(run) is { } elements) return elements;
        throw new ExpressionException(ExpressionErrorCodes.Type, $"{Describe(value)} cannot be iterated over: an array was expected.", position);
    }

    /// <summary>The elements of an array that may be changed meanwhile, as far as it reaches at each step.</summary>
    private static IEnumerable<Value> Live(ArrayValue array)
    {
        for (var i = 0; i < array.Count; i++) yield return array[i];
    }

    /// <summary>The code points of a string.</summary>
    public static IEnumerable<Value> Characters(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            yield return Value.From(text.Substring(i, length));
            i += length - 1;
        }
    }

    /// <summary>A value in a message: its kind, or itself when it is short.</summary>
    public static string Describe(Value value) => value.Kind switch
    {
        ValueKind.Undefined => "undefined",
        ValueKind.Null => "null",
        ValueKind.Boolean => value.AsBoolean ? "true" : "false",
        ValueKind.Number => $"the number {JavaScriptNumber.ToString(value.AsNumber)}",
        ValueKind.String when value.AsString!.Length <= 40 => $"the string \"{value.AsString}\"",
        ValueKind.Array => "an array",
        ValueKind.Object => "an object",
        ValueKind.Other when value.AsOther is NamespaceObject or ConstructorFunction => ((LanguageObject)value.AsOther).Methods is { Methods.Count: > 0 } table ? table.Owner : "a constructor",
        _ => $"{("aeiou".Contains(Coercion.TypeName(value)[0], StringComparison.Ordinal) ? "an" : "a")} {Coercion.TypeName(value)}",
    };

    /// <summary>A guess at the property that was meant, as a sentence with a leading blank; or nothing.</summary>
    public static string Suggest(Value value, string name) =>
        DidYouMean.Suggestion(name, Keys(value).Take(1000).Concat(value.IsObject ? [] : MethodTables.Of(value).Names));

    public static bool IsIndex(string name, out int index)
    {
        index = 0;
        return name.Length > 0 && char.IsAsciiDigit(name[0]) && (name.Length == 1 || name[0] != '0')
            && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}
