using System.Net.WebSockets;
using LinkFlow.Local.Journal;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Streams;
using LinkFlow.Server.Streaming;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Scenarios.Contract;

/// <summary>Where a stream ends: tickets that are too old, clients that do not read, more than may be open, and a shutdown.</summary>
public sealed class StreamBoundsTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly Principal Owner = new(Tenants.Default, "apikey:test", ["*"]);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(59, true)]
    [InlineData(60, false)]
    public void A_ticket_is_good_for_60_seconds(int seconds, bool isGood)
    {
        var clock = new MovedClock();
        var tickets = new StreamTickets(clock);
        var ticket = tickets.Issue(Owner, StreamTopics.None);

        clock.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(isGood, tickets.Redeem(ticket.Token) is not null);
        Assert.Null(tickets.Redeem(ticket.Token));
    }

    [Fact]
    public void Only_so_many_tickets_are_issued_within_a_minute()
    {
        var clock = new MovedClock();
        var tickets = new StreamTickets(clock);
        for (var i = 0; i < StreamTickets.Max; i++) tickets.Issue(Owner, StreamTopics.None);

        Assert.Equal(429, Assert.Throws<ApiException>(() => tickets.Issue(Owner, StreamTopics.None)).Error.Status);
        clock.Advance(StreamTickets.Lifetime);

        Assert.NotNull(tickets.Redeem(tickets.Issue(Owner, StreamTopics.None).Token));
    }

    [Fact]
    public void Places_are_bounded_and_given_back_once()
    {
        var streams = new OpenStreams(new LinkFlowOptions { Limits = { OpenStreams = 1 } });
        var place = streams.Enter();
        Assert.Equal(429, Assert.Throws<ApiException>(streams.Enter).Error.Status);

        place.Dispose();
        place.Dispose();

        using var next = streams.Enter();
        Assert.Throws<ApiException>(streams.Enter);
    }

    [Fact]
    public async Task A_client_that_takes_none_of_the_changes_is_closed_with_1013_once_the_queue_is_full()
    {
        var workflow = await server.ActivateAsync("""{"name":"busy","nodes":[{"id":"start","type":"start"}]}""");
        using var socket = new StalledSocket($$"""{"type":"subscribe","workflowId":"{{workflow}}"}""");
        var session = RunAsync(socket, TimeProvider.System, CancellationToken.None);
        await socket.Stalled;

        for (var i = 0; i < StreamSession.MaxQueued + 2; i++) await server.SendAsync("POST", $"/api/v1/workflows/{workflow}/execute", """{"wait":true}""");

        Assert.Equal(StreamClosing.TryAgainLater, (await session.WaitAsync(Patience)).Status);
    }

    [Fact]
    public async Task A_client_that_does_not_read_for_10_seconds_is_closed_with_1013()
    {
        var clock = new MovedClock();
        using var socket = new StalledSocket("""{"type":"ping"}""");
        var session = RunAsync(socket, clock, CancellationToken.None);
        await socket.Stalled;

        for (var steps = 0; steps < 10_000 && !session.IsCompleted; steps++)
        {
            clock.Advance(StreamConnection.SendPatience);
            await Task.Delay(1);
        }

        Assert.Equal(StreamClosing.TryAgainLater, (await session.WaitAsync(Patience)).Status);
    }

    [Fact]
    public async Task A_shutdown_closes_with_1001()
    {
        var folder = Directory.CreateTempSubdirectory("linkflow-stream-").FullName;
        await using var process = await ServerProcess.StartAsync(folder);
        var negotiated = await process.SendAsync(HttpMethod.Post, "/api/v1/stream/negotiate");
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"{negotiated["url"].AsString}?access_token={negotiated["accessToken"].AsString}"), CancellationToken.None);
        using var client = new StreamClient(socket);
        await client.SayAndSettleAsync("""{"type":"ping"}""");

        var stopped = process.StopAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await client.ClosedAsync());
        await client.CloseAsync();
        await stopped;
        Directory.Delete(folder, recursive: true);
    }

    private async Task<StreamClosing> RunAsync(WebSocket socket, TimeProvider clock, CancellationToken stopping)
    {
        var services = server.Services;
        using var connection = new StreamConnection(socket, clock);
        using var session = new StreamSession(
            connection, Owner, services.GetRequiredService<IExecutionHistory>(), services.GetRequiredService<IDocumentStore>(),
            services.GetRequiredService<ExecutionChanges>(), clock, NullLogger.Instance);
        await session.RunAsync(StreamTopics.None, stopping);
        return await connection.Ended;
    }
}
