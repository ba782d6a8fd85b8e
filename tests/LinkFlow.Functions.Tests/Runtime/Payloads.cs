using System.Text;
using System.Text.Json;
using Microsoft.DurableTask;

namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>Every payload goes through System.Text.Json with the worker's options, and is refused where the scheduler would refuse it.</summary>
internal sealed class Payloads(JsonSerializerOptions? options = null) : DataConverter
{
    public const int MaxBytes = 1024 * 1024;
    public const int MaxStatusBytes = 16 * 1024;

    private readonly JsonSerializerOptions _options = options ?? new() { PropertyNameCaseInsensitive = true };

    public override string? Serialize(object? value) => value is null ? null : JsonSerializer.Serialize(value, value.GetType(), _options);

    public override object? Deserialize(string? data, Type targetType) => data is null ? null : JsonSerializer.Deserialize(data, targetType, _options);

    public T Read<T>(string? data) => data is null ? default! : JsonSerializer.Deserialize<T>(data, _options)!;

    /// <exception cref="PayloadRefusedException">It is larger than the scheduler takes.</exception>
    public string? Write(object? value, string what, int maxBytes = MaxBytes)
    {
        var text = Serialize(value);
        var bytes = text is null ? 0 : Encoding.UTF8.GetByteCount(text);
        return bytes <= maxBytes ? text : throw new PayloadRefusedException($"{what} has {bytes:N0} bytes; {maxBytes:N0} are allowed.");
    }
}

/// <summary>A payload was larger than the runtime takes.</summary>
internal sealed class PayloadRefusedException(string message) : Exception(message);

/// <summary>A replay did something else than what the history says.</summary>
internal sealed class NonDeterminismException(string message) : Exception(message);

/// <summary>The process in which an activity ran was killed: no result, and the activity is delivered again.</summary>
internal sealed class ProcessKilledException(string message) : Exception(message);
