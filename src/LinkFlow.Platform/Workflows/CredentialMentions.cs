using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Workflows;

/// <summary>Finds the workflows that name a credential, in their newest version or in the one that triggers run.</summary>
public sealed class CredentialMentions(IDocumentStore store, LinkFlowOptions options)
{
    /// <summary>Newest workflows first.</summary>
    /// <returns>A page; it may be short or empty and yet have a next one.</returns>
    public async Task<(IReadOnlyList<CredentialMention> Items, string? NextId)> ListAsync(string tenant, string credentialId, int limit, string? beforeId, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(tenant, Workflow.Type)
            {
                Filter = body => Names(body["nodes"], credentialId) || RunsAnOlderVersion(body),
                Limit = limit,
                BeforeId = beforeId,
                ScanLimit = options.Limits.ScanDocuments,
            }, cancellationToken);
        var found = new List<CredentialMention>();
        foreach (var document in page.Items)
        {
            var workflow = Workflow.FromDocument(document.Body);
            var active = RunsAnOlderVersion(document.Body) ? await store.GetAsync(tenant, SavedVersion.Type, SavedVersion.IdOf(workflow.Id, workflow.ActiveVersion!.Value), cancellationToken) : null;
            List<NodeMention> nodes =
            [
                .. NodesOf(document.Body["nodes"], credentialId, workflow.Version),
                .. active is null ? [] : NodesOf(active.Body["nodes"], credentialId, workflow.ActiveVersion!.Value),
            ];
            if (nodes.Count > 0) found.Add(new CredentialMention(workflow.Id, workflow.Name, Workflow.Word(workflow.Status), workflow.Version, workflow.ActiveVersion, nodes));
        }

        return (found, page.NextId);
    }

    /// <returns>Null: no workflow names it.</returns>
    public async Task<CredentialMention?> FirstAsync(string tenant, string credentialId, CancellationToken cancellationToken)
    {
        string? before = null;
        do
        {
            var (items, next) = await ListAsync(tenant, credentialId, 200, before, cancellationToken);
            if (items.Count > 0) return items[0];
            before = next;
        }
        while (before is not null);
        return null;
    }

    private static bool RunsAnOlderVersion(Value body) => body["status"].AsString == "active" && body["activeVersion"] != body["version"];

    private static bool Names(Value nodes, string credentialId) => nodes.AsArray!.Any(n => SlotsOf(n, credentialId).Any());

    private static IEnumerable<string> SlotsOf(Value node, string credentialId) =>
        (node["credentials"].AsObject ?? []).Where(c => c.Value.AsString == credentialId).Select(c => c.Key);

    private static IEnumerable<NodeMention> NodesOf(Value nodes, string credentialId, int version) =>
        nodes.AsArray!.SelectMany(n => SlotsOf(n, credentialId).Select(slot => new NodeMention(n["id"].AsString!, n["name"].AsString ?? n["id"].AsString!, n["type"].AsString!, slot, version)));
}

/// <summary>A workflow that names a credential.</summary>
public sealed record CredentialMention(string WorkflowId, string Name, string Status, int Version, int? ActiveVersion, IReadOnlyList<NodeMention> Nodes);

/// <param name="Slot">The name that the node has for it: <c>auth</c>.</param>
/// <param name="Version">The workflow's version that the node is in.</param>
public sealed record NodeMention(string NodeId, string Name, string Type, string Slot, int Version);
