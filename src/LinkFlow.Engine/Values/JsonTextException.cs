namespace LinkFlow.Engine.Values;

/// <summary>A text is not JSON by the rules of <see cref="JsonText"/>.</summary>
/// <param name="line">1-based.</param>
/// <param name="column">1-based, in bytes.</param>
public sealed class JsonTextException(string reason, int line, int column)
    : Exception($"{reason} (line {line}, column {column})")
{
    public string Reason { get; } = reason;
    public int Line { get; } = line;
    public int Column { get; } = column;
}
