using System.Diagnostics;

namespace LinkFlow.Engine.Values;

/// <summary>
/// One JSON or JavaScript value in 16 bytes: an item's data, a parameter, the result of an expression.
/// The default value is <c>undefined</c>. Arrays and objects are shared by reference; what has been
/// published (stored, handed to another node) is frozen and never changes again.
/// </summary>
[DebuggerDisplay("{Kind}: {ToString()}")]
public readonly struct Value : IEquatable<Value>
{
    private static readonly object NullTag = new();
    private static readonly object BooleanTag = new();
    private static readonly object NumberTag = new();

    private readonly object? _reference;
    private readonly double _number;

    private Value(object? reference, double number)
    {
        _reference = reference;
        _number = number;
    }

    public static Value Undefined => default;
    public static Value Null { get; } = new(NullTag, 0);
    public static Value True { get; } = new(BooleanTag, 1);
    public static Value False { get; } = new(BooleanTag, 0);
    public static Value EmptyString { get; } = new(string.Empty, 0);

    public static Value From(bool value) => value ? True : False;
    public static Value From(double value) => new(NumberTag, value);
    public static Value From(string? value) => value is null ? Null : new(value, 0);
    public static Value From(ArrayValue value) => new(value, 0);
    public static Value From(ObjectValue value) => new(value, 0);

    /// <summary>A number that keeps the text it was written with, because its double would print otherwise.</summary>
    public static Value FromNumberText(double value, string text) => new(new NumberText(text), value);

    /// <summary>Wraps what only expressions know (kind <see cref="ValueKind.Other"/>).</summary>
    public static Value FromOther(object value) => new(value, 0);

    public static implicit operator Value(string? value) => From(value);
    public static implicit operator Value(double value) => From(value);
    public static implicit operator Value(bool value) => From(value);
    public static implicit operator Value(ObjectValue value) => From(value);
    public static implicit operator Value(ArrayValue value) => From(value);

    public ValueKind Kind => _reference switch
    {
        null => ValueKind.Undefined,
        string => ValueKind.String,
        ObjectValue => ValueKind.Object,
        ArrayValue => ValueKind.Array,
        NumberText => ValueKind.Number,
        _ => ReferenceEquals(_reference, NumberTag) ? ValueKind.Number
            : ReferenceEquals(_reference, BooleanTag) ? ValueKind.Boolean
            : ReferenceEquals(_reference, NullTag) ? ValueKind.Null
            : ValueKind.Other,
    };

    public bool IsUndefined => _reference is null;
    public bool IsNull => ReferenceEquals(_reference, NullTag);
    public bool IsNullOrUndefined => _reference is null || ReferenceEquals(_reference, NullTag);
    public bool IsNumber => ReferenceEquals(_reference, NumberTag) || _reference is NumberText;
    public bool IsBoolean => ReferenceEquals(_reference, BooleanTag);
    public bool IsString => _reference is string;
    public bool IsObject => _reference is ObjectValue;
    public bool IsArray => _reference is ArrayValue;

    /// <summary>The double; meaningful only when <see cref="IsNumber"/>.</summary>
    public double AsNumber => _number;

    /// <summary>The boolean; meaningful only when <see cref="IsBoolean"/>.</summary>
    public bool AsBoolean => _number != 0;

    /// <summary>The string, or null when this is none.</summary>
    public string? AsString => _reference as string;
    public ArrayValue? AsArray => _reference as ArrayValue;
    public ObjectValue? AsObject => _reference as ObjectValue;
    public object? AsOther => Kind == ValueKind.Other ? _reference : null;

    /// <summary>The number's original text where its double would print otherwise; else null.</summary>
    public string? NumberAsWritten => (_reference as NumberText)?.Text;

    /// <summary>This property of an object, or undefined: also when this is no object.</summary>
    public Value this[string name] => _reference is ObjectValue o ? o[name] : default;

    /// <summary>Deep equality of JSON values; numbers by their double, objects regardless of order.</summary>
    public bool Equals(Value other)
    {
        var kind = Kind;
        if (kind != other.Kind) return false;
        return kind switch
        {
            ValueKind.Boolean or ValueKind.Number => _number.Equals(other._number),
            ValueKind.String => string.Equals((string)_reference!, (string)other._reference!, StringComparison.Ordinal),
            ValueKind.Array => ((ArrayValue)_reference!).DeepEquals((ArrayValue)other._reference!),
            ValueKind.Object => ((ObjectValue)_reference!).DeepEquals((ObjectValue)other._reference!),
            ValueKind.Other => Equals(_reference, other._reference),
            _ => true,
        };
    }

    public override bool Equals(object? obj) => obj is Value v && Equals(v);
    public static bool operator ==(Value left, Value right) => left.Equals(right);
    public static bool operator !=(Value left, Value right) => !left.Equals(right);

    public override int GetHashCode() => Kind switch
    {
        ValueKind.Boolean or ValueKind.Number => _number.GetHashCode(),
        ValueKind.String => ((string)_reference!).GetHashCode(StringComparison.Ordinal),
        ValueKind.Array => ((ArrayValue)_reference!).Count,
        ValueKind.Object => ((ObjectValue)_reference!).Count,
        var kind => (int)kind,
    };

    /// <summary>The JSON text; for messages and tests. <c>undefined</c> prints as that word.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Undefined => "undefined",
        ValueKind.Other => _reference!.ToString() ?? "",
        _ => JsonText.Write(this),
    };

    /// <summary>Makes this value and all within it unchangeable.</summary>
    public Value Freeze()
    {
        (_reference as ObjectValue)?.Freeze();
        (_reference as ArrayValue)?.Freeze();
        return this;
    }

    private sealed record NumberText(string Text);
}
