using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Http;

/// <summary>
/// The API: a function for each resource. All methods are named, for the platform's own routing knows which a path takes
/// and answers the others as the contract says.
/// </summary>
public sealed class ApiFunctions(PlatformForwarder forwarder)
{
    [Function("workflows")]
    public Task Workflows(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/workflows/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("executions")]
    public Task Executions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/executions/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("nodes")]
    public Task Nodes(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/nodes/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("expressions")]
    public Task Expressions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/expressions/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("webhook-administration")]
    public Task WebhookAdministration(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/webhooks/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("schedules")]
    public Task Schedules(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/schedules/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("calendars")]
    public Task Calendars(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/calendars/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("credentials")]
    public Task Credentials(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/credentials/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("variables")]
    public Task Variables(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/variables/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("api-keys")]
    public Task ApiKeys(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/api-keys/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("secrets")]
    public Task Secrets(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/secrets/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("files")]
    public Task Files(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/files/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("stream")]
    public Task Stream(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/stream/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("oauth2")]
    public Task OAuth2(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/oauth2/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("events")]
    public Task Events(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/events/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("event-subscriptions")]
    public Task EventSubscriptions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/event-subscriptions/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("dead-letters")]
    public Task DeadLetters(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/v1/dead-letters/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    /// <summary>Says of everything else under the API that there is nothing.</summary>
    [Function("api")]
    public Task Elsewhere(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/{*rest}")] HttpRequest request, CancellationToken cancellationToken) =>
        forwarder.InvokeAsync(request.HttpContext, client: null, cancellationToken);
}
