using System.Text.Json;

namespace LinkFlow.Engine.Values;

/// <summary>
/// Gathers what a JSON text holds from the inside out: an object or array is made when all of it is there, in its
/// exact size and with the shape of its like. One per thread is kept for the next text.
/// </summary>
internal sealed class JsonBuilder
{
    private const int MaxKept = 512;
    private const int ComparedOneByOne = 16;

    [ThreadStatic]
    private static JsonBuilder? _kept;

    private string[] _names = new string[32];
    private Value[] _values = new Value[64];
    private int _nameCount;
    private int _valueCount;

    public static JsonBuilder Take()
    {
        var builder = _kept ?? new JsonBuilder();
        _kept = null;
        return builder;
    }

    /// <summary>Forgets what it gathered.</summary>
    public void Return()
    {
        if (_values.Length > MaxKept || _names.Length > MaxKept) return;
        Array.Clear(_names);
        Array.Clear(_values);
        (_nameCount, _valueCount) = (0, 0);
        _kept = this;
    }

    /// <summary>The value at whose first token the reader stands; it stands at the last one then.</summary>
    public Value Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True: return Value.True;
            case JsonTokenType.False: return Value.False;
            case JsonTokenType.Null: return Value.Null;
            case JsonTokenType.String: return Value.From(reader.GetString()!);
            case JsonTokenType.Number: return JsonText.ReadNumber(ref reader);
            case JsonTokenType.StartArray: return ReadArray(ref reader);
            default: return ReadObject(ref reader);
        }
    }

    private Value ReadArray(ref Utf8JsonReader reader)
    {
        var first = _valueCount;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) Push(Read(ref reader));
        var array = new ArrayValue(_values.AsSpan(first, _valueCount - first));
        _valueCount = first;
        return Value.From(array);
    }

    private Value ReadObject(ref Utf8JsonReader reader)
    {
        var (firstName, firstValue) = (_nameCount, _valueCount);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = PropertyNames.Read(ref reader);
            if (name.Contains('\0', StringComparison.Ordinal)) throw new JsonText.InvalidValue("A property name holds a NUL character, which is not allowed.");
            if (_nameCount == _names.Length) Array.Resize(ref _names, _nameCount * 2);
            _names[_nameCount++] = name;
            reader.Read();
            Push(Read(ref reader));
        }

        var o = Make(_names.AsSpan(firstName, _nameCount - firstName), _values.AsSpan(firstValue, _valueCount - firstValue));
        (_nameCount, _valueCount) = (firstName, firstValue);
        return Value.From(o);
    }

    private static ObjectValue Make(ReadOnlySpan<string> names, ReadOnlySpan<Value> values)
    {
        var shape = Shape.FindShared(names);
        if (shape is null)
        {
            if (HasDuplicates(names)) return WithLastOfEach(names, values);
            shape = Shape.TryShare(names) ?? Shape.OwnOf(names);
        }

        return new ObjectValue(shape, values.ToArray());
    }

    private static bool HasDuplicates(ReadOnlySpan<string> names)
    {
        if (names.Length > ComparedOneByOne)
        {
            var seen = new HashSet<string>(names.Length, StringComparer.Ordinal);
            foreach (var name in names)
                if (!seen.Add(name)) return true;
            return false;
        }

        for (var i = 1; i < names.Length; i++)
            if (names[..i].Contains(names[i])) return true;
        return false;
    }

    private static ObjectValue WithLastOfEach(ReadOnlySpan<string> names, ReadOnlySpan<Value> values)
    {
        var o = new ObjectValue(names.Length);
        for (var i = 0; i < names.Length; i++) o.Set(names[i], values[i]);
        return o;
    }

    private void Push(Value value)
    {
        if (_valueCount == _values.Length) Array.Resize(ref _values, _valueCount * 2);
        _values[_valueCount++] = value;
    }
}
