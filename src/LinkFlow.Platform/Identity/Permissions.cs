namespace LinkFlow.Platform.Identity;

/// <summary>What a caller may do: <c>resource:action</c>, <c>resource:*</c>, or <c>*</c>.</summary>
public static class Permissions
{
    public const string WorkflowRead = "workflow:read";
    public const string WorkflowWrite = "workflow:write";
    public const string WorkflowExecute = "workflow:execute";
    public const string WorkflowDelete = "workflow:delete";
    public const string ExecutionRead = "execution:read";

    /// <summary>Cancel, pause, resume and signal.</summary>
    public const string ExecutionWrite = "execution:write";
    public const string ExecutionDelete = "execution:delete";
    public const string NodeRead = "node:read";
    public const string WebhookRead = "webhook:read";
    public const string ScheduleRead = "schedule:read";
    public const string ScheduleWrite = "schedule:write";
    public const string ScheduleDelete = "schedule:delete";
    public const string EventPublish = "event:publish";

    /// <summary>See outbound webhooks and their log.</summary>
    public const string EventSubscriptionRead = "eventsubscription:read";

    /// <summary>Make and change outbound webhooks, and send again.</summary>
    public const string EventSubscriptionWrite = "eventsubscription:write";
    public const string EventSubscriptionDelete = "eventsubscription:delete";
    public const string ApiKeyRead = "apikey:read";
    public const string ApiKeyWrite = "apikey:write";
    public const string ApiKeyDelete = "apikey:delete";
    public const string CredentialRead = "credential:read";
    public const string CredentialWrite = "credential:write";

    /// <summary>Name a credential in a workflow that is activated or run by hand, and test it.</summary>
    public const string CredentialUse = "credential:use";
    public const string CredentialDelete = "credential:delete";
    public const string VariableRead = "variable:read";
    public const string VariableWrite = "variable:write";
    public const string VariableDelete = "variable:delete";
    public const string FileRead = "file:read";
    public const string FileWrite = "file:write";
    public const string FileDelete = "file:delete";
    public const string DeadLetterRead = "deadletter:read";

    /// <summary>Have a dead letter handled again.</summary>
    public const string DeadLetterWrite = "deadletter:write";
    public const string DeadLetterDelete = "deadletter:delete";

    /// <summary>Have a subscriber handle past events once more.</summary>
    public const string EventReplay = "event:replay";
    public const string MetricsRead = "metrics:read";

    /// <summary>See and rotate the master key; for whoever runs the installation.</summary>
    public const string SecretRotate = "secret:rotate";
    public const string Everything = "*";

    public static IReadOnlyList<string> All { get; } =
    [
        WorkflowRead, WorkflowWrite, WorkflowExecute, WorkflowDelete, ExecutionRead, ExecutionWrite, ExecutionDelete,
        NodeRead, WebhookRead, ScheduleRead, ScheduleWrite, ScheduleDelete,
        EventPublish, EventSubscriptionRead, EventSubscriptionWrite, EventSubscriptionDelete, ApiKeyRead, ApiKeyWrite, ApiKeyDelete,
        CredentialRead, CredentialWrite, CredentialUse, CredentialDelete, VariableRead, VariableWrite, VariableDelete,
        FileRead, FileWrite, FileDelete, EventReplay, DeadLetterRead, DeadLetterWrite, DeadLetterDelete, MetricsRead, SecretRotate,
    ];

    /// <summary>Everything that may stand in a key's scopes: the permissions, <c>resource:*</c> and <c>*</c>.</summary>
    public static IReadOnlyList<string> Scopes { get; } =
        [.. All, .. All.Select(p => p[..(p.IndexOf(':', StringComparison.Ordinal) + 1)] + "*").Distinct(), Everything];

    /// <summary>True when one of the scopes gives the permission (or the scope) asked for.</summary>
    public static bool Allow(IReadOnlyList<string> scopes, string permission)
    {
        for (var i = 0; i < scopes.Count; i++)
        {
            var scope = scopes[i];
            if (scope == permission || scope == Everything) return true;
            if (scope.EndsWith(":*", StringComparison.Ordinal) && permission.StartsWith(scope.AsSpan(0, scope.Length - 1), StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
