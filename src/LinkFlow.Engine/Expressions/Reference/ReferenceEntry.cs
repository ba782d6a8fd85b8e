using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Reference;

/// <summary>What the language has under one name: a variable, a function, a method, a property.</summary>
/// <param name="Name">As it is written: <c>toTitleCase</c>, <c>$now</c>.</param>
/// <param name="Kind">variable, function, constant, constructor, namespace, method or property.</param>
/// <param name="Signature">Name, parameters and result in plain notation: <c>at(index: number): any</c>.</param>
/// <param name="Description">One or two sentences.</param>
/// <param name="Example">An expression, without its braces.</param>
/// <param name="Result">What the example gives, as JSON; null for what has none.</param>
/// <param name="ResultType">The kind of the result: string, number, date, undefined, …</param>
public sealed record ReferenceEntry(string Name, string Kind, string Signature, string Description, string Example, Value Result, string ResultType);

/// <summary>Entries that belong together: those of a kind of value, of a namespace, or the names that stand alone.</summary>
/// <param name="Name">string, array, Math, …; variables and functions for the names that stand alone.</param>
/// <param name="Kind">globals, type or namespace.</param>
public sealed record ReferenceSection(string Name, string Kind, string Description, IReadOnlyList<ReferenceEntry> Entries);
