using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Webhooks.Authentication;

/// <summary>A caller that may start the workflow: what of its request is not for the workflow, and what names a delivery that may come again.</summary>
internal sealed record Admission
{
    /// <summary>Where no proof is asked for.</summary>
    public static Admission OfAnyone { get; } = new();

    /// <summary>Headers that proved the caller.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>The query parameter that did; null: none.</summary>
    public string? Query { get; init; }

    /// <summary>The same for every repeat of one delivery; null: calls of this kind are not told apart.</summary>
    public string? Delivery { get; init; }

    /// <summary>Hides the credential's secrets in the item; null: no credential was opened.</summary>
    public SecretMask? Mask { get; init; }

    /// <summary>The item without the credential's secrets, should the caller have sent them elsewhere too.</summary>
    public Item Hide(Item item) => Mask is null ? item : Mask.Apply(item);

    public bool WithholdsHeader(string name)
    {
        for (var i = 0; i < Headers.Count; i++)
            if (Headers[i].Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
