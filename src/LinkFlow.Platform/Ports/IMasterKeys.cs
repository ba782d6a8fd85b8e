namespace LinkFlow.Platform.Ports;

/// <summary>The master keys of a host that has some of its own. A host whose secrets are kept by a service has none, and no such port.</summary>
public interface IMasterKeys
{
    /// <summary>How many secrets each key wraps, and whether a rotation is under way.</summary>
    ValueTask<MasterKeyStatus> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes a new key the current one, durably, and goes on re-wrapping what the others wrap when it has returned.</summary>
    /// <exception cref="RotationRefusedException">A rotation is under way, the key's file cannot be written, or whoever starts this host holds its key.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be written now; the keys are what they were.</exception>
    Task<MasterKeyStatus> RotateAsync(CancellationToken cancellationToken = default);
}

/// <param name="Source"><c>file</c> or <c>environment</c>.</param>
/// <param name="Keys">The current one first.</param>
/// <param name="Unreadable">Secrets that the rotation under way found damaged; the keys that they need are kept.</param>
public sealed record MasterKeyStatus(string Source, IReadOnlyList<MasterKeyUse> Keys, int Unreadable)
{
    public bool IsRotating => Keys.Count > 1;
}

/// <param name="MadeAt">For a key from outside: when it was first used here. Null: not known.</param>
/// <param name="Secrets">How many it wraps.</param>
public sealed record MasterKeyUse(string Id, DateTimeOffset? MadeAt, long Secrets);

/// <summary>A rotation cannot begin now; the message says why and what would help.</summary>
public sealed class RotationRefusedException(string message) : Exception(message);
