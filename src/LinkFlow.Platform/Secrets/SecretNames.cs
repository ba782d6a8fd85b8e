using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Secrets;

/// <summary>The bounds that <see cref="ISecretStore"/> sets for names and sizes.</summary>
public static class SecretNames
{
    public static bool IsName(string name) =>
        name.Length is > 0 and <= ISecretStore.MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <exception cref="ArgumentException">It is no name.</exception>
    public static void Require(string name)
    {
        if (!IsName(name))
            throw new ArgumentException($"The name of the secret has {name.Length} characters or one that is not allowed; 1 to {ISecretStore.MaxNameLength} letters, digits and hyphens are.", nameof(name));
    }

    /// <exception cref="ArgumentException">It is empty or too large.</exception>
    public static void RequireSize(int bytes)
    {
        if (bytes is < 1 or > ISecretStore.MaxBytes)
            throw new ArgumentException($"The secret has {bytes} bytes; 1 to {ISecretStore.MaxBytes} are allowed.", nameof(bytes));
    }
}
