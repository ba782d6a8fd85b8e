using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.JmesPath;

/// <summary>The arguments of a function of JMESPath, and what is checked of them.</summary>
internal readonly struct JmesArguments(string function, Value[] values, JmesNode?[] references)
{
    public Value[] Values => values;
    public double Number(int index) => values[index].AsNumber;
    public string Text(int index) => values[index].AsString!;
    public ArrayValue List(int index) => values[index].AsArray!;
    public ObjectValue Object(int index) => values[index].AsObject!;

    /// <summary>What an expression argument comes to for an element.</summary>
    public Value Apply(Run run, int index, Value element) => references[index]!.Evaluate(run, JmesNode.Plain(run, element));

    /// <summary>What an expression comes to for each element of an array: all numbers or all strings.</summary>
    public Value[] Keys(Run run, int list, int expression)
    {
        var elements = List(list);
        run.MakeElements(elements.Count);
        var keys = new Value[elements.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            run.Step();
            keys[i] = Apply(run, expression, elements[i]);
        }

        CheckComparable(keys);
        return keys;
    }

    /// <exception cref="ExpressionException">They are not all numbers or all strings.</exception>
    public void CheckComparable(IReadOnlyList<Value> list)
    {
        foreach (var value in list)
            if (!(value.IsNumber || value.IsString) || value.IsNumber != list[0].IsNumber)
                throw JmesError.Type(function, "numbers only or strings only to compare", $"also {TypeName(value)}");
    }

    /// <exception cref="ExpressionException">An argument is not of the kind that is asked for.</exception>
    public static void Check(Run run, string function, string expected, Value value, JmesNode? reference)
    {
        var fits = reference is not null ? expected == "expression" : expected switch
        {
            "any" => true,
            "number" => value.IsNumber,
            "string" => value.IsString,
            "object" => value.IsObject,
            "array" => value.IsArray,
            "array or string" => value.IsArray || value.IsString,
            "string, array or object" => value.IsString || value.IsArray || value.IsObject,
            "array of numbers" => value.IsArray && All(run, value, v => v.IsNumber),
            "array of strings" => value.IsArray && All(run, value, v => v.IsString),
            "array of numbers or of strings" => value.IsArray && (All(run, value, v => v.IsNumber) || All(run, value, v => v.IsString)),
            _ => false,
        };
        if (!fits) throw JmesError.Type(function, expected is "any" ? "a value" : $"{(expected[0] is 'a' or 'o' or 'e' ? "an" : "a")} {expected}", reference is not null ? "an expression" : $"{TypeName(value)}{(value.IsArray && expected.StartsWith("array of", StringComparison.Ordinal) ? " of other things" : "")}");
    }

    public static string TypeName(Value value) => value.Kind switch
    {
        ValueKind.Number => "number",
        ValueKind.String => "string",
        ValueKind.Boolean => "boolean",
        ValueKind.Array => "array",
        ValueKind.Object => "object",
        _ => "null",
    };

    private static bool All(Run run, Value array, Func<Value, bool> test)
    {
        run.Steps(array.AsArray!.Count);
        return array.AsArray.All(test);
    }
}
