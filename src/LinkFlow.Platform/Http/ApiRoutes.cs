using LinkFlow.Platform.Identity;
using LinkFlow.Platform.OpenApi;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace LinkFlow.Platform.Http;

/// <summary>Maps the API's endpoints under <see cref="BasePath"/>: authenticates, authorises, honours Idempotency-Key, writes the answer.</summary>
public sealed class ApiRoutes(IEndpointRouteBuilder builder, Authentication authentication, Idempotency idempotency, LinkFlowOptions options)
{
    public const string BasePath = "/api/v1";

    public ApiRoute Get(string pattern, Func<ApiRequest, Task<Answer>> handler) => Map("GET", pattern, handler);
    public ApiRoute Head(string pattern, Func<ApiRequest, Task<Answer>> handler) => Map("HEAD", pattern, handler);
    public ApiRoute Post(string pattern, Func<ApiRequest, Task<Answer>> handler) => Map("POST", pattern, handler);
    public ApiRoute Put(string pattern, Func<ApiRequest, Task<Answer>> handler) => Map("PUT", pattern, handler);
    public ApiRoute Patch(string pattern, Func<ApiRequest, Task<Answer>> handler) => Map("PATCH", pattern, handler);
    public ApiRoute Delete(string pattern, Func<ApiRequest, Task<Answer>> handler) => Map("DELETE", pattern, handler);

    private ApiRoute Map(string method, string pattern, Func<ApiRequest, Task<Answer>> handler)
    {
        var route = new ApiRoute();
        // A RequestDelegate, so that nothing is compiled at the start: the server is ready in a fraction of the time.
        RequestDelegate run = context => RunAsync(context, route, handler);
        route.Convention = builder.MapMethods(BasePath + pattern, [method], run)
            .WithMetadata(OpenApiDocument.Described, route)
            .WithTags(TagOf(pattern));
        return route;
    }

    private async Task RunAsync(HttpContext context, ApiRoute route, Func<ApiRequest, Task<Answer>> handler)
    {
        var principal = await authentication.RequireAsync(context);
        if (route.Permission is { } permission && !principal.May(permission)) throw ApiException.Forbidden(permission);
        var request = new ApiRequest(context, principal, options);
        var answer = HttpMethods.IsPost(context.Request.Method) && context.Request.Headers.TryGetValue(Idempotency.Header, out var key)
            ? await idempotency.RunAsync(request, key.ToString(), Authentication.Presented(context.Request)!, route.IsStreamed, handler)
            : await handler(request);
        await answer.WriteAsync(context);
    }

    private static string TagOf(string pattern)
    {
        var first = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries)[0];
        return char.ToUpperInvariant(first[0]) + first[1..];
    }
}

/// <summary>One endpoint: the permission that it needs, and what the OpenAPI document says of it.</summary>
public sealed class ApiRoute
{
    private readonly List<QueryParameter> _query = [];

    internal IEndpointConventionBuilder? Convention { get; set; }

    /// <summary>Null: any valid key.</summary>
    public string? Permission { get; private set; }
    public IReadOnlyList<QueryParameter> QueryParameters => _query;
    public string? Summary { get; private set; }
    public Type? Body { get; private set; }
    public IReadOnlyList<string> BodyContentTypes { get; private set; } = [];

    /// <summary>True: the body is read as it comes, and may be larger than others.</summary>
    public bool IsStreamed { get; private set; }

    public ApiRoute Needs(string permission)
    {
        Permission = permission;
        return this;
    }

    public ApiRoute Says(string summary)
    {
        Summary = summary;
        return this;
    }

    public ApiRoute Query(string name, string description, string type = "string", IReadOnlyList<string>? values = null)
    {
        _query.Add(new QueryParameter(name, description, type, values));
        return this;
    }

    public ApiRoute Paged() => Query("limit", "Items of a page, 1 to 200; default 50.", "integer").Query("cursor", "A page's nextCursor.");

    /// <summary>Documents the body. Not the framework's own metadata: that would refuse content types before we can say what is right.</summary>
    public ApiRoute Takes<T>(params string[] contentTypes)
    {
        Body = typeof(T);
        BodyContentTypes = contentTypes.Length > 0 ? contentTypes : ["application/json"];
        return this;
    }

    /// <summary>The body is files, read by <see cref="ApiRequest.OpenBody"/>.</summary>
    public ApiRoute Streams(params string[] contentTypes)
    {
        IsStreamed = true;
        BodyContentTypes = contentTypes;
        return this;
    }

    public ApiRoute Answers<T>(int status, string description, string contentType = "application/json")
    {
        Convention!.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(T), [contentType]) { Description = description });
        return this;
    }

    public ApiRoute Answers(int status, string description)
    {
        Convention!.WithMetadata(new ProducesResponseTypeMetadata(status) { Description = description });
        return this;
    }
}
