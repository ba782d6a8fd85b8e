using System.Reflection;
using System.Text.Json.Nodes;
using LinkFlow.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LinkFlow.Platform.OpenApi;

/// <summary>The OpenAPI document, generated from the endpoints: what each needs, takes and answers stands where it is mapped.</summary>
internal static class OpenApiDocument
{
    public const string Name = "v1";
    private const string KeyScheme = "apiKey";

    /// <summary>Tells the framework that an endpoint is to be described; ours take the whole request, so there are no parameters to infer.</summary>
    public static MethodInfo Described { get; } = typeof(OpenApiDocument).GetMethod(nameof(Take), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "LinkFlow", Version = Name, Description = "Workflows that run to their end. Errors have one form on every path; lists are pages with a cursor." };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key: Authorization: Bearer lf_…, or X-API-Key." };
            // URLs are the caller's business: a server behind a proxy does not know its own.
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeAsync);
    }

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var path = context.Description.RelativePath ?? "";
        operation.OperationId = OperationId(context.Description.HttpMethod ?? "GET", path);
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().FirstOrDefault() is not { } route) return;

        operation.Summary = route.Summary;
        if (route.Permission is { } permission) operation.Description = $"Needs the permission `{permission}`.";
        operation.Parameters = [.. PathParameters(path), .. route.QueryParameters.Select(Shown)];
        if (context.Description.HttpMethod == "POST") operation.Parameters.Add(Header(Idempotency.Header, "Repeats with the same key and body get the first answer again, for 24 h."));
        if (route.Body is { } body)
        {
            var schema = await context.GetOrCreateSchemaAsync(body, null, cancellationToken);
            operation.RequestBody = new OpenApiRequestBody { Content = route.BodyContentTypes.ToDictionary(t => t, _ => new OpenApiMediaType { Schema = schema }) };
        }

        if (route.IsStreamed)
            operation.RequestBody = new OpenApiRequestBody { Content = route.BodyContentTypes.ToDictionary(t => t, t => new OpenApiMediaType { Schema = FileSchema(t) }) };

        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] }];
        var error = await context.GetOrCreateSchemaAsync(typeof(ErrorBody), null, cancellationToken);
        operation.Responses ??= [];
        foreach (var (status, description) in Errors(context.Description.HttpMethod!, path, route))
            operation.Responses.TryAdd(status, new OpenApiResponse { Description = description, Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = error } } });
    }

    private static IEnumerable<(string Status, string Description)> Errors(string method, string path, ApiRoute route)
    {
        yield return ("400", "VALIDATION_ERROR: what is wrong is in details, by JSON pointer.");
        yield return ("401", "UNAUTHORIZED: no valid key.");
        if (route.Permission is not null) yield return ("403", "FORBIDDEN: the key lacks the permission.");
        if (path.Contains('{', StringComparison.Ordinal)) yield return ("404", "NOT_FOUND: there is none, or it is another tenant's.");
        if (method != "GET") yield return ("409", "CONFLICT: not in this state, or the Idempotency-Key was used for something else.");
        if (method is "PUT" or "PATCH" or "DELETE") yield return ("412", "PRECONDITION_FAILED: If-Match names another version.");
        if (route.Body is not null || route.IsStreamed)
        {
            yield return ("413", "PAYLOAD_TOO_LARGE.");
            yield return ("415", "UNSUPPORTED_MEDIA_TYPE.");
        }

        if (method != "GET") yield return ("503", "UNAVAILABLE: nothing was changed; see Retry-After.");
    }

    private static OpenApiSchema FileSchema(string contentType)
    {
        var bytes = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        return contentType.StartsWith("multipart/", StringComparison.Ordinal)
            ? new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema> { ["file"] = bytes } }
            : bytes;
    }

    private static IEnumerable<IOpenApiParameter> PathParameters(string path) => path.Split('{').Skip(1).Select(part => new OpenApiParameter
    {
        Name = part[..part.IndexOf('}', StringComparison.Ordinal)], In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    });

    private static IOpenApiParameter Shown(QueryParameter parameter) => new OpenApiParameter
    {
        Name = parameter.Name,
        In = ParameterLocation.Query,
        Description = parameter.Description,
        Schema = new OpenApiSchema
        {
            Type = parameter.Type == "integer" ? JsonSchemaType.Integer : JsonSchemaType.String,
            Enum = parameter.Values?.Select(v => (JsonNode)JsonValue.Create(v)).ToList(),
        },
    };

    private static OpenApiParameter Header(string name, string description) =>
        new() { Name = name, In = ParameterLocation.Header, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    /// <summary><c>post_workflows_id_activate</c>: stable as long as the path is.</summary>
    private static string OperationId(string method, string path) =>
        method.ToLowerInvariant() + "_" + string.Join('_', path.Replace("api/v1/", "", StringComparison.Ordinal).Split('/').Select(s => s.Trim('{', '}').Replace('-', '_')));

    private static Task Take(HttpContext context) => Task.CompletedTask;

    /// <summary>The form of every error.</summary>
    private sealed record ErrorBody(ErrorContent Error);

    private sealed record ErrorContent(string Code, string Message, JsonObject? Details, string TraceId);
}
