using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LinkFlow.Engine.Values;

/// <summary>
/// JSON text to values and back, by LinkFlow's rules: the last duplicate key wins; lone surrogates, numbers
/// that no double can hold, NUL in names and more than <see cref="MaxDepth"/> levels are refused; a number whose
/// double would print otherwise keeps its text. Parsed values are frozen.
/// </summary>
public static class JsonText
{
    /// <summary>The deepest nesting of arrays and objects that is read from users.</summary>
    public const int MaxDepth = 200;

    /// <summary>The deepest nesting that is stored and read back: what came in at <see cref="MaxDepth"/>, in whatever LinkFlow wraps around it.</summary>
    public const int MaxStoredDepth = 256;

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = MaxStoredDepth,
    };

    /// <exception cref="JsonTextException">The bytes are not JSON by the rules above; says where and why.</exception>
    public static Value Parse(ReadOnlySpan<byte> utf8) => ParseChangeable(utf8, MaxDepth).Freeze();

    /// <summary>Reads what LinkFlow wrote itself: up to <see cref="MaxStoredDepth"/> levels.</summary>
    /// <exception cref="JsonTextException">The bytes are not JSON by the rules above; says where and why.</exception>
    public static Value ParseStored(ReadOnlySpan<byte> utf8) => ParseChangeable(utf8, MaxStoredDepth).Freeze();

    /// <summary>True when arrays and objects are nested deeper than this many levels.</summary>
    public static bool IsDeeperThan(Value value, int levels)
    {
        if (value.AsArray is { } array)
        {
            if (levels == 0) return true;
            foreach (var element in array.Span)
                if (IsDeeperThan(element, levels - 1)) return true;
        }
        else if (value.AsObject is { } o)
        {
            if (levels == 0) return true;
            for (var i = 0; i < o.Count; i++)
                if (IsDeeperThan(o.ValueAt(i), levels - 1)) return true;
        }

        return false;
    }

    /// <summary>As <see cref="Parse(string)"/>, but the value may still be changed.</summary>
    /// <exception cref="JsonTextException">The text is not JSON by the rules above; says where and why.</exception>
    internal static Value ParseChangeable(string text) => ParseChangeable(Encoding.UTF8.GetBytes(text), MaxDepth);

    private static Value ParseChangeable(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
        var builder = JsonBuilder.Take();
        try
        {
            reader.Read();
            var value = builder.Read(ref reader);
            if (reader.Read()) throw Error(utf8, reader.TokenStartIndex, "There is more text after the end of the JSON value.");
            return value;
        }
        catch (JsonException e)
        {
            throw new JsonTextException(Describe(e), (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1);
        }
        catch (InvalidValue e)
        {
            throw Error(utf8, reader.TokenStartIndex, e.Message);
        }
        catch (InvalidOperationException)
        {
            throw Error(utf8, reader.TokenStartIndex, "A string holds an invalid UTF-8 sequence or half of a surrogate pair.");
        }
        finally
        {
            builder.Return();
        }
    }

    public static Value Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    public static string Write(Value value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Write(buffer, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static byte[] WriteBytes(Value value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Write(buffer, value);
        return buffer.WrittenSpan.ToArray();
    }

    public static void Write(IBufferWriter<byte> buffer, Value value)
    {
        using var writer = CreateWriter(buffer);
        Write(writer, value);
    }

    public static Utf8JsonWriter CreateWriter(IBufferWriter<byte> buffer) => new(buffer, WriterOptions);

    /// <summary>Writes as JSON.stringify would: undefined in an array is null, in an object its property is left out.</summary>
    public static void Write(Utf8JsonWriter writer, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Boolean:
                writer.WriteBooleanValue(value.AsBoolean);
                break;
            case ValueKind.Number:
                WriteNumber(writer, value);
                break;
            case ValueKind.String:
                WriteString(writer, value.AsString!);
                break;
            case ValueKind.Array:
                writer.WriteStartArray();
                foreach (var element in value.AsArray!.Span) Write(writer, element);
                writer.WriteEndArray();
                break;
            case ValueKind.Object:
                var o = value.AsObject!;
                writer.WriteStartObject();
                for (var i = 0; i < o.Count; i++)
                {
                    var property = o.ValueAt(i);
                    if (property.IsUndefined) continue;
                    writer.WritePropertyName(o.NameAt(i));
                    Write(writer, property);
                }

                writer.WriteEndObject();
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    /// <summary>The writer's encoder would escape what is beyond the basic plane; we write it as it is, and halves of pairs as U+FFFD.</summary>
    private static void WriteString(Utf8JsonWriter writer, string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            writer.WriteStringValue(text);
            return;
        }

        var json = new StringBuilder("\"", text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"' or '\\': json.Append('\\').Append((char)rune.Value); break;
                case '\n': json.Append("\\n"); break;
                case '\r': json.Append("\\r"); break;
                case '\t': json.Append("\\t"); break;
                case < ' ': json.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"); break;
                default: json.Append(rune.ToString()); break;
            }
        }

        writer.WriteRawValue(json.Append('"').ToString(), skipInputValidation: true);
    }

    private static void WriteNumber(Utf8JsonWriter writer, Value value)
    {
        if (value.NumberAsWritten is { } text) writer.WriteRawValue(text, skipInputValidation: true);
        else if (!double.IsFinite(value.AsNumber)) writer.WriteNullValue();
        else if (value.AsNumber is var number && number == (long)number && Math.Abs(number) < 1e15) writer.WriteNumberValue((long)number);
        else writer.WriteRawValue(JavaScriptNumber.ToString(number), skipInputValidation: true);
    }

    internal static Value ReadNumber(ref Utf8JsonReader reader)
    {
        var text = reader.ValueSpan;
        if (text.Length <= 15 && reader.TryGetInt64(out var integer) && (integer != 0 || text[0] != '-')) return Value.From((double)integer);
        if (!reader.TryGetDouble(out var number) || !double.IsFinite(number))
            throw new InvalidValue("A number is too large: at most about 1.797e308 is allowed.");
        var written = Encoding.ASCII.GetString(text);
        return JavaScriptNumber.ToString(number) == written ? Value.From(number) : Value.FromNumberText(number, written);
    }

    private static JsonTextException Error(ReadOnlySpan<byte> utf8, long at, string message)
    {
        var before = utf8[..(int)Math.Min(at, utf8.Length)];
        var line = before.Count((byte)'\n') + 1;
        return new JsonTextException(message, line, before.Length - (before.LastIndexOf((byte)'\n') + 1) + 1);
    }

    private static string Describe(JsonException e)
    {
        var message = e.Message;
        var cut = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (cut > 0) message = message[..cut];
        // What is quoted there is the whole rest of the text, which may be long, and may hold what is nobody's business.
        var literal = message.IndexOf("' is an invalid JSON literal", StringComparison.Ordinal);
        return literal > 0 ? "A word begins here" + message[(literal + 1)..].Replace(" is an invalid", " that is an invalid", StringComparison.Ordinal) : message;
    }

    internal sealed class InvalidValue(string message) : Exception(message);
}
