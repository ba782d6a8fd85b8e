using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Parameters;

/// <summary>Schemas and examples of descriptors, written as JSON.</summary>
internal static class Json
{
    /// <exception cref="JsonTextException">The text is no JSON.</exception>
    public static ObjectValue Object(string json) => JsonText.Parse(json).AsObject ?? throw new ArgumentException("The text is no JSON object.", nameof(json));

    /// <summary>The schema of a node without parameters.</summary>
    public static ObjectValue NoParameters { get; } = Object("""{"type":"object","properties":{},"additionalProperties":false}""");
}
