using System.Globalization;
using System.Text.RegularExpressions;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Fields;

namespace LinkFlow.Nodes.Events;

/// <summary>
/// Which events of a type are meant: attributes, extensions and paths in the data, each with the value, the values or the prefix that it
/// must have; all must hold. Pure, and never fails: what is not there, or of another type, does not match.
/// </summary>
public sealed partial class EventFilter
{
    /// <summary>Names in one filter.</summary>
    public const int MaxNames = 50;

    /// <summary>Values of one name.</summary>
    public const int MaxValues = 100;

    private const string Data = "data";
    private const string Prefix = "prefix";

    private readonly List<(string Name, bool IsData, Value Wanted)> _tests = [];

    /// <param name="filter">Checked: <see cref="Check"/> found nothing.</param>
    public EventFilter(ObjectValue? filter)
    {
        foreach (var (name, wanted) in filter ?? [])
            _tests.Add((name, name == Data || name.StartsWith($"{Data}.", StringComparison.Ordinal), wanted));
    }

    /// <param name="event">The event as JSON: attributes, extensions and data side by side.</param>
    public bool Matches(ObjectValue @event)
    {
        foreach (var (name, isData, wanted) in _tests)
        {
            var found = isData ? DataAt(@event, name) : @event[name];
            if (wanted.AsArray is { } any ? !any.Any(w => IsMet(found, w, isData)) : !IsMet(found, wanted, isData)) return false;
        }

        return true;
    }

    /// <summary>What is wrong with a filter, by JSON pointer below <paramref name="pointer"/>.</summary>
    public static IEnumerable<(string Pointer, string Message)> Check(ObjectValue filter, string pointer)
    {
        if (filter.Count > MaxNames) yield return (pointer, $"The filter has {filter.Count} names; at most {MaxNames} are allowed.");
        foreach (var (name, wanted) in filter.Take(MaxNames))
        {
            var at = $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
            if (!Name().IsMatch(name))
                yield return (at, $"'{Shorten(name)}' names nothing of an event: write an attribute or extension (lower-case letters and digits, e.g. 'subject'), or a path in its data (e.g. 'data.customer.country').");
            if (wanted.AsArray is not { } any)
            {
                if (!IsWanted(wanted)) yield return (at, ValueProblem(name));
                continue;
            }

            if (any.Count is 0 or > MaxValues) yield return (at, $"'{name}' has {any.Count} values, of which an event needs one; 1 to {MaxValues} are allowed.");
            for (var i = 0; i < any.Count && i < MaxValues; i++)
                if (!IsWanted(any[i])) yield return ($"{at}/{i}", ValueProblem(name));
        }
    }

    private static bool IsMet(Value found, Value wanted, bool isData)
    {
        if (wanted.AsObject is { } test) return TextOf(found, isData) is { } text && text.StartsWith(test[Prefix].AsString!, StringComparison.Ordinal);
        // Null asks for what is not there; a null in the data is as good.
        if (wanted.IsNull) return found.IsNullOrUndefined;
        return isData ? found == wanted : TextOf(found, isData) is { } attribute && attribute == TextOf(wanted, isData);
    }

    /// <summary>Attributes are texts on most ways that an event travels, so that 3 and "3" are the same there. Data is JSON.</summary>
    private static string? TextOf(Value value, bool isData) =>
        value.AsString ?? (isData ? null : value.IsNumber ? value.AsNumber.ToString(CultureInfo.InvariantCulture) : value.IsBoolean ? value.AsBoolean ? "true" : "false" : null);

    private static Value DataAt(ObjectValue @event, string name)
    {
        if (name == Data) return @event[Data];
        var path = name[(Data.Length + 1)..];
        if (@event[Data].AsObject is { } data) return FieldPath.Get(data, path);
        return @event[Data].IsArray ? FieldPath.Get(@event, name) : Value.Undefined;
    }

    private static bool IsWanted(Value value) =>
        value.IsString || value.IsNumber || value.IsBoolean || value.IsNull || (value.AsObject is { Count: 1 } test && test[Prefix].AsString is { Length: > 0 });

    private static string ValueProblem(string name) =>
        $"'{Shorten(name)}' must be compared with a string, a number, a boolean, null (it is absent), {{\"prefix\":\"…\"}}, or a list of those of which one is enough.";

    private static string Shorten(string name) => name.Length <= 64 ? name : name[..64] + "…";

    [GeneratedRegex(@"^(?:data(?:\.[^\p{Cc}]{1,500})?|[a-z0-9]{1,64})\z")]
    private static partial Regex Name();
}
