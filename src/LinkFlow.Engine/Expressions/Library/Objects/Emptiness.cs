using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Objects;

/// <summary>What counts as empty, and values without it.</summary>
internal static class Emptiness
{
    /// <summary>What null and undefined answer, so that a value that is not there can be asked.</summary>
    public static MethodList OfNothing { get; } = new()
    {
        { "isEmpty(): boolean", "Always true: there is nothing.", "null.isEmpty()", (_, _, _) => Value.True },
        { "isNotEmpty(): boolean", "Always false: there is nothing.", "$json.nothing.isNotEmpty()", (_, _, _) => Value.False },
    };

    /// <summary>Undefined, null, an empty string, array or object.</summary>
    public static bool IsEmpty(Value value) => value.Kind switch
    {
        ValueKind.Undefined or ValueKind.Null => true,
        ValueKind.String => value.AsString!.Length == 0,
        ValueKind.Array => value.AsArray!.Count == 0,
        ValueKind.Object => value.AsObject!.Count == 0,
        _ => false,
    };

    /// <summary>A copy without null, undefined, "", "nil", {} and [], on all levels. What becomes empty by that stays.</summary>
    public static Value Compact(Run run, Value value)
    {
        if (value.AsArray is { } array)
        {
            run.Enter();
            var elements = new ArrayValue();
            foreach (var element in array)
            {
                run.Step();
                if (IsLeftOut(element)) continue;
                run.MakeElements(1);
                elements.Add(Compact(run, element));
            }

            run.Leave();
            return elements;
        }

        if (value.AsObject is not { } o) return value;
        run.Enter();
        var properties = new ObjectValue();
        foreach (var (name, property) in o)
        {
            run.Step();
            if (IsLeftOut(property)) continue;
            run.MakeElements(1);
            properties.Set(name, Compact(run, property));
        }

        run.Leave();
        return properties;
    }

    private static bool IsLeftOut(Value value) => IsEmpty(value) || value.AsString == "nil";
}
