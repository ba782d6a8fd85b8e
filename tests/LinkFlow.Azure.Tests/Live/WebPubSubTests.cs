using System.Net;
using System.Text;
using global::Azure.Core;
using global::Azure.Core.Pipeline;
using LinkFlow.Azure.Live;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Streams;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Azure.Tests.Live;

public sealed class WebPubSubTests : IDisposable
{
    private static readonly Principal Caller = new("acme", "apikey:1", ["*"]);
    private readonly RecordingService _service = new();

    private WebPubSubHub Hub => new(new Uri("https://live.webpubsub.azure.com"), new FixedToken(), new LiveOptions { Transport = new HttpClientTransport(_service), Retry = { MaxRetries = 1, Delay = TimeSpan.Zero } });

    [Fact]
    public async Task A_token_is_for_the_groups_of_what_the_caller_follows_and_for_a_minute()
    {
        _service.Answer = """{"token":"t1"}""";

        var opened = await new WebPubSubNegotiation(Hub, TimeProvider.System).NegotiateAsync(Caller, new StreamTopics(["e1"], ["w1"]), default);

        Assert.Equal(("wss://live.webpubsub.azure.com/client/hubs/linkflow", "t1"), (opened.Url, opened.Token));
        var call = Assert.Single(_service.Calls);
        Assert.Equal("POST /api/hubs/linkflow/:generateToken?api-version=2024-01-01&userId=acme.apikey%3A1&minutesToExpire=1&group=acme.execution.e1&group=acme.workflow.w1", call.Line);
        Assert.Equal("Bearer token-of-https://webpubsub.azure.com/.default", call.Authorization);
    }

    [Fact]
    public async Task Followers_are_told_each_event_the_new_status_and_the_end()
    {
        var updates = new WebPubSubUpdates(Hub, TimeProvider.System, NullLogger<WebPubSubUpdates>.Instance);

        await updates.TellAsync("acme", Finished, [new PauseRequested { Seq = 3 }], isNews: true, default);

        Assert.Equal(
            ["acme.execution.e1 event", "acme.workflow.w1 execution", "acme.execution.e1 end"],
            _service.Calls.Select(c => $"{c.Line.Split('/')[5]} {JsonText.Parse(c.Body)["type"].AsString}"));
        Assert.All(_service.Calls, c => Assert.Equal("application/json", c.ContentType));
    }

    [Fact]
    public async Task A_service_that_refuses_costs_the_followers_the_news_and_nobody_else_anything()
    {
        _service.Status = HttpStatusCode.TooManyRequests;

        await new WebPubSubUpdates(Hub, TimeProvider.System, NullLogger<WebPubSubUpdates>.Instance).TellAsync("acme", Finished, [], isNews: true, default);

        Assert.NotEmpty(_service.Calls);
    }

    [Fact]
    public async Task Negotiating_with_a_service_that_refuses_is_unavailable()
    {
        _service.Status = HttpStatusCode.InternalServerError;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => new WebPubSubNegotiation(Hub, TimeProvider.System).NegotiateAsync(Caller, StreamTopics.None, default).AsTask());
    }

    public void Dispose() => _service.Dispose();

    private static Execution Finished => new()
    {
        Id = "e1", WorkflowId = "w1", WorkflowVersion = 1, Status = ExecutionStatus.Success, Mode = "api", StartNode = "start", StartedAt = 1, FinishedAt = 2,
    };

    private sealed class LiveOptions : ClientOptions;

    private sealed class FixedToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext context, CancellationToken cancellationToken) => new("token-of-" + context.Scopes[0], DateTimeOffset.MaxValue);
        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext context, CancellationToken cancellationToken) => new(GetToken(context, cancellationToken));
    }

    private sealed record Call(string Line, string? Authorization, string? ContentType, string Body);

    private sealed class RecordingService : HttpMessageHandler
    {
        public List<Call> Calls { get; } = [];
        public string Answer { get; set; } = "";
        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            Calls.Add(new Call($"{request.Method} {request.RequestUri!.PathAndQuery}", request.Headers.Authorization?.ToString(), request.Content?.Headers.ContentType?.ToString(), body));
            return new HttpResponseMessage(Status) { Content = new StringContent(Answer, Encoding.UTF8, "application/json") };
        }
    }
}
