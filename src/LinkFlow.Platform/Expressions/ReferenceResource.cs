using System.Text.Json.Nodes;

namespace LinkFlow.Platform.Expressions;

/// <summary>What expressions know, as <c>/expressions/reference</c> shows it.</summary>
public sealed record ReferenceResource(IReadOnlyList<ReferenceSectionResource> Sections);

/// <param name="Kind">globals, type or namespace.</param>
public sealed record ReferenceSectionResource(string Name, string Kind, string Description, IReadOnlyList<ReferenceEntryResource> Entries);

/// <param name="Kind">variable, function, constant, constructor, namespace, method or property.</param>
/// <param name="Result">What the example gives.</param>
public sealed record ReferenceEntryResource(string Name, string Kind, string Signature, string Description, string Example, JsonNode? Result, string ResultType);
