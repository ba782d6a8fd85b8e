using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <summary>
/// Makes JSON of what an expression came out as, as JSON.stringify would: dates become text, functions go, not-a-number
/// becomes null. The workflow's data within it is kept as it is. The result is frozen.
/// </summary>
internal sealed class Results
{
    /// <summary>Shorter strings are not worth remembering: they are counted each time.</summary>
    private const int LongString = 64;

    private readonly Run _run;

    /// <summary>What was met already, and how many bytes of JSON it stands for: a value may stand in many places, and each is written.</summary>
    private readonly Dictionary<object, double> _sizes = new(ReferenceEqualityComparer.Instance);
    private double _repeated;
    private int _depth;

    private Results(Run run) => _run = run;

    /// <exception cref="ExpressionException">It contains itself, or is too deep or too large.</exception>
    public static Value ToJson(Run run, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Number: return double.IsFinite(value.AsNumber) ? value : Value.Null;
            case ValueKind.Array when !value.AsArray!.IsFrozen:
            case ValueKind.Object when !value.AsObject!.IsFrozen:
            case ValueKind.Other:
                return new Results(run).Convert(value, out _).Freeze();
            default: return value;
        }
    }

    private Value Convert(Value value, out double size)
    {
        size = 8;
        switch (value.Kind)
        {
            case ValueKind.Number: return double.IsFinite(value.AsNumber) ? value : Value.Null;
            case ValueKind.String:
                size = value.AsString!.Length;
                if (size < LongString) Repeat(size);
                else if (!_sizes.TryAdd(value.AsString, size)) Repeat(size);
                return value;
            case ValueKind.Other: return Convert(((LanguageObject)value.AsOther!).ToJson(_run), out size);
            case ValueKind.Array or ValueKind.Object:
                var container = (object?)value.AsArray ?? value.AsObject!;
                if (_sizes.TryGetValue(container, out size))
                {
                    Repeat(size);
                    return value;
                }

                if (++_depth > JsonText.MaxDepth) throw _run.TypeError($"The result contains itself, or is nested more than {JsonText.MaxDepth} levels deep, and cannot become JSON.");
                size = value.AsArray is { } array ? Elements(array) : Members(value.AsObject!);
                _depth--;
                _sizes[container] = size;
                return value;
            default: return value;
        }
    }

    private double Elements(ArrayValue array)
    {
        double total = 2;
        for (var i = 0; i < array.Count; i++)
        {
            var element = Convert(array[i], out var size);
            total += size + 1;
            if (!array.IsFrozen) array.Changeable()[i] = element.IsUndefined ? Value.Null : element;
        }

        return total;
    }

    private double Members(ObjectValue o)
    {
        double total = 2;
        List<string>? absent = null;
        for (var i = 0; i < o.Count; i++)
        {
            var member = Convert(o.ValueAt(i), out var size);
            total += size + o.NameAt(i).Length + 4;
            if (o.IsFrozen) continue;
            if (member.IsUndefined) (absent ??= []).Add(o.NameAt(i));
            else o.Set(o.NameAt(i), member);
        }

        foreach (var name in absent ?? []) o.Remove(name);
        return total;
    }

    private void Repeat(double size)
    {
        _run.Step();
        _repeated += size;
        if (_repeated > _run.Limits.MaxBytes) throw _run.Limit($"its result repeats values until they are more than {_run.Limits.MaxBytes:N0} bytes");
    }
}
