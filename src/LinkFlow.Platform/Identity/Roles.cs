namespace LinkFlow.Platform.Identity;

/// <summary>The roles that every installation has: names for sets of permissions.</summary>
public static class Roles
{
    private const char Plus = '+';

    private static readonly Dictionary<string, IReadOnlyList<string>> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["owner"] = [Permissions.Everything],
        // All but what belongs to whoever runs the installation.
        ["admin"] = [.. Permissions.All.Except([Permissions.SecretRotate])],
        ["editor"] =
        [
            "workflow:*", "execution:*", Permissions.NodeRead, Permissions.WebhookRead, "schedule:*", "variable:*",
            Permissions.CredentialRead, Permissions.CredentialWrite, Permissions.CredentialUse,
        ],
        ["operator"] =
        [
            Permissions.WorkflowRead, Permissions.WorkflowExecute, Permissions.ExecutionRead, Permissions.ExecutionWrite, Permissions.NodeRead,
            Permissions.WebhookRead, Permissions.ScheduleRead, Permissions.ScheduleWrite, Permissions.VariableRead, Permissions.CredentialRead, Permissions.CredentialUse,
        ],
        ["viewer"] =
        [
            Permissions.WorkflowRead, Permissions.ExecutionRead, Permissions.NodeRead, Permissions.WebhookRead, Permissions.ScheduleRead,
            Permissions.VariableRead, Permissions.CredentialRead,
        ],
    };

    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>What a role, or a list of scopes joined by plus signs, gives.</summary>
    /// <returns>Null: it is neither.</returns>
    public static IReadOnlyList<string>? ScopesOf(string text)
    {
        if (Known.TryGetValue(text, out var scopes)) return scopes;
        var listed = text.Split(Plus, StringSplitOptions.TrimEntries);
        return listed.All(s => Permissions.Scopes.Contains(s)) ? listed : null;
    }
}
