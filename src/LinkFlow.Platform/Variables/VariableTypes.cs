using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Variables;

/// <summary>What a variable's value may be. Messages never hold the value: it may be a secret.</summary>
public static class VariableTypes
{
    public const string Text = "string";
    public const string Number = "number";
    public const string Boolean = "boolean";
    public const string Json = "json";

    public static IReadOnlyList<string> Words { get; } = [Text, Number, Boolean, Json];

    /// <returns>Null: the value is of the type; else what is wrong with it.</returns>
    public static string? Problem(string type, Value value) => type switch
    {
        Text when !value.IsString => Wrong(value, "a string"),
        Number when !value.IsNumber => Wrong(value, "a number"),
        Boolean when !value.IsBoolean => Wrong(value, "true or false"),
        _ => null,
    };

    private static string Wrong(Value value, string expected) =>
        $"The value is {BodyFields.Describe(value)}; {expected} is expected. Change the value, or the variable's type.";
}
