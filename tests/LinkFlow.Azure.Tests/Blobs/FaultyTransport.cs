using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace LinkFlow.Azure.Tests.Blobs;

/// <summary>Records what is asked of the service, and makes some of it fail: refused before it arrives, or done with the answer lost.</summary>
internal sealed class FaultyTransport : HttpPipelineTransport, IDisposable
{
    private readonly HttpClientTransport _inner = new();
    private readonly List<string> _requests = [];

    public void Dispose() => _inner.Dispose();

    /// <summary>Asked before each request is sent; true: it is not sent, and the connection breaks.</summary>
    public Func<Request, bool> Refuses { get; set; } = _ => false;

    /// <summary>Asked before each request is sent; true: it is done, and its answer is lost.</summary>
    public Func<Request, bool> Loses { get; set; } = _ => false;

    /// <summary>Asked before each request is sent: the status that it is answered with; null: it is sent.</summary>
    public Func<Request, int?> Answers { get; set; } = _ => null;

    /// <summary>Method and what stands behind the container.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public override Request CreateRequest() => _inner.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException("All calls are asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        var request = message.Request;
        lock (_requests) _requests.Add($"{request.Method} {request.Uri.ToUri().PathAndQuery}");
        if (Refuses(request)) throw new IOException("The connection was refused.");
        if (Answers(request) is { } status)
        {
            message.Response = new Refusal(status);
            return;
        }

        var loses = Loses(request);
        await _inner.ProcessAsync(message);
        if (loses) throw new IOException("The answer was lost.");
    }

    private sealed class Refusal(int status) : Response
    {
        public override int Status => status;
        public override string ReasonPhrase => "Refused";
        public override Stream? ContentStream { get; set; } = new MemoryStream();
        public override string ClientRequestId { get; set; } = "";
        public override void Dispose() { }
        protected override bool ContainsHeader(string name) => name == "Retry-After";

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [new("Retry-After", "0")];

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
        {
            value = name == "Retry-After" ? "0" : null;
            return value is not null;
        }

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = name == "Retry-After" ? ["0"] : null;
            return values is not null;
        }
    }
}
