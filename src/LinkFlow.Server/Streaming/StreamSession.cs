using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Threading.Channels;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Streams;
using LinkFlow.Platform.Workflows;

namespace LinkFlow.Server.Streaming;

/// <summary>
/// What one client follows. Events are read from the history as fast as the client takes them, a page at a time for
/// all subscriptions together; changes of a workflow's executions come by themselves and wait in a bounded queue.
/// </summary>
internal sealed class StreamSession(
    StreamConnection connection, Principal principal, IExecutionHistory history, IDocumentStore documents, ExecutionChanges changes, TimeProvider clock, ILogger logger) : IDisposable
{
    public const int MaxSubscriptions = StreamTopics.Max;

    /// <summary>Refused messages that are borne; each good one makes up for one.</summary>
    public const int MaxErrors = 20;

    /// <summary>Changes that may wait for a client to take them; one more, and it is too slow.</summary>
    public const int MaxQueued = 256;

    private static readonly TimeSpan EventPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Channel<Execution> _queue = Channel.CreateBounded<Execution>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private int _errors;

    /// <summary>Serves the client until it goes, misbehaves, or is told to go. Never throws.</summary>
    /// <param name="topics">What it follows from the first moment, as if it had subscribed.</param>
    public async Task RunAsync(StreamTopics topics, CancellationToken stopping)
    {
        using var stop = stopping.Register(() => connection.End(StreamClosing.Stopping));
        var receiving = ReceiveAsync(topics);
        var forwarding = GuardedAsync(ForwardAsync);
        await connection.CloseAsync(receiving);
        foreach (var (name, _) in _subscriptions) await UnsubscribeAsync(name);
        await forwarding;
    }

    public void Dispose() => _reading.Dispose();

    private async Task ReceiveAsync(StreamTopics topics)
    {
        await GuardedAsync(async () =>
        {
            foreach (var id in topics.ExecutionIds) await TakeAsync(() => new StreamMessage(StreamMessage.Subscribe, id, null, 0));
            foreach (var id in topics.WorkflowIds) await TakeAsync(() => new StreamMessage(StreamMessage.Subscribe, null, id, 0));
            await connection.ReceiveAsync(TakeAsync);
        });
        // Nothing is heard any more, whatever the reason: unless there was a better one, this ends the session.
        connection.End(StreamClosing.BrokenOff("The connection was lost."));
    }

    private Task TakeAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type) => TakeAsync(() =>
        type == WebSocketMessageType.Text ? StreamMessage.Read(bytes.Span) : throw ApiException.Validation("The message is binary; JSON as text is expected."));

    private async Task TakeAsync(Func<StreamMessage> read)
    {
        StreamMessage? message = null;
        try
        {
            message = read();
            await ActAsync(message);
            _errors = Math.Max(0, _errors - 1);
        }
        catch (ApiException e)
        {
            await connection.SendAsync(StreamReply.Error(e.Error, message?.ExecutionId, message?.WorkflowId));
            if (++_errors >= MaxErrors) connection.End(StreamClosing.TooManyErrors);
        }
    }

    private Task ActAsync(StreamMessage message) => message switch
    {
        { Type: StreamMessage.Ping } => connection.SendAsync(StreamReply.Pong),
        { Type: StreamMessage.Unsubscribe } => UnsubscribeAsync(NameOf(message)),
        { ExecutionId: { } id } => SubscribeToExecutionAsync(NameOf(message), id, message.AfterSeq),
        _ => SubscribeToWorkflowAsync(NameOf(message), message.WorkflowId!),
    };

    private async Task SubscribeToExecutionAsync(string name, string id, int afterSeq)
    {
        await MakeRoomAsync(name);
        if (await history.FindAsync(principal.Tenant, id, connection.Over) is null) throw ApiException.NotFound("execution", id);
        var subscription = new Subscription(connection.Over);
        _subscriptions[name] = subscription;
        subscription.Running = GuardedAsync(() => FollowExecutionAsync(name, subscription, id, afterSeq));
    }

    private async Task SubscribeToWorkflowAsync(string name, string id)
    {
        await MakeRoomAsync(name);
        if (await documents.GetAsync(principal.Tenant, Workflow.Type, id, connection.Over) is null) throw ApiException.NotFound("workflow", id);
        var subscription = new Subscription(connection.Over) { Listening = changes.Subscribe(principal.Tenant, id, Enqueue) };
        _subscriptions[name] = subscription;
        if (principal.May(Permissions.WorkflowRead)) subscription.Running = GuardedAsync(() => FollowWorkflowAsync(subscription, id));
    }

    private async Task MakeRoomAsync(string name)
    {
        if (_subscriptions.TryGetValue(name, out var earlier) && earlier.HasEnded) await UnsubscribeAsync(name);
        if (_subscriptions.ContainsKey(name)) throw ApiException.Conflict("You are subscribed to it already. Unsubscribe first to begin at another event.");
        if (_subscriptions.Count >= MaxSubscriptions)
            throw new ApiException(new ApiError(429, "RATE_LIMITED", $"A socket has at most {MaxSubscriptions} subscriptions. Unsubscribe from one, or open another socket."));
    }

    /// <summary>When it returns, nothing more of it is sent. What was not subscribed to, or has ended meanwhile, is left at that.</summary>
    private async Task UnsubscribeAsync(string name)
    {
        if (!_subscriptions.TryRemove(name, out var subscription)) return;
        using (subscription) await subscription.StopAsync();
    }

    private async Task FollowExecutionAsync(string name, Subscription subscription, string id, long afterSeq)
    {
        var feed = new EventFeed(history, principal.Tenant, id, afterSeq);
        while (true)
        {
            var batch = await SendNextAsync(feed, id, subscription.Over);
            if (batch.IsLast)
            {
                // Before the client hears of it, for it may subscribe anew at once.
                subscription.HasEnded = true;
                await connection.SendAsync(StreamReply.End(id, batch.Status));
                if (_subscriptions.TryRemove(new KeyValuePair<string, Subscription>(name, subscription))) subscription.Dispose();
                return;
            }

            if (batch.Events.Count == 0) await feed.WaitAsync(EventPatience, subscription.Over);
        }
    }

    /// <summary>One page of one subscription is in memory at a time, however many there are.</summary>
    private async Task<EventBatch> SendNextAsync(EventFeed feed, string id, CancellationToken over)
    {
        await _reading.WaitAsync(over);
        try
        {
            var batch = await feed.ReadAsync(over);
            foreach (var @event in batch.Events)
            {
                over.ThrowIfCancellationRequested();
                await connection.SendAsync(StreamReply.Event(id, @event));
            }

            return batch;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The workflow itself, now and whenever it is changed.</summary>
    private async Task FollowWorkflowAsync(Subscription subscription, string id)
    {
        for (long? shown = null; ; await Task.Delay(LookAgain, clock, subscription.Over))
        {
            var document = await documents.GetAsync(principal.Tenant, Workflow.Type, id, subscription.Over);
            if (shown == (document?.ETag ?? 0)) continue;
            shown = document?.ETag ?? 0;
            await connection.SendAsync(StreamReply.Workflow(id, document is null ? Value.Null : Workflow.FromDocument(document.Body).Show()));
            if (document is null) return;
        }
    }

    private void Enqueue(Execution execution)
    {
        if (!_queue.Writer.TryWrite(execution)) connection.End(StreamClosing.TooSlow);
    }

    private async Task ForwardAsync()
    {
        await foreach (var execution in _queue.Reader.ReadAllAsync(connection.Over))
            if (_subscriptions.ContainsKey(NameOfWorkflow(execution.WorkflowId))) await connection.SendAsync(StreamReply.Changed(execution));
    }

    /// <summary>Whatever ends a part of the session is told to the client or ends the session; nothing is lost in a task that nobody awaits.</summary>
    private async Task GuardedAsync(Func<Task> part)
    {
        try
        {
            await part();
        }
        catch (OperationCanceledException)
        {
            // Unsubscribed, or the connection is being closed.
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            connection.End(StreamClosing.BrokenOff(e.Message));
        }
        catch (StoreUnavailableException)
        {
            connection.End(new StreamClosing(StreamClosing.TryAgainLater, "The store cannot be read right now. Connect again later."));
        }
        catch (Exception e)
        {
            if (!connection.Over.IsCancellationRequested) logger.Failed(principal.Id, e);
            connection.End(StreamClosing.Failed);
        }
    }

    private static string NameOf(StreamMessage message) => message.ExecutionId is { } id ? $"execution {id}" : NameOfWorkflow(message.WorkflowId!);

    private static string NameOfWorkflow(string id) => $"workflow {id}";

    private sealed class Subscription(CancellationToken over) : IDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(over);
        private bool _hasEnded;

        public CancellationToken Over => _stop.Token;

        /// <summary>True: the execution's end is on its way to the client.</summary>
        public bool HasEnded { get => Volatile.Read(ref _hasEnded); set => Volatile.Write(ref _hasEnded, value); }
        public IDisposable? Listening { get; init; }
        public Task Running { get; set; } = Task.CompletedTask;

        public async Task StopAsync()
        {
            Listening?.Dispose();
            await _stop.CancelAsync();
            await Running;
        }

        public void Dispose() => _stop.Dispose();
    }
}
