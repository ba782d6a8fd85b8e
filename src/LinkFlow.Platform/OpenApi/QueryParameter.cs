namespace LinkFlow.Platform.OpenApi;

/// <summary>A query parameter as the OpenAPI document shows it.</summary>
/// <param name="Type">A JSON Schema type.</param>
/// <param name="Values">The allowed values, or null for any.</param>
public sealed record QueryParameter(string Name, string Description, string Type, IReadOnlyList<string>? Values);
