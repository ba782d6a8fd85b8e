using System.Buffers;
using System.Globalization;
using System.Text;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace LinkFlow.Platform.Executions;

/// <summary>An execution's events: in pages, and live as Server-Sent Events.</summary>
public sealed class HistoryEndpoints(ExecutionService executions, IExecutionHistory history, OpenStreams streams, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public void Map(ApiRoutes routes)
    {
        routes.Get("/executions/{id}/history", ListAsync).Needs(Permissions.ExecutionRead).Says("Read an execution's events, in order").Paged()
            .Answers<ApiList<EventResource>>(200, "A page of events.");
        routes.Get("/executions/{id}/events", FollowAsync).Needs(Permissions.ExecutionRead).Says("Follow an execution's events live")
            .Answers<string>(200, "Server-Sent Events: id is the sequence number, event the type; the last one is 'end'.", "text/event-stream");
    }

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var tenant = request.Principal.Tenant;
        var execution = await executions.GetAsync(tenant, request.Route("id"), request.Aborted);
        var limit = request.Limit();
        var events = await history.ReadAsync(tenant, execution.Id, After(request.Query.Cursor()), limit, request.Aborted);
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var writer = JsonText.CreateWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
            foreach (var @event in events) ExecutionEventJson.WriteShown(writer, @event);
            writer.WriteEndArray();
            writer.WriteString("nextCursor"u8, events.Count < limit ? null : Cursor.Encode(events[^1].Seq.ToString(CultureInfo.InvariantCulture)));
            writer.WriteEndObject();
        }

        return new Answer(200) { Bytes = buffer.WrittenMemory };
    }

    private static long After(string? cursor) => cursor is null ? 0
        : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq
        : throw ApiException.Validation("cursor", "'cursor' is another list's cursor.");

    private async Task<Answer> FollowAsync(ApiRequest request)
    {
        var execution = await executions.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        var after = LastEventId(request.Context.Request);
        using var place = streams.Enter();
        try
        {
            // A shutdown must not wait for those who watch; they come again with Last-Event-ID.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, lifetime.ApplicationStopping);
            var response = request.Context.Response;
            response.ContentType = "text/event-stream; charset=utf-8";
            response.Headers.CacheControl = "no-store";
            response.Headers["X-Accel-Buffering"] = "no";
            await response.StartAsync(stop.Token);
            await FollowAsync(response, request.Principal.Tenant, execution.Id, after, stop.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !request.Aborted.IsCancellationRequested)
        {
            // Ends the stream without 'end': there is more to come.
        }

        return Answer.Written;
    }

    private async Task FollowAsync(HttpResponse response, string tenant, string id, long after, CancellationToken cancellationToken)
    {
        var feed = new EventFeed(history, tenant, id, after);
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        while (true)
        {
            var batch = await feed.NextAsync(KeepAlive, cancellationToken);
            foreach (var @event in batch.Events) WriteEvent(buffer, @event);
            if (batch.IsLast) buffer.Write(Encoding.UTF8.GetBytes($"event: end\ndata: {{\"status\":\"{batch.Status}\"}}\n\n"));
            else if (batch.Events.Count == 0) buffer.Write(": still here\n\n"u8);
            await FlushAsync(response, buffer, cancellationToken);
            if (batch.IsLast) return;
        }
    }

    private static void WriteEvent(ArrayBufferWriter<byte> buffer, ExecutionEvent @event)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        using (var writer = JsonText.CreateWriter(json)) ExecutionEventJson.WriteShown(writer, @event);
        buffer.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {@event.Seq}\nevent: {ExecutionEventTypes.NameOf(@event)}\ndata: ")));
        buffer.Write(json.WrittenSpan);
        buffer.Write("\n\n"u8);
    }

    private static async Task FlushAsync(HttpResponse response, ArrayBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.WrittenCount == 0) return;
        await response.Body.WriteAsync(buffer.WrittenMemory, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        buffer.ResetWrittenCount();
    }

    private static long LastEventId(HttpRequest request)
    {
        var text = request.Headers["Last-Event-ID"].ToString();
        if (text.Length == 0) return 0;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)) return seq;
        throw ApiException.Validation("Last-Event-ID", "Last-Event-ID must be a sequence number, as the stream gave it.");
    }
}

/// <summary>An event as the API shows it; each type has fields of its own.</summary>
public sealed record EventResource(long Seq, string Type, int V, DateTimeOffset At, string? Id);
