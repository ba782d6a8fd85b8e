namespace LinkFlow.Engine.Values;

/// <summary>What a <see cref="Value"/> holds. JSON has the kinds from <see cref="Null"/> to <see cref="Object"/>.</summary>
public enum ValueKind : byte
{
    /// <summary>JavaScript's <c>undefined</c>: a missing property. Never part of JSON.</summary>
    Undefined,
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,

    /// <summary>A value that only expressions know: a date, a function, a regular expression, a set, a map.</summary>
    Other,
}
