using System.Text.Json.Nodes;

namespace LinkFlow.Platform.Nodes;

/// <summary>A node type as <c>/nodes</c> shows it.</summary>
public sealed record NodeTypeResource(
    string Type, int Version, string Name, string Group, string Description, bool Trigger, string Effect, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs,
    JsonObject ParametersSchema, IReadOnlyList<string> CredentialTypes, string Docs, JsonObject Example);
