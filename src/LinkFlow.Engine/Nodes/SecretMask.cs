using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>
/// Hides the secrets that an attempt opened wherever they appear in what it gives away. Applied once, before a
/// node's output becomes an event, so that a live run and a recovered one see the same.
/// </summary>
public sealed class SecretMask
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Hidden = "***";

    /// <summary>Shorter secrets are not masked: they would hide half of every text. Saving one draws a warning.</summary>
    public const int ShortestMasked = 6;

    private readonly Lock _lock = new();
    private readonly List<string> _secrets = [];

    /// <summary>True when there is nothing to hide.</summary>
    public bool IsEmpty => _secrets.Count == 0;

    /// <summary>Hides this value from now on; safe to call from several threads.</summary>
    public void Add(string secret)
    {
        if (secret.Length < ShortestMasked) return;
        lock (_lock)
            if (!_secrets.Contains(secret)) _secrets.Add(secret);
    }

    /// <summary>The text with every secret hidden; the same text when it holds none.</summary>
    public string Apply(string text)
    {
        foreach (var secret in _secrets) text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        return text;
    }
}
