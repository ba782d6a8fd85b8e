using System.Buffers;
using System.Text.Json;
using LinkFlow.Engine.Values;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Http;

/// <summary>Writes JSON answers from values, with a Content-Length and without reflection.</summary>
public static class JsonAnswer
{
    public const string ContentType = "application/json; charset=utf-8";

    /// <summary>Buffers above this are given back to the collector rather than kept.</summary>
    private const int KeptBytes = 256 * 1024;

    [ThreadStatic]
    private static Scratch? _scratch;

    public static Task WriteAsync(HttpContext context, int status, Value body)
    {
        var scratch = _scratch ?? new Scratch();
        _scratch = null;
        scratch.Write(body);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = scratch.Buffer.WrittenCount;
        // The bytes are copied into the response's pipe, so the buffer is free again at once; the server flushes at the end.
        response.BodyWriter.Write(scratch.Buffer.WrittenSpan);
        if (scratch.Buffer.Capacity <= KeptBytes) _scratch = scratch;
        return Task.CompletedTask;
    }

    private sealed class Scratch
    {
        private readonly Utf8JsonWriter _writer;

        public Scratch() => _writer = JsonText.CreateWriter(Buffer);

        public ArrayBufferWriter<byte> Buffer { get; } = new(1024);

        public void Write(Value body)
        {
            Buffer.ResetWrittenCount();
            _writer.Reset();
            JsonText.Write(_writer, body);
            _writer.Flush();
        }
    }
}
