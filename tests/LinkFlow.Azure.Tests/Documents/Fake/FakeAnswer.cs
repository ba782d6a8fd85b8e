using System.Globalization;
using System.Net;
using LinkFlow.Engine.Values;
using Microsoft.Azure.Cosmos;

namespace LinkFlow.Azure.Tests.Documents.Fake;

/// <summary>What the service answers to one operation.</summary>
internal sealed record FakeAnswer(HttpStatusCode Status, double Charge, string? ETag = null, Value Body = default, TimeSpan RetryAfter = default, string? Continuation = null)
{
    public ResponseMessage ToResponse()
    {
        var headers = new Headers();
        headers.Set("x-ms-request-charge", Charge.ToString(CultureInfo.InvariantCulture));
        if (ETag is not null) headers.Set("etag", ETag);
        if (Continuation is not null) headers.Set("x-ms-continuation", Continuation);
        if (RetryAfter > TimeSpan.Zero) headers.Set("x-ms-retry-after-ms", RetryAfter.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        return new FakeResponse(Status, headers, Body.IsUndefined ? null : JsonText.WriteBytes(Body));
    }

    private sealed class FakeResponse(HttpStatusCode status, Headers headers, byte[]? body) : ResponseMessage(status)
    {
        public override Headers Headers => headers;
        public override string ContinuationToken => headers.ContinuationToken;
        public override Stream Content => body is null ? null! : new MemoryStream(body);
    }
}
