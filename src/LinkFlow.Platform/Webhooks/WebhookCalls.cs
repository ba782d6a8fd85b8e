using LinkFlow.Engine.Values;
using LinkFlow.Platform.Files;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Webhooks.Access;
using LinkFlow.Platform.Webhooks.Authentication;
using LinkFlow.Platform.Webhooks.Bodies;
using LinkFlow.Platform.Webhooks.Deliveries;
using LinkFlow.Platform.Webhooks.Listening;
using LinkFlow.Platform.Webhooks.Recent;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Webhooks;

/// <summary>
/// Answers <c>/webhooks/…</c>, and <c>/webhooks-test/…</c> while someone listens: the hot path. It finds the workflow in memory, starts it and waits as its node says;
/// it reads nothing from the store and goes through neither routing nor the API's authentication.
/// </summary>
internal sealed class WebhookCalls(
    RequestDelegate next, WebhookDirectory directory, CallChecks checks, WebhookAuthentication authentication, DeliveryNames names, DeliveryStarts deliveries,
    ListeningService listening, RecentCalls recent, WebhookBodies bodies, FileService files, IWorkflowSource workflows, IExecutionRuntime runtime, WebhookAnswers answers, LinkFlowOptions options)
{
    public const string Prefix = "/webhooks/";
    public const string Route = "/webhooks/{path}";
    public const string TestPrefix = "/webhooks-test/";
    public const string TestRoute = "/webhooks-test/{path}";
    private const string Mode = "webhook";
    private const int LongestPath = 4096;

    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.Webhooks.ResponseTimeoutSeconds);

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.StartsWith(Prefix, StringComparison.Ordinal)) return AnswerAsync(context, path, isTest: false);
        return path.StartsWith(TestPrefix, StringComparison.Ordinal) ? AnswerAsync(context, path, isTest: true) : next(context);
    }

    private async Task AnswerAsync(HttpContext context, string path, bool isTest)
    {
        var call = recent.Begin(context);
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox";
        try
        {
            await CallAsync(context, path, isTest, call);
        }
        catch (ApiException e)
        {
            await e.Error.WriteAsync(context);
        }
        catch (Exception e) when (call is not null)
        {
            // The envelope around us answers it.
            call.Status = RequestEnvelope.StatusOf(context, e);
            throw;
        }
        finally
        {
            if (call is not null) recent.End(call, context);
        }
    }

    /// <param name="call">What is noted of it; null: nothing is.</param>
    private async Task CallAsync(HttpContext context, string path, bool isTest, RecentCall? call)
    {
        var method = context.Request.Method;
        var (tenant, address) = Resolve(path.AsSpan((isTest ? TestPrefix : Prefix).Length));
        var table = tenant is null || address.Length > LongestPath ? null : isTest ? listening.TableOf(tenant) : await directory.GetAsync(tenant, context.RequestAborted);
        if (table is not null && !isTest && table.Find(address, method)?.Route is null) table = await directory.LookAgainAsync(tenant!, context.RequestAborted);
        if (table?.Find(address, method) is not { } match) throw new ApiException(isTest ? ListeningService.Over : ApiError.NotFound("No active workflow has a webhook with this path."));
        if (match.Route is not { } route)
        {
            if (await AnswersBrowserAsync(context, tenant!, table, address)) return;
            context.Response.Headers.Allow = match.Allow;
            throw new ApiException(ApiError.MethodNotAllowed($"This webhook does not take {method}; it takes {match.Allow}."));
        }

        call?.Found(tenant!, route, address);
        var target = await TargetOfAsync(tenant!, route, context.RequestAborted) ?? throw new ApiException(ApiError.NotFound("No active workflow has a webhook with this path."));
        checks.Admit(context, target);
        // Who need not show a body to prove who they are do so before we read one.
        var admission = target.Auth is { NeedsBody: false } auth ? await authentication.AdmitAsync(tenant!, target, auth, context.Request, default, context.RequestAborted) : Admission.OfAnyone;
        var makesFiles = WebhookBodies.MakesFiles(target, context.Request);
        var isStreamed = makesFiles && target.Auth is not { NeedsBody: true };
        var body = isStreamed ? [] : await RequestBody.ReadAsync(context, Math.Min(target.MaxBodyBytes ?? options.Limits.WebhookBodyBytes, options.Limits.BodyBytes));
        call?.Read(body.Length);
        if (target.Auth is { NeedsBody: true } signed) admission = await authentication.AdmitAsync(tenant!, target, signed, context.Request, body, context.RequestAborted);
        var received = makesFiles ? await bodies.ReadAsync(context, tenant!, target, isStreamed ? default(ReadOnlyMemory<byte>?) : body) : null;
        if (isStreamed) call?.Read(received!.Bytes);
        var item = WebhookItem.Of(context.Request, address, target.RawBody, match.Parameters, body, received, admission);
        call?.Admitted(context.Request, item, admission);
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
        // Before the start: what an execution's items name is there when it begins.
        if (received is not null) await files.CreateForRunAsync(tenant!, start.ExecutionId, received.Files, context.RequestAborted);
        var (outcome, first) = await StartAsync(route, target, start, admission, context);
        if (outcome is null && received is { Files.Count: > 0 }) await files.DeleteOfRunAsync(tenant!, start.ExecutionId, CancellationToken.None);
        call?.Started(outcome?.ExecutionId ?? first!, isRepeat: outcome is null);
        if (outcome is not null) await answers.WriteAsync(context, tenant!, target, outcome);
        else await JsonAnswer.WriteAsync(context, 200, new ObjectValue(1) { { "executionId", first } });
    }

    /// <returns>The outcome of the start; or, for a repeat, what the first call started.</returns>
    private async Task<(StartOutcome? Outcome, string? First)> StartAsync(WebhookRoute route, WebhookTarget target, StartExecution start, Admission admission, HttpContext context)
    {
        // Who tries something out sends it as often as they like.
        if (route.Listener is { } listener) return (await listening.StartAsync(listener, start, context.RequestAborted), null);
        var taken = names.Of(start.Tenant, route.Registration, target, admission, context.Request, start.Input[0]);
        return taken.Count > 0
            ? await deliveries.StartAsync(start, taken, target.IsExpress, context.RequestAborted)
            : (await runtime.StartAsync(start, context.RequestAborted), null);
    }

    /// <summary>The tenant that a path behind its prefix names, and the rest of it without slashes at its ends; no tenant: it is not known.</summary>
    private static (string? Tenant, string Address) Resolve(ReadOnlySpan<char> path)
    {
        var rest = path.Trim('/');
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
}
