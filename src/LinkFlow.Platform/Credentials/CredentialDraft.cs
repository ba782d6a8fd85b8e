using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Credentials;

/// <summary>What a caller wants a credential to be; its data is not checked against its type yet.</summary>
/// <param name="Data">As the caller sent it: with those secrets that are to be set, null or absent for those that are to be kept.</param>
public sealed record CredentialDraft(
    string Name, string TypeName, ObjectValue Data, IReadOnlyList<string> AllowedNodeTypes, IReadOnlyList<string> AllowedHosts, DateTimeOffset? ExpiresAt,
    int? RotateAfterDays = null)
{
    /// <summary>Without the data, so that no log line or message shows it.</summary>
    public override string ToString() => $"{TypeName} credential '{Name}'";
}
