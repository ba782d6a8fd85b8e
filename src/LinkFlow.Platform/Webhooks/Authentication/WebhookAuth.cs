using LinkFlow.Engine.Definitions;
using LinkFlow.Platform.Webhooks.Authentication.Signatures;

namespace LinkFlow.Platform.Webhooks.Authentication;

/// <summary>What a webhook node says about who may call it.</summary>
/// <param name="CredentialId">The node's credential <c>auth</c>; empty: it names none, so nobody can be admitted.</param>
internal sealed record WebhookAuth(string Kind, string CredentialId, SignatureScheme? Scheme)
{
    /// <summary>The slot of the node's credentials.</summary>
    public const string Slot = "auth";
    public const string None = "none";
    public const string Basic = "basic";
    public const string Header = "header";
    public const string Jwt = "jwt";
    public const string Hmac = "hmac";

    /// <summary>True: the body must have been read to tell who calls.</summary>
    public bool NeedsBody => Kind == Hmac;

    /// <summary>The credential types that can prove a caller in this way.</summary>
    public static IReadOnlyList<string> TypesFor(string kind) => kind switch
    {
        Basic => ["basic"],
        Header => ["bearer", "api_key"],
        Jwt => ["jwt"],
        Hmac => ["hmac"],
        _ => [],
    };

    /// <returns>Null: everybody may call.</returns>
    public static WebhookAuth? Of(NodeDefinition node)
    {
        var kind = node.Parameters["auth"].AsString ?? None;
        if (kind == None) return null;
        var scheme = kind == Hmac ? SignatureScheme.Find(node.Parameters["scheme"].AsString ?? SignatureScheme.Default) : null;
        return new WebhookAuth(kind, node.Credentials.GetValueOrDefault(Slot, ""), scheme);
    }
}
