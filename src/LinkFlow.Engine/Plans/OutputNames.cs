namespace LinkFlow.Engine.Plans;

/// <summary>Outputs that the rules know by name.</summary>
public static class OutputNames
{
    /// <summary>A loop's batches.</summary>
    public const string Loop = "loop";

    /// <summary>A loop's joined results.</summary>
    public const string Done = "done";

    /// <summary>The failed items of a node whose onError is errorOutput.</summary>
    public const string Error = "error";
}
