using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Webhooks.Access;
using LinkFlow.Platform.Webhooks.Authentication;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Webhooks;

/// <summary>
/// Answers <c>/webhooks/…</c>: the hot path. It finds the workflow in memory, starts it and waits as its node says;
/// it reads nothing from the store and goes through neither routing nor the API's authentication.
/// </summary>
internal sealed class WebhookCalls(
    RequestDelegate next, WebhookDirectory directory, CallChecks checks, WebhookAuthentication authentication, DeliveryStarts deliveries, IWorkflowSource workflows, IExecutionRuntime runtime,
    ExecutionService executions, LinkFlowOptions options)
{
    public const string Prefix = "/webhooks/";
    public const string Route = "/webhooks/{path}";
    private const string Mode = "webhook";
    private const int LongestPath = 4096;

    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.Webhooks.ResponseTimeoutSeconds);

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        return path.StartsWith(Prefix, StringComparison.Ordinal) ? AnswerAsync(context, path) : next(context);
    }

    private async Task AnswerAsync(HttpContext context, string path)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox";
        try
        {
            await CallAsync(context, path);
        }
        catch (ApiException e)
        {
            await e.Error.WriteAsync(context);
        }
    }

    private async Task CallAsync(HttpContext context, string path)
    {
        var method = context.Request.Method;
        var (tenant, address) = Resolve(path);
        var table = tenant is null || address.Length > LongestPath ? null : await directory.GetAsync(tenant, context.RequestAborted);
        if (table?.Find(address, method) is not { } match) throw new ApiException(ApiError.NotFound("No active workflow has a webhook with this path."));
        if (match.Route is not { } route)
        {
            if (await AnswersBrowserAsync(context, tenant!, table, address)) return;
            context.Response.Headers.Allow = match.Allow;
            throw new ApiException(ApiError.MethodNotAllowed($"This webhook does not take {method}; it takes {match.Allow}."));
        }

        var target = await TargetOfAsync(tenant!, route, context.RequestAborted) ?? throw new ApiException(ApiError.NotFound("No active workflow has a webhook with this path."));
        checks.Admit(context, target);
        // Who need not show a body to prove who they are do so before we read one.
        var admission = target.Auth is { NeedsBody: false } auth ? await authentication.AdmitAsync(tenant!, target, auth, context.Request, default, context.RequestAborted) : Admission.OfAnyone;
        var body = await RequestBody.ReadAsync(context, Math.Min(target.MaxBodyBytes ?? options.Limits.WebhookBodyBytes, options.Limits.BodyBytes));
        if (target.Auth is { NeedsBody: true } signed) admission = await authentication.AdmitAsync(tenant!, target, signed, context.Request, body, context.RequestAborted);
        var item = WebhookItem.Of(context.Request, address, target.RawBody, match.Parameters, body, admission);
        if (!checks.Passes(target, item))
        {
            await CallChecks.AnswerFilteredAsync(context);
            return;
        }

        var start = new StartExecution
        {
            Tenant = tenant!,
            ExecutionId = Ids.Next(),
            WorkflowId = target.WorkflowId,
            WorkflowVersion = target.Version,
            StartNode = target.NodeId,
            Mode = Mode,
            Input = [item],
            AnswerWhen = target.Mode switch { ResponseMode.LastNode => AnswerWhen.Finished, ResponseMode.RespondNode => AnswerWhen.Responded, _ => AnswerWhen.Accepted },
            AnswerWithin = _patience,
        };
        if (admission.Delivery is { } delivery) await AnswerOnceAsync(context, target, start, new WebhookDelivery(tenant!, route.Registration.Id, delivery));
        else await AnswerAsync(context, tenant!, target, await runtime.StartAsync(start, context.RequestAborted));
    }

    private async Task AnswerOnceAsync(HttpContext context, WebhookTarget target, StartExecution start, WebhookDelivery delivery)
    {
        var (outcome, first) = await deliveries.StartAsync(start, delivery, target.IsExpress, context.RequestAborted);
        if (outcome is not null) await AnswerAsync(context, start.Tenant, target, outcome);
        else await JsonAnswer.WriteAsync(context, 200, new ObjectValue(1) { { "executionId", first } });
    }

    /// <summary>The tenant that a path names, and the rest of it without slashes at its ends; no tenant: it is not known.</summary>
    private static (string? Tenant, string Address) Resolve(string path)
    {
        var rest = path.AsSpan(Prefix.Length).Trim('/');
        if (!rest.StartsWith("~")) return (Tenants.Default, rest.ToString());
        var slash = rest.IndexOf('/');
        var key = slash < 0 ? rest[1..] : rest[1..slash];
        return (key.SequenceEqual(Tenants.Default) ? Tenants.Default : null, slash < 0 ? "" : rest[(slash + 1)..].ToString());
    }

    /// <summary>A browser asks before it calls: it is answered where the webhook that it is about to call names origins.</summary>
    private async ValueTask<bool> AnswersBrowserAsync(HttpContext context, string tenant, WebhookTable table, string address)
    {
        if (CrossOrigin.AskedMethod(context.Request) is not { } method || table.Find(address, method)?.Route is not { } route) return false;
        if (await TargetOfAsync(tenant, route, context.RequestAborted) is not { Access.Origins: { } origins }) return false;
        CrossOrigin.Answer(context, origins, method);
        return true;
    }

    private async ValueTask<WebhookTarget?> TargetOfAsync(string tenant, WebhookRoute route, CancellationToken cancellationToken) =>
        route.Target ??= await FindTargetAsync(tenant, route.Registration, cancellationToken);

    private async Task<WebhookTarget?> FindTargetAsync(string tenant, WebhookRegistration registration, CancellationToken cancellationToken) =>
        await workflows.FindActiveAsync(tenant, registration.WorkflowId, cancellationToken) is { } version ? WebhookTarget.Of(version, registration.NodeId) : null;

    private Task AnswerAsync(HttpContext context, string tenant, WebhookTarget target, StartOutcome outcome) => outcome.Kind switch
    {
        StartOutcomeKind.Responded => WebhookResponse.WriteAsync(context, outcome.Response),
        StartOutcomeKind.Finished => AnswerFinishedAsync(context, tenant, target, outcome),
        StartOutcomeKind.Accepted => JsonAnswer.WriteAsync(context, target.Status, Started(outcome)),
        _ => JsonAnswer.WriteAsync(context, 202, Started(outcome)),
    };

    private async Task AnswerFinishedAsync(HttpContext context, string tenant, WebhookTarget target, StartOutcome outcome)
    {
        if (outcome.Execution["status"].AsString != "success")
            throw new ApiException(new ApiError(500, "INTERNAL", "The workflow failed.") { ExecutionId = outcome.ExecutionId });
        if (target.Mode != ResponseMode.LastNode)
        {
            context.Response.StatusCode = 204;
            return;
        }

        var output = outcome.Execution["output"].AsArray ?? await LoadOutputAsync(tenant, outcome.ExecutionId, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, target.Status, target.AllItems
            ? new ArrayValue(output.Select(i => i["json"]))
            : output is [var first, ..] ? first["json"] : new ObjectValue(1));
    }

    private async Task<ArrayValue> LoadOutputAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var execution = await executions.GetAsync(tenant, id, cancellationToken);
        return (await executions.ItemsAsync(tenant, id, execution.Output, execution.HasData, cancellationToken)).AsArray ?? [];
    }

    private static ObjectValue Started(StartOutcome outcome) => new(1) { { "executionId", outcome.ExecutionId } };
}
