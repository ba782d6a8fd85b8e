using System.Globalization;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Fields;

/// <summary>Converts a field's value to another type.</summary>
internal static class Conversions
{
    /// <param name="type">string, number, integer, boolean, json or date.</param>
    /// <exception cref="Engine.Nodes.NodeException">The value has no such form.</exception>
    public static Value To(string type, Value value, string field, string timeZone)
    {
        if (value.IsNull) return value;
        Value? converted = type switch
        {
            "string" => Text(value),
            "number" => Number(value),
            "integer" => Number(value) is { } number ? Value.From(Math.Truncate(number.AsNumber)) : default(Value?),
            "boolean" => Boolean(value),
            "json" => Parsed(value),
            "date" => Date(value, timeZone),
            _ => default(Value?),
        };
        return converted ?? throw DataErrors.Mismatch($"The field '{field}' cannot be converted to {type}: it is {ParameterReading.Describe(value)}.");
    }

    public static Value Text(Value value) => value.IsString ? value : Value.From(value.NumberAsWritten ?? value.ToString());

    /// <returns>Null when the value has no such form; so too of the others.</returns>
    public static Value? Number(Value value)
    {
        if (value.IsNumber) return value;
        if (value.IsBoolean) return Value.From(value.AsBoolean ? 1 : 0);
        return double.TryParse(value.AsString?.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? Value.From(number) : default(Value?);
    }

    public static Value? Boolean(Value value)
    {
        if (value.IsBoolean) return value;
        if (value.IsNumber) return value.AsNumber is 0 or 1 ? Value.From(value.AsNumber == 1) : default(Value?);
        return value.AsString?.Trim().ToLowerInvariant() switch
        {
            "true" or "1" or "yes" => Value.True,
            "false" or "0" or "no" => Value.False,
            _ => default(Value?),
        };
    }

    private static Value? Date(Value value, string timeZone) =>
        Times.Read(value, timeZone) is { } time
            ? Value.From(DateTimeOffset.FromUnixTimeMilliseconds(time).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture))
            : default(Value?);

    private static Value? Parsed(Value value)
    {
        if (value.AsString is not { } text) return value;
        try
        {
            return JsonText.Parse(text);
        }
        catch (JsonTextException)
        {
            // The caller's message says that it is no JSON.
            return default(Value?);
        }
    }
}
