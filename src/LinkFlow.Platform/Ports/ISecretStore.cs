namespace LinkFlow.Platform.Ports;

/// <summary>
/// Keeps secrets by tenant and name, in versions. What is stored leaves only through <see cref="OpenAsync"/>.
/// The rules are those that the weakest store can keep: a name is never used again once deleted; a deleted secret
/// may still open for a short while; a call may be throttled.
/// </summary>
public interface ISecretStore
{
    /// <summary>The largest secret, in bytes.</summary>
    const int MaxBytes = 20 * 1024;

    /// <summary>The longest name, in characters.</summary>
    const int MaxNameLength = 100;

    /// <summary>Stores a new version of a secret, and the first of a new name. Durable when it returns.</summary>
    /// <param name="name">Letters, digits and hyphens, at most 100; drawn by the caller and never used again after a delete.</param>
    /// <param name="secret">1 byte to <see cref="MaxBytes"/>.</param>
    /// <returns>The version, to be kept by whoever refers to it.</returns>
    /// <exception cref="ArgumentException">The name or the size is outside its bounds.</exception>
    /// <exception cref="SecretDeletedException">The name was deleted.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot take it now.</exception>
    Task<string> PutAsync(string tenant, string name, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default);

    /// <summary>Opens one version. The caller disposes what it gets.</summary>
    /// <returns>Null: there is no such secret or version in this tenant, or it was deleted or retired.</returns>
    /// <exception cref="StoreUnavailableException">The store is throttled or cannot be reached now.</exception>
    /// <exception cref="SecretUnreadableException">It is there and cannot be opened: its key is missing, or it was tampered with.</exception>
    ValueTask<SecretBuffer?> OpenAsync(string tenant, string name, string version, CancellationToken cancellationToken = default);

    /// <summary>Makes all versions but this one impossible to open; nothing happens when this one is not there.</summary>
    Task RetireOthersAsync(string tenant, string name, string version, CancellationToken cancellationToken = default);

    /// <summary>Deletes all versions; deleting what is not there is no error.</summary>
    Task DeleteAsync(string tenant, string name, CancellationToken cancellationToken = default);

    /// <summary>Seals a short-lived secret for whoever keeps it elsewhere, as a document does an access token.</summary>
    /// <param name="purpose">What it is for; opening needs the same.</param>
    ValueTask<byte[]> SealAsync(string tenant, string purpose, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default);

    /// <exception cref="SecretUnreadableException">It was sealed for another purpose or tenant, was tampered with, or its key is missing.</exception>
    ValueTask<SecretBuffer> UnsealAsync(string tenant, string purpose, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken = default);
}

/// <summary>A secret is there and cannot be opened.</summary>
public sealed class SecretUnreadableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A name is never used again once it was deleted: draw another one.</summary>
public sealed class SecretDeletedException(string name) : Exception($"The secret '{name}' was deleted, and its name cannot be used again. Store the value under a new name.");
