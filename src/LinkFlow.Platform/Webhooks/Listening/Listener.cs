using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Webhooks.Listening;

/// <summary>A workflow that waits for one call at its test URLs.</summary>
/// <param name="Principal">Who asked for it: the execution is theirs.</param>
/// <param name="Version">The newest when they asked.</param>
internal sealed record Listener(Principal Principal, WorkflowVersion Version, IReadOnlyList<WebhookRegistration> Registrations, DateTimeOffset ExpiresAt)
{
    public string Tenant => Principal.Tenant;
    public string WorkflowId => Version.WorkflowId;
}
