namespace LinkFlow.Platform.Credentials.Opening;

/// <summary>The secret variables that credentials' fields may name as <c>$secrets.NAME</c>.</summary>
public interface ISecretValues
{
    /// <param name="workflowId">The workflow whose own variables win; null: only the tenant's.</param>
    /// <returns>Null: there is none of that name.</returns>
    /// <exception cref="Ports.SecretUnreadableException">It cannot be opened.</exception>
    /// <exception cref="Ports.StoreUnavailableException">Not now.</exception>
    ValueTask<string?> FindAsync(string tenant, string? workflowId, string name, CancellationToken cancellationToken);
}
