using System.Text.Json.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Workflows;

namespace LinkFlow.Platform.Webhooks.Recent;

/// <summary><c>GET /webhooks/calls</c>: who called a workflow lately, and what became of it.</summary>
internal sealed class RecentCallEndpoints(RecentCalls calls, WorkflowService workflows)
{
    public void Map(ApiRoutes routes) =>
        routes.Get("/webhooks/calls", ListAsync).Needs(Permissions.WebhookRead).Says("List the last calls of a workflow's webhooks, newest first")
            .Query("workflowId", "Whose calls; needed.").Paged()
            .Answers<ApiList<RecentCallResource>>(200, "A page of the calls that this host remembers.");

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var workflowId = request.Query.Text("workflowId") ?? throw ApiException.Validation("workflowId", "'workflowId' is missing: calls are kept per workflow.");
        await workflows.GetAsync(request.Principal.Tenant, workflowId, request.Aborted);
        var (found, next) = calls.List(request.Principal.Tenant, workflowId, request.Limit(), request.Query.Cursor());
        return ApiList.Of(found.Select(Shown), next);
    }

    private static ObjectValue Shown(RecentCall call) => new()
    {
        { "at", Rfc3339.Write(call.At) },
        { "nodeId", call.Registration!.NodeId },
        { "test", call.IsTest },
        { "method", call.Method },
        { "path", call.Path },
        { "caller", call.Caller?.ToString() },
        { "status", call.Status },
        { "outcome", OutcomeOf(call) },
        { "durationMs", Math.Round(call.Duration.TotalMilliseconds, 3) },
        { "bytes", call.Bytes },
        { "executionId", call.ExecutionId },
        { "headers", ShownHeaders.Of(call) },
    };

    private static string OutcomeOf(RecentCall call) => call switch
    {
        { IsRepeat: true } => "repeated",
        { ExecutionId: not null } => "started",
        { Status: 401 } => "unauthorized",
        { Status: 403 } => "forbidden",
        { Status: 429 } => "limited",
        { Status: 499 } => "aborted",
        { Status: >= 500 } => "failed",
        { Status: >= 400 } => "refused",
        _ => "filtered",
    };
}

/// <param name="Test">It came to a test URL.</param>
/// <param name="Outcome">started, repeated, filtered, unauthorized, forbidden, limited, refused, failed or aborted.</param>
/// <param name="Bytes">Of the body, as far as it was read.</param>
/// <param name="Headers">What proves an identity is <c>***</c>.</param>
internal sealed record RecentCallResource(
    DateTimeOffset At, string NodeId, bool Test, string Method, string Path, string? Caller, int Status, string Outcome, double DurationMs, int Bytes, string? ExecutionId, JsonObject Headers);
