namespace LinkFlow.Engine.Expressions;

/// <summary>A place where an expression reads a variable, an environment variable or a secret.</summary>
/// <param name="Root"><c>$vars</c>, <c>$env</c> or <c>$secrets</c>.</param>
/// <param name="Name">As written; null: it is known only when the expression runs.</param>
/// <param name="Position">Characters from the start of the parameter's text.</param>
public sealed record SettingReference(string Root, string? Name, int Position);
