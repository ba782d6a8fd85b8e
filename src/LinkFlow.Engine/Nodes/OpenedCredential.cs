using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>A credential as a node gets it for one attempt: its secrets opened, its expressions resolved.</summary>
/// <param name="Type">The credential type's name: <c>basic</c>, <c>bearer</c>, …</param>
/// <param name="Data">The fields that the type's schema declares, secret ones included. Never to be put into an item, a message or a log.</param>
public sealed record OpenedCredential(string Id, string Name, string Type, ObjectValue Data)
{
    public string Tenant { get; init; } = "";

    /// <summary>Grows with every change of the credential: what was derived from an earlier one (a token) is void.</summary>
    public long Version { get; init; }

    /// <summary>The only hosts that it may be sent to; empty: any.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>The values that the attempt's mask hides: the fields that are secret, and what resolving them brought in.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Without the data, so that no log line or message shows it.</summary>
    public override string ToString() => $"{Type} credential '{Name}' ({Id})";
}
