namespace LinkFlow.Engine.Definitions;

/// <summary>A field of a JSON document that cannot be what was sent.</summary>
/// <param name="Pointer">A JSON pointer into the document.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record FieldError(string Pointer, string Message);
