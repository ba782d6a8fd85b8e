namespace LinkFlow.Engine.Schemas;

/// <summary>One place where a value does not fit its schema.</summary>
/// <param name="Pointer">A JSON pointer into the value; empty for the whole.</param>
/// <param name="Keyword">The schema's keyword that is not satisfied, e.g. <c>required</c>.</param>
/// <param name="Message">What is wrong and what would be right; does not repeat the pointer.</param>
public sealed record SchemaError(string Pointer, string Keyword, string Message);
