using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes.Parameters;

/// <summary>Failures that come from an item's data rather than from the parameters.</summary>
internal static class DataErrors
{
    public const string TypeMismatch = "TYPE_MISMATCH";

    public static NodeException Mismatch(string message) => new(TypeMismatch, message);
}
