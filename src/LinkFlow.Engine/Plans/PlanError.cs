namespace LinkFlow.Engine.Plans;

/// <summary>One thing wrong with a definition.</summary>
/// <param name="Code">Stable and upper-case, e.g. <c>UNKNOWN_NODE</c>.</param>
/// <param name="Message">What is wrong, where, and what would be right.</param>
/// <param name="NodeId">The node it is about, or null.</param>
/// <param name="Pointer">A JSON pointer into the workflow, e.g. <c>/connections/2/target</c>.</param>
public sealed record PlanError(string Code, string Message, string? NodeId, string Pointer);
