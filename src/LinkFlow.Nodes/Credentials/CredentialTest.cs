namespace LinkFlow.Nodes.Credentials;

/// <summary>What trying a credential came to.</summary>
/// <param name="Passed">The other side took it.</param>
/// <param name="Tried">False: there was nothing to try it against, and <paramref name="Passed"/> is false too.</param>
/// <param name="Message">What was tried, how far, and what came of it.</param>
public sealed record CredentialTest(bool Passed, bool Tried, string Message)
{
    public static CredentialTest Pass(string message) => new(true, true, message);
    public static CredentialTest Fail(string message) => new(false, true, message);
    public static CredentialTest Untried(string message) => new(false, false, message);
}
