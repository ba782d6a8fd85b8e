using System.Collections.Frozen;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.JmesPath;

/// <summary>The functions of the specification.</summary>
internal static class JmesFunctions
{
    private static readonly FrozenDictionary<string, JmesFunction> All = new JmesFunction[]
    {
        Of("abs", (_, a) => Math.Abs(a.Number(0)), "number"),
        Of("avg", (run, a) => a.List(0).Count == 0 ? Value.Null : Sum(run, a.List(0)) / a.List(0).Count, "array of numbers"),
        Of("ceil", (_, a) => Math.Ceiling(a.Number(0)), "number"),
        Of("contains", Contains, "array or string", "any"),
        Of("ends_with", (run, a) => Counted(run, a.Text(0)).EndsWith(a.Text(1), StringComparison.Ordinal), "string", "string"),
        Of("floor", (_, a) => Math.Floor(a.Number(0)), "number"),
        Of("join", (run, a) => Coercion.Join(run, a.List(1), a.Text(0)), "string", "array of strings"),
        Of("keys", (run, a) => List(run, a.Object(0).Select(p => Value.From(p.Key))), "object"),
        Of("length", Length, "string, array or object"),
        Of("map", (run, a) => List(run, a.List(1).Select(e => a.Apply(run, 0, e))), "expression", "array"),
        Of("max", (run, a) => Greatest(run, a, a.List(0), 1), "array of numbers or of strings"),
        Of("max_by", (run, a) => GreatestBy(run, a, 1), "array", "expression"),
        Endless("merge", Merge, "object"),
        Of("min", (run, a) => Greatest(run, a, a.List(0), -1), "array of numbers or of strings"),
        Of("min_by", (run, a) => GreatestBy(run, a, -1), "array", "expression"),
        Endless("not_null", (_, a) => a.Values.FirstOrDefault(v => !v.IsNull, Value.Null), "any"),
        Of("reverse", Reverse, "array or string"),
        Of("sort", (run, a) => List(run, Sorted(run, a, a.List(0), [.. a.List(0)])), "array of numbers or of strings"),
        Of("sort_by", (run, a) => List(run, Sorted(run, a, a.List(0), a.Keys(run, 0, 1))), "array", "expression"),
        Of("starts_with", (run, a) => Counted(run, a.Text(0)).StartsWith(a.Text(1), StringComparison.Ordinal), "string", "string"),
        Of("sum", (run, a) => Sum(run, a.List(0)), "array of numbers"),
        Of("to_array", (_, a) => a.Values[0].IsArray ? a.Values[0] : new ArrayValue([a.Values[0]]), "any"),
        Of("to_number", ToNumber, "any"),
        Of("to_string", (run, a) => a.Values[0].IsString ? a.Values[0] : JsonPrinter.Print(run, a.Values[0]), "any"),
        Of("type", (_, a) => JmesArguments.TypeName(a.Values[0]), "any"),
        Of("values", (run, a) => List(run, a.Object(0).Select(p => JmesNode.Plain(run, p.Value))), "object"),
    }.ToFrozenDictionary(f => f.Name);

    public static IEnumerable<string> Names => All.Keys;
    public static JmesFunction? Find(string name) => All.GetValueOrDefault(name);

    private static JmesFunction Of(string name, Func<Run, JmesArguments, Value> body, params string[] parameters) => new(name, parameters, false, body);
    private static JmesFunction Endless(string name, Func<Run, JmesArguments, Value> body, params string[] parameters) => new(name, parameters, true, body);

    private static Value List(Run run, IEnumerable<Value> values)
    {
        var list = new ArrayValue();
        foreach (var value in values)
        {
            run.Step();
            run.MakeElements(1);
            list.Add(value);
        }

        return list;
    }

    private static string Counted(Run run, string text)
    {
        run.Steps(text.Length / 8);
        return text;
    }

    private static double Sum(Run run, ArrayValue numbers)
    {
        run.Steps(numbers.Count);
        return numbers.Sum(n => n.AsNumber);
    }

    private static Value Contains(Run run, JmesArguments a)
    {
        if (a.Values[0].AsString is { } text) return a.Values[1].AsString is { } part && Counted(run, text).Contains(part, StringComparison.Ordinal);
        return a.List(0).Any(e => JmesEquality.AreEqual(run, e, a.Values[1]));
    }

    private static Value Length(Run run, JmesArguments a) => a.Values[0] switch
    {
        { AsString: { } text } => Counted(run, text).Length - text.Where((c, i) => char.IsLowSurrogate(c) && i > 0 && char.IsHighSurrogate(text[i - 1])).Count(),
        { AsArray: { } array } => array.Count,
        var o => o.AsObject!.Count,
    };

    private static Value Merge(Run run, JmesArguments a)
    {
        var merged = new ObjectValue();
        foreach (var part in a.Values)
        {
            run.Steps(part.AsObject!.Count);
            run.MakeElements(part.AsObject.Count);
            foreach (var (name, value) in part.AsObject) merged.Set(name, value);
        }

        return merged;
    }

    private static Value Reverse(Run run, JmesArguments a)
    {
        if (a.Values[0].AsArray is { } array) return List(run, array.Reverse());
        var text = Counted(run, a.Text(0));
        var reversed = new StringBuilder(text.Length);
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (char.IsLowSurrogate(text[i]) && i > 0 && char.IsHighSurrogate(text[i - 1])) reversed.Append(text[--i]).Append(text[i + 1]);
            else reversed.Append(text[i]);
        }

        return run.Made(reversed.ToString());
    }

    private static Value ToNumber(Run run, JmesArguments a) => a.Values[0] switch
    {
        { IsNumber: true } number => number,
        { AsString: { } text } when text.Trim().Length > 0 && Coercion.ParseNumber(text) is var parsed && double.IsFinite(parsed) => parsed,
        _ => Value.Null,
    };

    private static Value Greatest(Run run, JmesArguments a, ArrayValue values, int sign)
    {
        a.CheckComparable(values);
        var best = Value.Null;
        foreach (var value in values)
            if (best.IsNull || Compare(run, value, best) * sign > 0) best = value;
        return best;
    }

    private static Value GreatestBy(Run run, JmesArguments a, int sign)
    {
        var (elements, keys) = (a.List(0), a.Keys(run, 0, 1));
        var best = -1;
        for (var i = 0; i < keys.Length; i++)
            if (best < 0 || Compare(run, keys[i], keys[best]) * sign > 0) best = i;
        return best < 0 ? Value.Null : JmesNode.Plain(run, elements[best]);
    }

    private static IEnumerable<Value> Sorted(Run run, JmesArguments a, ArrayValue elements, Value[] keys)
    {
        a.CheckComparable(keys);
        run.MakeElements(2.0 * keys.Length);
        return Enumerable.Range(0, keys.Length).Order(Comparer<int>.Create((x, y) => Compare(run, keys[x], keys[y]) is var order && order != 0 ? order : x.CompareTo(y))).Select(i => elements[i]);
    }

    private static int Compare(Run run, Value left, Value right)
    {
        run.Step();
        return left.IsNumber ? left.AsNumber.CompareTo(right.AsNumber) : JmesEquality.Order(run, left.AsString!, right.AsString!);
    }
}
