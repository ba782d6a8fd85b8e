using System.Collections.Immutable;
using System.Text.Json;
using LinkFlow.Engine.Definitions;

namespace LinkFlow.Engine.Executions;

/// <summary>Reads the tokens of a stored event one after the other. What is not as it was written ends in a <see cref="FormatException"/> that names the byte.</summary>
internal ref struct EventTokenReader(ReadOnlyMemory<byte> json)
{
    private readonly ReadOnlyMemory<byte> _json = json;
    private Utf8JsonReader _reader = new(json.Span, new JsonReaderOptions { MaxDepth = ExecutionEventJson.MaxDepth });

    public delegate T ReadElement<T>(ref EventTokenReader reader);

    /// <summary>The kind of the current token.</summary>
    public readonly JsonTokenType Token => _reader.TokenType;

    /// <summary>The name of the current property, as bytes of the text.</summary>
    public readonly ReadOnlySpan<byte> RawPropertyName => _reader.ValueSpan;

    public readonly int CopyPropertyName(Span<char> buffer) => _reader.CopyString(buffer);

    public readonly string PropertyName() => System.Text.Encoding.UTF8.GetString(_reader.ValueSpan);

    /// <summary>The bytes of an array, unread.</summary>
    public ReadOnlyMemory<byte> Raw()
    {
        Expect(JsonTokenType.StartArray, "an array of items");
        var from = (int)_reader.TokenStartIndex;
        if (!_reader.TrySkip()) throw Damaged("the text ends within an array of items");
        return _json[from..(int)_reader.BytesConsumed];
    }

    /// <summary>An array whose elements the delegate reads, from the first token of each.</summary>
    public ImmutableArray<T> Array<T>(ReadElement<T> read)
    {
        Expect(JsonTokenType.StartArray, "an array");
        var elements = ImmutableArray.CreateBuilder<T>();
        while (NextElement()) elements.Add(read(ref this));
        return elements.DrainToImmutable();
    }

    public string Text()
    {
        Expect(JsonTokenType.String, "a string");
        if (_reader.ValueTextEquals("main"u8)) return Connection.Main;
        return _reader.GetString()!;
    }

    public readonly int Int()
    {
        Expect(JsonTokenType.Number, "a number");
        return _reader.TryGetInt32(out var number) ? number : throw Damaged("a whole number in 32 bits was expected");
    }

    public readonly long Long()
    {
        Expect(JsonTokenType.Number, "a number");
        return _reader.TryGetInt64(out var number) ? number : throw Damaged("a whole number in 64 bits was expected");
    }

    public readonly bool Flag() => _reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Damaged("true or false was expected"),
    };

    /// <summary>When the current property is of this name, moves on to its value.</summary>
    public bool Take(ReadOnlySpan<byte> name)
    {
        if (!_reader.ValueTextEquals(name)) return false;
        Next();
        return true;
    }

    public void Next()
    {
        if (!_reader.Read()) throw Damaged("the text ends too early");
    }

    public bool NextProperty()
    {
        Next();
        return _reader.TokenType == JsonTokenType.PropertyName;
    }

    public bool NextElement()
    {
        Next();
        return _reader.TokenType != JsonTokenType.EndArray;
    }

    public void End()
    {
        if (_reader.Read()) throw Damaged("there is more text behind the end");
    }

    public readonly void Expect(JsonTokenType token, string what)
    {
        if (_reader.TokenType != token) throw Damaged($"{what} was expected, not {_reader.TokenType}");
    }

    public readonly FormatException UnknownProperty() => Damaged($"'{PropertyName()}' is not known here");

    public readonly FormatException Damaged(string what, Exception? inner = null) =>
        new($"A stored event is damaged at byte {_reader.TokenStartIndex}: {what}.", inner);
}
