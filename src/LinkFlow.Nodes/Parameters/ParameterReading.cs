using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Parameters;

/// <summary>
/// Reads evaluated parameters as what a node needs. Literals were checked against the schema when the workflow was
/// activated; what an expression came out as is checked here, and a misfit is PARAMETER_INVALID.
/// </summary>
internal static class ParameterReading
{
    /// <summary>A string; the fallback where it is absent or null.</summary>
    /// <exception cref="NodeException">It is something else, or absent without a fallback.</exception>
    public static string Text(this NodeContext context, int item, string name, string? fallback = null)
    {
        var value = context.Parameter(item, name);
        if (value.IsNullOrUndefined) return fallback ?? throw Missing(context, name);
        return value.AsString ?? throw Invalid(context, name, "must be a string", value);
    }

    /// <summary>One of some words.</summary>
    public static string Choice(this NodeContext context, int item, string name, string fallback, params ReadOnlySpan<string> words)
    {
        var word = context.Text(item, name, fallback);
        if (words.Contains(word)) return word;
        string[] known = [.. words];
        throw new NodeException(NodeErrorCodes.ParameterInvalid, $"'{name}' in '{context.Node.Id}' must be one of {string.Join(", ", known)}, but came out as '{word}'.{DidYouMean.Suggestion(word, known)}");
    }

    public static bool Flag(this NodeContext context, int item, string name, bool fallback)
    {
        var value = context.Parameter(item, name);
        if (value.IsNullOrUndefined) return fallback;
        return value.IsBoolean ? value.AsBoolean : throw Invalid(context, name, "must be true or false", value);
    }

    /// <param name="max">Inclusive.</param>
    public static double Number(this NodeContext context, int item, string name, double min, double max, double? fallback = null)
    {
        var value = context.Parameter(item, name);
        if (value.IsNullOrUndefined) return fallback ?? throw Missing(context, name);
        if (!value.IsNumber || !(value.AsNumber >= min && value.AsNumber <= max)) throw Invalid(context, name, $"must be a number from {Print(min)} to {Print(max)}", value);
        return value.AsNumber;
    }

    /// <param name="max">Inclusive.</param>
    public static int Whole(this NodeContext context, int item, string name, int min, int max, int? fallback = null)
    {
        var value = context.Parameter(item, name);
        if (value.IsNullOrUndefined) return fallback ?? throw Missing(context, name);
        if (!value.IsNumber || !(value.AsNumber >= min && value.AsNumber <= max) || Math.Floor(value.AsNumber) != value.AsNumber)
            throw Invalid(context, name, $"must be a whole number from {min} to {max}", value);
        return (int)value.AsNumber;
    }

    /// <summary>An object; an empty one where it is absent or null.</summary>
    public static ObjectValue Object(this NodeContext context, int item, string name)
    {
        var value = context.Parameter(item, name);
        if (value.IsNullOrUndefined) return Empty;
        return value.AsObject ?? throw Invalid(context, name, "must be an object", value);
    }

    /// <summary>A list of strings, or a single one; an empty list where it is absent or null.</summary>
    public static IReadOnlyList<string> Words(this NodeContext context, int item, string name)
    {
        var value = context.Parameter(item, name);
        if (value.IsNullOrUndefined) return [];
        if (value.AsString is { } one) return [one];
        if (value.AsArray is not { } list || list.Any(v => !v.IsString)) throw Invalid(context, name, "must be a list of strings", value);
        return [.. list.Select(v => v.AsString!)];
    }

    public static NodeException Missing(NodeContext context, string name) =>
        new(NodeErrorCodes.ParameterInvalid, $"'{name}' in '{context.Node.Id}' is required.");

    /// <param name="must">What would be right: <c>must be a string</c>.</param>
    public static NodeException Invalid(NodeContext context, string name, string must, Value value) =>
        new(NodeErrorCodes.ParameterInvalid, $"'{name}' in '{context.Node.Id}' {must}, but came out as {Describe(value)}.");

    /// <summary>A value for a message: short, with its type.</summary>
    public static string Describe(Value value)
    {
        var text = value.ToString();
        if (text.Length > 60) text = text[..60] + "…";
        return value.Kind is ValueKind.Undefined or ValueKind.Null ? text : $"{text} ({TypeOf(value)})";
    }

    public static string TypeOf(Value value) => value.Kind switch
    {
        ValueKind.Undefined => "undefined",
        ValueKind.Null => "null",
        ValueKind.Boolean => "a boolean",
        ValueKind.Number => "a number",
        ValueKind.String => "a string",
        ValueKind.Array => "an array",
        ValueKind.Object => "an object",
        _ => "no JSON value",
    };

    private static readonly ObjectValue Empty = Frozen();

    private static ObjectValue Frozen()
    {
        var empty = new ObjectValue(0);
        empty.Freeze();
        return empty;
    }

    private static string Print(double number) => JavaScriptNumber.ToString(number);
}
