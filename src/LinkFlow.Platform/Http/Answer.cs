using System.Text;
using LinkFlow.Engine.Values;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Http;

/// <summary>What an endpoint answers: a status, perhaps a JSON body, and the few headers of the contract.</summary>
public sealed record Answer(int Status, Value Body = default)
{
    public string? ETag { get; init; }
    public string? Location { get; init; }

    /// <summary>Set for answers whose bytes are at hand: no JSON, or JSON that was written already.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; init; }
    public string ContentType { get; init; } = JsonAnswer.ContentType;

    /// <summary>True: the endpoint has written the answer itself.</summary>
    public bool IsWritten { get; private init; }

    /// <summary>True: a repeat with the same Idempotency-Key must get a fresh one, for this one is used up or secret.</summary>
    public bool IsUnrepeatable { get; init; }

    public static Answer NoContent { get; } = new(204);
    public static Answer Written { get; } = new(200) { IsWritten = true };

    public static Answer Ok(Value body, string? etag = null) => new(200, body) { ETag = etag };
    public static Answer Created(string location, Value body, string? etag = null) => new(201, body) { Location = location, ETag = etag };
    public static Answer Accepted(Value body) => new(202, body);

    /// <summary>The form that is remembered for an Idempotency-Key. The body goes in as text: nested it would be deeper than documents may be.</summary>
    public ObjectValue ToValue() => new()
    {
        { "status", Status }, { "etag", ETag is null ? default : Value.From(ETag) }, { "location", Location is null ? default : Value.From(Location) },
        { "body", Body.IsUndefined ? default : Value.From(JsonText.Write(Body)) },
    };

    public static Answer FromValue(Value stored) => new((int)stored["status"].AsNumber)
    {
        ETag = stored["etag"].AsString,
        Location = stored["location"].AsString,
        Bytes = stored["body"].AsString is { } body ? Encoding.UTF8.GetBytes(body) : null,
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
        if (Bytes is { } bytes)
        {
            response.StatusCode = Status;
            response.ContentType = ContentType;
            response.ContentLength = bytes.Length;
            return response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
        }

        if (!Body.IsUndefined) return JsonAnswer.WriteAsync(context, Status, Body);
        response.StatusCode = Status;
        return Task.CompletedTask;
    }
}
