using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Http;

/// <summary>What others call without the API's base path: webhooks, the links of waiting executions, and who comes back from an authorisation.</summary>
public sealed class PublicFunctions(PlatformForwarder forwarder)
{
    [Function("webhooks")]
    public Task Webhooks(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "webhooks/{*path}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("webhooks-test")]
    public Task WebhooksTest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "webhooks-test/{*path}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("resume")]
    public Task Resume(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "resume/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("approvals")]
    public Task Approvals(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "approvals/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);

    [Function("oauth2-callback")]
    public Task AuthorizationCallback(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "oauth2/{*rest}")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => forwarder.InvokeAsync(request.HttpContext, client, cancellationToken);
}
