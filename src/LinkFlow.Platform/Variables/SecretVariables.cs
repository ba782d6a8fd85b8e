using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Variables;

/// <summary>Secret variables for the fields of credentials, where expressions call them <c>$secrets.NAME</c>. Always the current ones: a secret that was replaced is used no longer.</summary>
public sealed class SecretVariables(VariableSets sets, ISecretStore secrets, LinkFlowOptions options)
{
    /// <summary>The names that a workflow's credentials may use.</summary>
    /// <param name="workflowId">Null: the tenant's only.</param>
    public async ValueTask<IReadOnlyCollection<string>> NamesAsync(string tenant, string? workflowId, CancellationToken cancellationToken) =>
        [.. (await sets.CurrentAsync(tenant, cancellationToken)).Visible(workflowId).Values.Where(e => e.IsSecret).Select(e => e.Name)];

    /// <summary>Opens those that are asked for; a name that is none of a secret variable is left out.</summary>
    /// <param name="workflowId">Whose own go before the tenant's; null: the tenant's only.</param>
    /// <param name="names">Null: all, for an expression that names them by a value known only when it runs.</param>
    /// <exception cref="StoreUnavailableException">The secret store cannot be reached now.</exception>
    /// <exception cref="SecretUnreadableException">One is there and cannot be opened.</exception>
    public async ValueTask<OpenedSecrets> OpenAsync(string tenant, string? workflowId, IEnumerable<string>? names, CancellationToken cancellationToken)
    {
        var visible = (await sets.CurrentAsync(tenant, cancellationToken)).Visible(workflowId);
        var values = new ObjectValue();
        foreach (var name in (names ?? visible.Keys).Distinct(StringComparer.Ordinal))
        {
            if (!visible.TryGetValue(name, out var entry) || entry is not { IsSecret: true, SealedName: { } sealedName, Sealed: { } version }) continue;
            using var opened = await secrets.OpenAsync(tenant, sealedName, version, cancellationToken)
                ?? throw new SecretUnreadableException($"The values of the secret variable '{name}' are not in the secret store any more. Save the variable again.");
            values.Set(name, SealedValues.Pick(opened.Bytes, options.Environment));
        }

        return new OpenedSecrets(values, [.. values.SelectMany(v => SealedValues.Texts(v.Value)).Distinct(StringComparer.Ordinal)]);
    }
}

/// <summary>Secret variables, opened.</summary>
/// <param name="Values">By name: what <c>$secrets</c> is.</param>
/// <param name="Texts">What the mask must hide: each string and number in them.</param>
public sealed record OpenedSecrets(ObjectValue Values, IReadOnlyList<string> Texts)
{
    public override string ToString() => $"{Values.Count} secret variables";
}
