using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Platform.Credentials.Opening;

/// <summary>The node that a credential is opened for. That its workflow may use the credential was checked when it was activated.</summary>
/// <param name="Types">The credential types that it takes.</param>
public sealed record CredentialUser(string WorkflowId, string NodeId, string NodeType, IReadOnlyList<string> Types)
{
    public static CredentialUser Of(string workflowId, NodeDefinition node, NodeDescriptor descriptor) => new(workflowId, node.Id, node.Type, descriptor.CredentialTypes);
}
