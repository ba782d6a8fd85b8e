using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Streams;
using LinkFlow.Platform.Workflows;

namespace LinkFlow.Server;

/// <summary>
/// The WebSocket: a caller says <c>{"subscribe":"execution","id":"…","after":0}</c> or <c>{"subscribe":"workflow","id":"…"}</c>,
/// and gets <c>{"executionId","event"}</c> to <c>{"executionId","end"}</c>, or <c>{"workflowId","workflow"}</c> on every change.
/// </summary>
internal sealed class StreamSocket(StreamTickets tickets, IExecutionHistory history, IDocumentStore store, IHostApplicationLifetime lifetime)
{
    private const int MaxMessageBytes = 4096;
    private const int MaxSubscriptions = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    public async Task AcceptAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest) throw ApiException.Validation($"{StreamEndpoints.SocketPath} takes WebSocket connections only.");
        if (tickets.Redeem(context.Request.Query["access_token"].ToString()) is not { } principal)
            throw new ApiException(ApiError.Unauthorized("The ticket is unknown, used or older than 60 s. Get another from POST /api/v1/stream/negotiate."));
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var connection = new Connection(socket);
        var subscriptions = new List<Task>();
        try
        {
            while (await connection.ReceiveAsync(MaxMessageBytes, stop.Token) is { } message)
            {
                subscriptions.RemoveAll(s => s.IsCompleted);
                if (subscriptions.Count >= MaxSubscriptions) await connection.SendErrorAsync($"At most {MaxSubscriptions} subscriptions are open at once.", stop.Token);
                else subscriptions.Add(SubscribeAsync(connection, principal, message, stop.Token));
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The caller went away or the server stops; whoever comes again says after which event.
            socket.Abort();
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(subscriptions).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SubscribeAsync(Connection connection, Principal principal, Value message, CancellationToken cancellationToken)
    {
        var id = message["id"].AsString;
        switch (message["subscribe"].AsString)
        {
            case "execution" when id is not null:
                await FollowExecutionAsync(connection, principal.Tenant, id, message["after"].IsNumber ? (long)message["after"].AsNumber : 0, cancellationToken);
                break;
            case "workflow" when id is not null && principal.May(Permissions.WorkflowRead):
                await FollowWorkflowAsync(connection, principal.Tenant, id, cancellationToken);
                break;
            default:
                await connection.SendErrorAsync("Say {\"subscribe\":\"execution\"|\"workflow\",\"id\":\"…\"}; workflows need the permission workflow:read.", cancellationToken);
                break;
        }
    }

    private async Task FollowExecutionAsync(Connection connection, string tenant, string id, long after, CancellationToken cancellationToken)
    {
        var feed = new EventFeed(history, tenant, id, after);
        EventBatch batch;
        do
        {
            batch = await feed.NextAsync(Patience, cancellationToken);
            foreach (var @event in batch.Events)
                await connection.SendAsync(writer =>
                {
                    writer.WriteString("executionId"u8, id);
                    writer.WritePropertyName("event"u8);
                    ExecutionEventJson.WriteShown(writer, @event);
                }, cancellationToken);
        }
        while (!batch.IsLast);

        await connection.SendAsync(writer =>
        {
            writer.WriteString("executionId"u8, id);
            writer.WriteString("end"u8, batch.Status);
        }, cancellationToken);
    }

    private async Task FollowWorkflowAsync(Connection connection, string tenant, string id, CancellationToken cancellationToken)
    {
        for (long? shown = null; ; await Task.Delay(LookAgain, cancellationToken))
        {
            var document = await store.GetAsync(tenant, Workflow.Type, id, cancellationToken);
            if (shown == (document?.ETag ?? 0)) continue;
            shown = document?.ETag ?? 0;
            await connection.SendAsync(writer =>
            {
                writer.WriteString("workflowId"u8, id);
                writer.WritePropertyName("workflow"u8);
                JsonText.Write(writer, document?.Body ?? Value.Null);
            }, cancellationToken);
            if (document is null) return;
        }
    }

    /// <summary>One socket, written by one at a time.</summary>
    private sealed class Connection(WebSocket socket) : IDisposable
    {
        private readonly SemaphoreSlim _writing = new(1, 1);

        /// <returns>Null: the caller closed, or sent what is no JSON or too long.</returns>
        public async Task<Value?> ReceiveAsync(int limit, CancellationToken cancellationToken)
        {
            var buffer = new byte[limit];
            var length = 0;
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                length += part.Count;
                if (part.MessageType == WebSocketMessageType.Close || (!part.EndOfMessage && length == limit)) return null;
                if (part.EndOfMessage) break;
            }

            try
            {
                return JsonText.Parse(buffer.AsSpan(0, length));
            }
            catch (JsonTextException)
            {
                return null;
            }
        }

        public Task SendErrorAsync(string message, CancellationToken cancellationToken) => SendAsync(writer => writer.WriteString("error"u8, message), cancellationToken);

        public async Task SendAsync(Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
        {
            var buffer = new ArrayBufferWriter<byte>(1024);
            using (var writer = JsonText.CreateWriter(buffer))
            {
                writer.WriteStartObject();
                write(writer);
                writer.WriteEndObject();
            }

            await _writing.WaitAsync(cancellationToken);
            try
            {
                await socket.SendAsync(buffer.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            }
            finally
            {
                _writing.Release();
            }
        }

        public void Dispose() => _writing.Dispose();
    }
}
