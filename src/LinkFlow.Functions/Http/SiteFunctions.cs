using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LinkFlow.Functions.Http;

/// <summary>What is asked about the application itself, and every other path, so that it is answered in the contract's words. Nothing here starts or commands an execution.</summary>
public sealed class SiteFunctions(PlatformForwarder forwarder)
{
    [Function("health")]
    public Task Health(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "health/{*rest}")] HttpRequest request, CancellationToken cancellationToken) =>
        forwarder.InvokeAsync(request.HttpContext, client: null, cancellationToken);

    [Function("openapi")]
    public Task OpenApi(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "openapi/{*rest}")] HttpRequest request, CancellationToken cancellationToken) =>
        forwarder.InvokeAsync(request.HttpContext, client: null, cancellationToken);

    [Function("well-known")]
    public Task WellKnown(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = ".well-known/{*rest}")] HttpRequest request, CancellationToken cancellationToken) =>
        forwarder.InvokeAsync(request.HttpContext, client: null, cancellationToken);

    [Function("site")]
    public Task Elsewhere(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "{*rest}")] HttpRequest request, CancellationToken cancellationToken) =>
        forwarder.InvokeAsync(request.HttpContext, client: null, cancellationToken);
}
