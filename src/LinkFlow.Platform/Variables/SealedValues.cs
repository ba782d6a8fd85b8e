using System.Security.Cryptography;
using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Variables;

/// <summary>The values of a secret variable as one secret: <c>{"value":…,"environments":{…}}</c>.</summary>
internal static class SealedValues
{
    public static byte[] Write(Value value, ObjectValue environments) =>
        JsonText.WriteBytes(new ObjectValue(2) { { "value", value }, { "environments", environments } });

    public static (Value Value, ObjectValue Environments) Read(ReadOnlySpan<byte> opened)
    {
        var stored = JsonText.ParseStored(opened);
        return (stored["value"], stored["environments"].AsObject!);
    }

    public static Value Pick(ReadOnlySpan<byte> opened, string environment)
    {
        var (value, environments) = Read(opened);
        return environments.TryGet(environment, out var own) ? own : value;
    }

    public static void Zero(byte[] bytes) => CryptographicOperations.ZeroMemory(bytes);

    /// <summary>Every string and number in a value, and a list or object as a whole, as they may appear in a text.</summary>
    public static IEnumerable<string> Texts(Value value)
    {
        if (value.AsString is { } text) return [text];
        if (value.IsNumber) return [JsonText.Write(value)];
        var parts = value.AsArray is { } array ? array.SelectMany(Texts) : value.AsObject is { } o ? o.SelectMany(p => Texts(p.Value)) : [];
        return value.IsArray || value.IsObject ? parts.Append(JsonText.Write(value)) : parts;
    }
}
