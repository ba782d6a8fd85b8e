using System.Collections;
using System.Diagnostics;
using LinkFlow.Platform.Metrics;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Http;

/// <summary>
/// Goes round every request: gives it an id, times it, and turns whatever went wrong into the one error form.
/// Nothing of an exception but our own messages reaches the caller.
/// </summary>
public sealed class RequestEnvelope(RequestDelegate next, ILogger<RequestEnvelope> logger, HttpMetrics metrics)
{
    /// <summary>Not a registered code: what nginx logs when the caller went away.</summary>
    private const int CallerGone = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        var began = Stopwatch.GetTimestamp();
        RequestId.Assign(context);
        using var scope = logger.BeginScope(new Scope(context.TraceIdentifier));
        try
        {
            await next(context);
            if (context.Response.StatusCode >= 400 && IsBare(context.Response))
                await ApiError.OfStatus(context.Response.StatusCode, context.Request.Method, PathOf(context)).WriteAsync(context);
        }
        catch (Exception e)
        {
            await AnswerAsync(context, e);
        }

        var elapsed = Stopwatch.GetElapsedTime(began);
        metrics.Answered(context.Request.Method, RouteOf(context), context.Response.StatusCode, elapsed);
        logger.Answered(context.Request.Method, PathOf(context), context.Response.StatusCode, elapsed.TotalMilliseconds);
    }

    private async Task AnswerAsync(HttpContext context, Exception exception)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            logger.CallerGone(context.Request.Method, PathOf(context));
            if (!context.Response.HasStarted) context.Response.StatusCode = CallerGone;
            return;
        }

        var error = ErrorOf(context, exception);
        if (error.Status == 500) logger.RequestFailed(exception, context.Request.Method, PathOf(context));
        if (error.Status == 503) logger.RequestRefused(context.Request.Method, PathOf(context), exception.Message);
        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.Headers[RequestId.Header] = context.TraceIdentifier;
        await error.WriteAsync(context);
    }

    /// <summary>The status that a request will be answered with which failed like this before its answer began.</summary>
    internal static int StatusOf(HttpContext context, Exception exception) => context.RequestAborted.IsCancellationRequested ? CallerGone : ErrorOf(context, exception).Status;

    private static ApiError ErrorOf(HttpContext context, Exception exception) => exception switch
    {
        ApiException e => e.Error,
        StoreUnavailableException { IsOutcomeUnknown: true } e => ApiError.Unavailable("It is not known whether this was done. Look before you repeat it, or repeat it with the same Idempotency-Key.", e.RetryAfter),
        StoreUnavailableException e => ApiError.Unavailable("Nothing can be accepted right now; nothing was changed. Try again later.", e.RetryAfter),
        DocumentConflictException when context.Request.Headers.IfMatch.Count > 0 =>
            ApiError.PreconditionFailed("The resource was changed meanwhile. Read it again and repeat the change."),
        DocumentConflictException e => ApiError.Conflict(e.Message + " Read it again and repeat the change."),
        UnitTooLargeException e => ApiError.Conflict(e.Message),
        HistoryUnreadableException e => ApiError.Conflict($"The history of this execution cannot be read, so it is set aside ({HistoryUnreadableException.Code}). {e.Message}"),
        SecretUnreadableException e => ApiError.Conflict($"A secret that this needs is stored and cannot be opened. {e.Message}"),
        BadHttpRequestException e => ApiError.OfStatus(e.StatusCode, context.Request.Method, PathOf(context)),
        _ => ApiError.Internal(),
    };

    private static bool IsBare(HttpResponse response) => !response.HasStarted && response.ContentType is null && response.ContentLength is null or 0;

    private static string PathOf(HttpContext context) => context.Request.Path.Value ?? "/";

    // The pattern, not the path: a label per id would never end.
    private static string RouteOf(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText
        ?? (PathOf(context).StartsWith(WebhookCalls.Prefix, StringComparison.Ordinal) ? WebhookCalls.Route
            : PathOf(context).StartsWith(WebhookCalls.TestPrefix, StringComparison.Ordinal) ? WebhookCalls.TestRoute : "");

    private sealed class Scope(string requestId) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => 1;
        public KeyValuePair<string, object?> this[int index] => KeyValuePair.Create<string, object?>("RequestId", requestId);
        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return this[0];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        public override string ToString() => requestId;
    }
}
