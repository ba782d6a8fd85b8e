using System.Globalization;
using LinkFlow.Engine.Values;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Http;

/// <summary>The one form of every error answer: status, stable code, and a message that says what is wrong, where, and what would be right.</summary>
public sealed record ApiError(int Status, string Code, string Message)
{
    /// <summary>More about it; for a validation error JSON pointer → list of messages.</summary>
    public ObjectValue? Details { get; init; }

    /// <summary>Sent as <c>Retry-After</c>, in whole seconds, at least 1.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>For 401: how a caller can prove who it is, sent as <c>WWW-Authenticate</c>; null: no header.</summary>
    public string? Challenge { get; init; } = "Bearer realm=\"LinkFlow\"";

    /// <summary>For a failed run behind a webhook: which one.</summary>
    public string? ExecutionId { get; init; }

    public static ApiError Validation(string message) => new(400, "VALIDATION_ERROR", message);
    public static ApiError Unauthorized(string message) => new(401, "UNAUTHORIZED", message);
    public static ApiError Forbidden(string message) => new(403, "FORBIDDEN", message);
    public static ApiError NotFound(string message) => new(404, "NOT_FOUND", message);
    public static ApiError MethodNotAllowed(string message) => new(405, "METHOD_NOT_ALLOWED", message);
    public static ApiError Conflict(string message) => new(409, "CONFLICT", message);
    public static ApiError PreconditionFailed(string message) => new(412, "PRECONDITION_FAILED", message);
    public static ApiError TooLarge(string message) => new(413, "PAYLOAD_TOO_LARGE", message);
    public static ApiError UnsupportedMediaType(string message) => new(415, "UNSUPPORTED_MEDIA_TYPE", message);
    public static ApiError Internal() => new(500, "INTERNAL", "Something went wrong on our side. The trace id finds the log lines of this request.");
    public static ApiError Unavailable(string message, TimeSpan retryAfter) => new(503, "UNAVAILABLE", message) { RetryAfter = retryAfter };

    /// <summary>The error that a status alone stands for; for answers that the framework made without a body.</summary>
    public static ApiError OfStatus(int status, string method, string path) => status switch
    {
        401 => Unauthorized("A key is needed."),
        403 => Forbidden("This is not allowed."),
        404 => NotFound($"There is nothing at '{path}'."),
        405 => MethodNotAllowed($"'{path}' does not take {method}; the Allow header says what it takes."),
        408 => new(408, "VALIDATION_ERROR", "The request's body arrived too slowly."),
        413 => TooLarge("The request's body is too large."),
        415 => UnsupportedMediaType("The request's content type is not supported here."),
        503 => Unavailable("The service cannot take this now; try again later.", TimeSpan.FromSeconds(1)),
        >= 500 => Internal(),
        _ => Validation("The request is malformed.") with { Status = status },
    };

    public ObjectValue ToValue(string traceId)
    {
        var error = new ObjectValue { { "code", Code }, { "message", Message } };
        if (Details is not null) error.Add("details", Details);
        error.Add("traceId", traceId);
        var answer = new ObjectValue { { "error", error } };
        if (ExecutionId is not null) answer.Add("executionId", ExecutionId);
        return answer;
    }

    /// <summary>Writes it as the answer. The answer must not have been started.</summary>
    public Task WriteAsync(HttpContext context)
    {
        if (RetryAfter is { } delay)
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (Status == 401 && Challenge is not null) context.Response.Headers.WWWAuthenticate = Challenge;
        return JsonAnswer.WriteAsync(context, Status, ToValue(RequestId.Of(context)));
    }
}
