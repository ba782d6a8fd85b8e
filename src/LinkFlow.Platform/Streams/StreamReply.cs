using System.Buffers;
using System.Text.Json;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Streams;

/// <summary>What followers of executions and workflows are told, as UTF-8 JSON; every message has a <c>type</c>.</summary>
public static class StreamReply
{
    public static ReadOnlyMemory<byte> Pong { get; } = Write("pong", _ => { });

    public static ReadOnlyMemory<byte> Event(string executionId, ExecutionEvent @event) => Write("event", writer =>
    {
        writer.WriteString("executionId"u8, executionId);
        writer.WritePropertyName("event"u8);
        ExecutionEventJson.WriteShown(writer, @event);
    });

    public static ReadOnlyMemory<byte> End(string executionId, string status) => Write("end", writer =>
    {
        writer.WriteString("executionId"u8, executionId);
        writer.WriteString("status"u8, status);
    });

    public static ReadOnlyMemory<byte> Changed(Execution execution) => Write("execution", writer =>
    {
        writer.WritePropertyName("execution"u8);
        JsonText.Write(writer, execution.Show());
    });

    /// <param name="workflow">Null: it was deleted.</param>
    public static ReadOnlyMemory<byte> Workflow(string workflowId, Value workflow) => Write("workflow", writer =>
    {
        writer.WriteString("workflowId"u8, workflowId);
        writer.WritePropertyName("workflow"u8);
        JsonText.Write(writer, workflow);
    });

    /// <param name="executionId">The execution that the refused message is about; null: none, or it could not be read.</param>
    /// <param name="workflowId">As <paramref name="executionId"/>.</param>
    public static ReadOnlyMemory<byte> Error(ApiError error, string? executionId, string? workflowId) => Write("error", writer =>
    {
        writer.WriteString("code"u8, error.Code);
        writer.WriteString("message"u8, error.Message);
        if (executionId is not null) writer.WriteString("executionId"u8, executionId);
        if (workflowId is not null) writer.WriteString("workflowId"u8, workflowId);
    });

    private static ReadOnlyMemory<byte> Write(string type, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = JsonText.CreateWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
