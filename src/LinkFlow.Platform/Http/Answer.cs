using LinkFlow.Engine.Values;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Http;

/// <summary>What an endpoint answers: a status, perhaps a JSON body, and the few headers of the contract.</summary>
public sealed record Answer(int Status, Value Body = default)
{
    public string? ETag { get; init; }
    public string? Location { get; init; }

    /// <summary>Set for answers that are no JSON: the text and its content type.</summary>
    public string? Text { get; init; }
    public string ContentType { get; init; } = JsonAnswer.ContentType;

    /// <summary>True: the endpoint has written the answer itself.</summary>
    public bool IsWritten { get; private init; }

    public static Answer NoContent { get; } = new(204);
    public static Answer Written { get; } = new(200) { IsWritten = true };

    public static Answer Ok(Value body, string? etag = null) => new(200, body) { ETag = etag };
    public static Answer Created(string location, Value body, string? etag = null) => new(201, body) { Location = location, ETag = etag };
    public static Answer Accepted(Value body) => new(202, body);

    /// <summary>The form that is remembered for an Idempotency-Key.</summary>
    public ObjectValue ToValue() => new()
    {
        { "status", Status }, { "etag", ETag is null ? default : Value.From(ETag) }, { "location", Location is null ? default : Value.From(Location) }, { "body", Body },
    };

    public static Answer FromValue(Value stored) => new((int)stored["status"].AsNumber, stored["body"])
    {
        ETag = stored["etag"].AsString,
        Location = stored["location"].AsString,
    };

    public Task WriteAsync(HttpContext context)
    {
        if (IsWritten) return Task.CompletedTask;
        var response = context.Response;
        if (ETag is not null)
        {
            response.Headers.ETag = ETag;
            if (Status == 200 && HttpMethods.IsGet(context.Request.Method) && ETags.IsAny(context.Request.Headers.IfNoneMatch, ETag))
            {
                response.StatusCode = 304;
                return Task.CompletedTask;
            }
        }

        if (Location is not null) response.Headers.Location = Location;
        if (Text is not null)
        {
            response.StatusCode = Status;
            response.ContentType = ContentType;
            return response.WriteAsync(Text, context.RequestAborted);
        }

        if (!Body.IsUndefined) return JsonAnswer.WriteAsync(context, Status, Body);
        response.StatusCode = Status;
        return Task.CompletedTask;
    }
}
