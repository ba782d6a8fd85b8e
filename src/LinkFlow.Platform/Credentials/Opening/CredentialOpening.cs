using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Platform.Credentials.Fields;
using LinkFlow.Platform.Credentials.Use;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Variables;

namespace LinkFlow.Platform.Credentials.Opening;

/// <summary>Opens credentials for nodes: checks that they may be used, opens their secrets, resolves their expressions. The only place where secrets come out.</summary>
public sealed class CredentialOpening(
    CredentialDirectory directory, SecretKeeping keeping, CredentialTypes types, CredentialUses uses, TimeProvider clock, SecretVariables secretVariables)
{
    /// <summary>How long a node waits when the secret store does not say.</summary>
    private const long RetryAfterMs = 1_000;

    /// <summary>Opens a credential for one attempt of a node. Fails as a node does, also where the secret store cannot be read now.</summary>
    /// <exception cref="NodeException">It may not be used, or cannot be opened; the message says which and what would be right.</exception>
    public async ValueTask<OpenedCredential> OpenForNodeAsync(string tenant, CredentialUser user, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(tenant, user, id, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            throw new NodeException(new NodeError(
                CredentialErrors.Unreadable, $"The credential '{id}' cannot be read now: {e.Message}", Transient: true, RetryAfterMs: Math.Max(RetryAfterMs, (long)e.RetryAfter.TotalMilliseconds)), e);
        }
    }

    /// <summary>Opens a credential for a node, or for what stands in for it.</summary>
    /// <exception cref="NodeException">It may not be used, or cannot be opened.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public async ValueTask<OpenedCredential> OpenAsync(string tenant, CredentialUser user, string id, CancellationToken cancellationToken)
    {
        var credential = await directory.FindAsync(tenant, id, cancellationToken)
            ?? throw new NodeException(CredentialErrors.NotFound, $"Node '{user.NodeId}' names the credential '{id}', and there is none of that id. It may have been deleted.");
        RequireUsable(credential, user);
        var opened = await OpenAsync(tenant, credential, user.WorkflowId, cancellationToken);
        uses.Used(tenant, id);
        return opened;
    }

    /// <summary>Opens a credential for a test, whatever it may be used for.</summary>
    /// <exception cref="NodeException">It cannot be opened.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public ValueTask<OpenedCredential> OpenForTestAsync(string tenant, Credential credential, CancellationToken cancellationToken) =>
        OpenAsync(tenant, credential, workflowId: null, cancellationToken);

    private async ValueTask<OpenedCredential> OpenAsync(string tenant, Credential credential, string? workflowId, CancellationToken cancellationToken)
    {
        var type = types.Find(credential.TypeName)?.Descriptor
            ?? throw new NodeException(CredentialErrors.WrongType, $"The credential '{credential.Name}' is of the type '{credential.TypeName}', which this installation does not know.");
        var secrets = await ReadAsync(tenant, credential, cancellationToken);
        if (secrets is null)
        {
            // Changed since the document was read: the version that it names is retired.
            credential = await directory.ReadAsync(tenant, credential.Id, cancellationToken)
                ?? throw new NodeException(CredentialErrors.NotFound, $"The credential '{credential.Name}' ({credential.Id}) was deleted.");
            secrets = await ReadAsync(tenant, credential, cancellationToken)
                ?? throw new NodeException(CredentialErrors.Unreadable, $"The secrets of the credential '{credential.Name}' ({credential.Id}) are gone from the secret store. Set them again.");
        }

        var data = CredentialData.Join(type, credential.Data, secrets);
        var hidden = secrets.Select(s => s.Value.AsString).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (CredentialExpressions.AreIn(data)) data = await ResolveAsync(tenant, workflowId, credential, type, data, hidden, cancellationToken);
        return new OpenedCredential(credential.Id, credential.Name, credential.TypeName, data)
        {
            Tenant = tenant,
            Version = credential.Version,
            AllowedHosts = credential.AllowedHosts,
            Secrets = [.. hidden],
        };
    }

    private async ValueTask<ObjectValue?> ReadAsync(string tenant, Credential credential, CancellationToken cancellationToken)
    {
        try
        {
            return await keeping.OpenAsync(tenant, credential, cancellationToken);
        }
        catch (SecretUnreadableException e)
        {
            throw new NodeException(new NodeError(CredentialErrors.Unreadable, $"The secrets of the credential '{credential.Name}' ({credential.Id}) cannot be opened: {e.Message}"), e);
        }
    }

    private async ValueTask<ObjectValue> ResolveAsync(
        string tenant, string? workflowId, Credential credential, CredentialTypeDescriptor type, ObjectValue data, HashSet<string> hidden, CancellationToken cancellationToken)
    {
        var names = CredentialExpressions.SecretNames(data);
        var named = await OpenVariablesAsync(tenant, workflowId, names, cancellationToken);
        if (names.FirstOrDefault(n => !named.Values.Contains(n)) is { } missing)
            throw new NodeException(CredentialErrors.Invalid, $"The credential '{credential.Name}' ({credential.Id}) names $secrets.{missing}, and there is no secret variable '{missing}'.");
        hidden.UnionWith(named.Texts);

        var resolved = CredentialExpressions.Resolve(credential, type, data, named.Values, clock.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var (_, value) in CredentialData.Split(type, resolved).Secrets)
            if (value.AsString is { } text) hidden.Add(text);
        return resolved;
    }

    private async ValueTask<OpenedSecrets> OpenVariablesAsync(string tenant, string? workflowId, IReadOnlySet<string> names, CancellationToken cancellationToken)
    {
        try
        {
            return await secretVariables.OpenAsync(tenant, workflowId, names, cancellationToken);
        }
        catch (SecretUnreadableException e)
        {
            throw new NodeException(new NodeError(CredentialErrors.Unreadable, $"A secret variable cannot be opened: {e.Message}"), e);
        }
    }

    private void RequireUsable(Credential credential, CredentialUser user)
    {
        if (!user.Types.Contains(credential.TypeName))
            throw new NodeException(CredentialErrors.WrongType, $"Node '{user.NodeId}' ({user.NodeType}) does not take a credential of the type '{credential.TypeName}'. It takes {string.Join(", ", user.Types)}.");
        if (credential.IsExpired(clock.GetUtcNow()))
            throw new NodeException(CredentialErrors.Expired, $"The credential '{credential.Name}' ({credential.Id}) expired at {Rfc3339.Write(credential.ExpiresAt!.Value)}. Rotate it with a later expiresAt.");
        if (credential.AllowedNodeTypes.Count > 0 && !credential.AllowedNodeTypes.Contains(user.NodeType))
            throw new NodeException(CredentialErrors.NotAllowed, $"The credential '{credential.Name}' may be used only by nodes of the types {string.Join(", ", credential.AllowedNodeTypes)} (its allowedNodeTypes), and '{user.NodeId}' is a {user.NodeType}.");
    }
}
