using System.Net.WebSockets;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract;

/// <summary>The WebSocket: tickets, and what is sent over it.</summary>
public sealed class StreamScenarios(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_execution_is_followed_to_its_end()
    {
        var workflow = (await server.SendAsync("POST", "/api/v1/workflows", """{"name":"s","nodes":[{"id":"start","type":"start"}]}""")).Body["id"].AsString!;
        var execution = (await server.SendAsync("POST", $"/api/v1/workflows/{workflow}/execute", """{"wait":true}""")).Body["id"].AsString!;
        using var socket = await OpenAsync(await TicketAsync());

        await SayAsync(socket, $$"""{"subscribe":"execution","id":"{{execution}}"}""");

        var first = await HearAsync(socket);
        Assert.Equal((execution, "execution_started"), (first["executionId"].AsString, first["event"]["type"].AsString));
        var last = first;
        while (last["end"].IsUndefined) last = await HearAsync(socket);
        Assert.Equal("success", last["end"].AsString);
    }

    [Fact]
    public async Task A_workflow_is_shown_now_and_on_every_change()
    {
        var workflow = (await server.SendAsync("POST", "/api/v1/workflows", """{"name":"before"}""")).Body["id"].AsString!;
        using var socket = await OpenAsync(await TicketAsync());
        await SayAsync(socket, $$"""{"subscribe":"workflow","id":"{{workflow}}"}""");
        Assert.Equal("before", (await HearAsync(socket))["workflow"]["name"].AsString);

        await server.SendAsync("PATCH", $"/api/v1/workflows/{workflow}", """{"name":"after"}""");

        Assert.Equal("after", (await HearAsync(socket))["workflow"]["name"].AsString);
    }

    [Fact]
    public async Task A_ticket_opens_one_connection_and_nonsense_is_told_what_is_right()
    {
        var ticket = await TicketAsync();
        using var socket = await OpenAsync(ticket);
        await SayAsync(socket, """{"subscribe":"everything"}""");

        Assert.Contains("subscribe", (await HearAsync(socket))["error"].AsString, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => OpenAsync(ticket));
        Assert.Equal(400, (await server.SendAsync("GET", "/stream")).Status);
    }

    private async Task<string> TicketAsync()
    {
        var (status, body, _) = await server.SendAsync("POST", "/api/v1/stream/negotiate");
        Assert.Equal(200, status);
        Assert.StartsWith("ws", body["url"].AsString, StringComparison.Ordinal);
        return body["accessToken"].AsString!;
    }

    private Task<WebSocket> OpenAsync(string ticket) =>
        server.Server.CreateWebSocketClient().ConnectAsync(new Uri($"ws://localhost/stream?access_token={ticket}"), CancellationToken.None);

    private static Task SayAsync(WebSocket socket, string json) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private static async Task<Value> HearAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(new ArraySegment<byte>(buffer, length, buffer.Length - length), CancellationToken.None);
            length += part.Count;
        }
        while (!part.EndOfMessage);
        return JsonText.Parse(buffer.AsSpan(0, length));
    }
}
