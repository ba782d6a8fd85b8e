using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes.Credentials;

/// <summary>The error codes of nodes that could not use a credential.</summary>
public static class CredentialErrors
{
    public const string NotFound = "CREDENTIAL_NOT_FOUND";
    public const string Expired = "CREDENTIAL_EXPIRED";

    /// <summary>It may not be used by this node, in this workflow, or for this host.</summary>
    public const string NotAllowed = "CREDENTIAL_NOT_ALLOWED";

    /// <summary>The node does not take credentials of this type.</summary>
    public const string WrongType = "CREDENTIAL_TYPE";

    /// <summary>Its secrets cannot be opened.</summary>
    public const string Unreadable = "CREDENTIAL_UNREADABLE";

    /// <summary>Its fields do not make what is to be sent.</summary>
    public const string Invalid = "CREDENTIAL_INVALID";

    /// <summary>Whoever gives tokens for it refused.</summary>
    public const string Refused = "CREDENTIAL_REFUSED";

    /// <summary>A user must consent again: the permission was never given, was withdrawn or has lapsed.</summary>
    public const string Reauthorize = "CREDENTIAL_REAUTHORIZE";

    /// <summary>Whoever gives tokens for it did not answer as it should; trying again may help.</summary>
    public const string TokenUnavailable = "CREDENTIAL_TOKEN_UNAVAILABLE";

    /// <param name="why">A sentence without secrets.</param>
    public static NodeException IsInvalid(OpenedCredential credential, string why) => new(Invalid, $"The {credential} cannot be used: {why}");
}
