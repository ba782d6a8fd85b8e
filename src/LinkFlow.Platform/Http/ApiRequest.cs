using System.Security.Cryptography;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LinkFlow.Platform.Http;

/// <summary>One authenticated request, as endpoints see it.</summary>
public sealed class ApiRequest(HttpContext context, Principal principal, LinkFlowOptions options)
{
    private byte[]? _body;

    public HttpContext Context { get; } = context;
    public Principal Principal { get; } = principal;
    public QueryFields Query => new(Context.Request.Query);
    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>Set when the caller sent an Idempotency-Key.</summary>
    internal IdempotentCall? Idempotency { get; set; }

    /// <summary>Gets what is read of a streamed body, where the caller sent an Idempotency-Key.</summary>
    internal IncrementalHash? BodyHash { get; set; }

    /// <summary>True when the call has a key and this answer, or its start, is on record already.</summary>
    public string? IdempotencyId => Idempotency?.RecordId;

    public string Route(string name) => (string)Context.GetRouteValue(name)!;

    /// <summary>A part of the path that is a positive whole number.</summary>
    public int RouteNumber(string name, string kind) =>
        int.TryParse(Route(name), System.Globalization.NumberStyles.None, null, out var number) ? number : throw ApiException.NotFound(kind, Route(name));

    /// <summary>The page size asked for.</summary>
    public int Limit() => Query.Limit(options.Limits.PageSize);

    /// <summary>Where a resource is, for <c>Location</c>.</summary>
    /// <param name="path">Behind the base path, with a leading slash.</param>
    public string LocationOf(string path) => $"{options.PublicUrl?.TrimEnd('/')}{ApiRoutes.BasePath}{path}";

    /// <summary>The raw body; read once, bounded by LinkFlow:Limits:BodyBytes.</summary>
    public async ValueTask<byte[]> ReadBytesAsync() => _body ??= await RequestBody.ReadAsync(Context, options.Limits.BodyBytes);

    /// <summary>The body as it comes, to be read once and to its end.</summary>
    /// <param name="limit">In bytes; more is a 413.</param>
    /// <exception cref="ApiException">413: the request says that it has more.</exception>
    public BoundedStream OpenBody(long limit) => RequestBody.Open(Context, limit, BodyHash);

    /// <summary>The body as JSON; undefined when there is none.</summary>
    public async ValueTask<Value> ReadJsonAsync()
    {
        var bytes = await ReadBytesAsync();
        if (bytes.Length == 0) return Value.Undefined;
        RequestBody.RequireJson(Context.Request);
        return RequestBody.ParseJson(bytes);
    }

    /// <summary>The body as a JSON object.</summary>
    public async ValueTask<ObjectValue> ReadObjectAsync()
    {
        var value = await ReadJsonAsync();
        if (value.AsObject is { } body) return body;
        throw ApiException.Validation("", value.IsUndefined ? "The request needs a JSON object as its body." : $"The body is {BodyFields.Describe(value)}; a JSON object is expected.");
    }

    /// <summary>The body as a JSON object; an empty one when there is none.</summary>
    public async ValueTask<ObjectValue> ReadOptionalObjectAsync() => (await ReadBytesAsync()).Length == 0 ? new ObjectValue() : await ReadObjectAsync();

    /// <summary>Makes the answer durable together with what it reports, for a repeat with the same Idempotency-Key.</summary>
    /// <param name="isSecret">True: it holds a secret, and only the caller's own key can open the record.</param>
    public void Remember(UnitOfWork work, Answer answer, bool isSecret = false) => Idempotency?.Remember(work, answer, isSecret);
}
