using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Text;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Webhooks;
using LinkFlow.Platform.Webhooks.Authentication;

namespace LinkFlow.Platform.Credentials.Use;

/// <summary>What stands against a workflow's use of credentials: those that are missing, expired, of the wrong type, not for this node or host, or not the caller's to use.</summary>
public sealed class CredentialFindings(CredentialDirectory directory, NodeRegistry nodes, TimeProvider clock)
{
    /// <summary>The one name under which built-in nodes take a credential.</summary>
    public const string Slot = "auth";

    public const string Missing = "UNKNOWN_CREDENTIAL";
    public const string NotPermitted = "CREDENTIAL_NOT_PERMITTED";

    /// <param name="user">Who activates or runs it.</param>
    public async ValueTask<IReadOnlyList<PlanError>> OfAsync(string tenant, WorkflowDefinition definition, Principal user, CancellationToken cancellationToken)
    {
        List<PlanError>? errors = null;
        for (var i = 0; i < definition.Nodes.Count; i++)
        {
            var node = definition.Nodes[i];
            // A disabled node is not run, and an unknown type is another finding.
            if (node.Disabled || nodes.Describe(node.Type) is not { } descriptor) continue;
            if (node.Credentials.Count == 0)
            {
                if (WishOf(node) is { } wish)
                    (errors ??= []).Add(new PlanError(Missing, $"Node '{node.Id}' is to authenticate with '{wish.Word}' and names no credential: add \"credentials\":{{\"{Slot}\":\"<id>\"}}.", node.Id, $"/nodes/{i}/parameters/{wish.Parameter}"));
                continue;
            }

            foreach (var (slot, id) in node.Credentials)
            {
                var pointer = $"/nodes/{i}/credentials/{BodyFields.Escape(slot)}";
                foreach (var (code, message, at) in await OfAsync(tenant, node, descriptor, slot, id, user, cancellationToken))
                    (errors ??= []).Add(new PlanError(code, message, node.Id, at is null ? pointer : $"/nodes/{i}{at}"));
            }
        }

        return errors ?? (IReadOnlyList<PlanError>)[];
    }

    private async ValueTask<IReadOnlyList<(string Code, string Message, string? At)>> OfAsync(
        string tenant, NodeDefinition node, NodeDescriptor descriptor, string slot, string id, Principal user, CancellationToken cancellationToken)
    {
        if (descriptor.CredentialTypes.Count == 0) return [(CredentialErrors.WrongType, $"Node '{node.Id}' ({node.Type}) takes no credentials.", null)];
        if (slot != Slot) return [("UNKNOWN_CREDENTIAL_SLOT", $"Node '{node.Id}' names a credential under '{slot}'; '{Slot}' is the only name.{DidYouMean.Suggestion(slot, [Slot])}", null)];
        if (await directory.FindAsync(tenant, id, cancellationToken) is not { } credential)
            return [(Missing, $"Node '{node.Id}' names the credential '{id}', and there is none of that id.", null)];
        if (!CredentialAccess.MayUse(user, credential))
            return [(NotPermitted, $"Node '{node.Id}' names the credential '{id}', which {(user.May(Permissions.CredentialUse) ? "is not shared with you" : $"needs the permission '{Permissions.CredentialUse}'")}.", null)];
        return [.. Misfits(node, descriptor, credential, clock.GetUtcNow())];
    }

    private static IEnumerable<(string Code, string Message, string? At)> Misfits(NodeDefinition node, NodeDescriptor descriptor, Credential credential, DateTimeOffset now)
    {
        var name = $"the credential '{credential.Name}'";
        if (!descriptor.CredentialTypes.Contains(credential.TypeName))
            yield return (CredentialErrors.WrongType, $"Node '{node.Id}' ({node.Type}) does not take {name} of the type '{credential.TypeName}'. It takes {string.Join(", ", descriptor.CredentialTypes)}.", null);
        else if (WishOf(node) is { Types.Count: > 0 } wish && !wish.Types.Contains(credential.TypeName))
            yield return (CredentialErrors.WrongType, $"Node '{node.Id}' is to authenticate with '{wish.Word}', which takes {string.Join(" or ", wish.Types)}, and {name} is of the type '{credential.TypeName}'.", $"/parameters/{wish.Parameter}");
        if (credential.IsExpired(now)) yield return (CredentialErrors.Expired, $"Node '{node.Id}' names {name}, which expired at {Rfc3339.Write(credential.ExpiresAt!.Value)}. Rotate it with a later expiresAt.", null);
        if (credential.AllowedNodeTypes.Count > 0 && !credential.AllowedNodeTypes.Contains(node.Type))
            yield return (CredentialErrors.NotAllowed, $"Node '{node.Id}' is a {node.Type}, and {name} may be used only by {string.Join(", ", credential.AllowedNodeTypes)} (its allowedNodeTypes).", null);
        if (KnownUrl(node) is { } url && !AllowedHosts.Allow(credential.AllowedHosts, url))
            yield return (CredentialErrors.NotAllowed, $"Node '{node.Id}' sends {name} to '{url.Authority}'; it may be sent only to {string.Join(", ", credential.AllowedHosts)} (its allowedHosts).", "/parameters/url");
    }

    /// <summary>How a node's parameters say that it authenticates, or is authenticated; null: not at all.</summary>
    private static Wish? WishOf(NodeDefinition node)
    {
        var parameter = node.Type switch { "http_request" => "authentication", WebhookPaths.NodeType => "auth", _ => null };
        if (parameter is null || node.Parameters[parameter].AsString is not { } word || word == "none" || word.Contains("{{", StringComparison.Ordinal)) return null;
        return new Wish(parameter, word, parameter == "auth" ? WebhookAuth.TypesFor(word) : word == "credential" ? [] : [word]);
    }

    /// <summary>Where a request goes, as far as that is known before it runs: the host is, when no expression is in it.</summary>
    private static Uri? KnownUrl(NodeDefinition node)
    {
        if (node.Type != "http_request" || node.Parameters["authentication"].AsString == "none" || node.Parameters["url"].AsString is not { } text) return null;
        var expression = text.IndexOf("{{", StringComparison.Ordinal);
        if (expression >= 0)
        {
            var scheme = text.IndexOf("://", StringComparison.Ordinal);
            var end = scheme < 0 ? -1 : text.IndexOfAny(['/', '?', '#'], scheme + 3);
            if (end < 0 || end > expression) return null;
            text = text[..end];
        }

        return Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;
    }

    /// <param name="Types">The credential types that fit; empty: all that the node takes.</param>
    private sealed record Wish(string Parameter, string Word, IReadOnlyList<string> Types);
}
