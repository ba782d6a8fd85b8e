namespace LinkFlow.Engine.Definitions;

/// <summary>Bounds on a definition; a tenant's quota may change them.</summary>
public sealed record DefinitionLimits
{
    public int MaxNodes { get; init; } = 500;
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Characters in a node's id, name or type.</summary>
    public const int MaxNameLength = 128;

    /// <summary>Characters in a node's notes.</summary>
    public const int MaxNotesLength = 10_000;
}
