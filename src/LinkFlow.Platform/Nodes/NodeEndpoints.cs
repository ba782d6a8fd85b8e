using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Nodes;

/// <summary><c>/nodes</c>: the node types that this installation knows.</summary>
public sealed class NodeEndpoints(NodeRegistry registry)
{
    private readonly Lazy<IReadOnlyList<NodeDescriptor>> _all = new(() => [.. registry.All.Select(n => n.Descriptor).OrderBy(d => d.Type, StringComparer.Ordinal)]);

    public void Map(ApiRoutes routes)
    {
        routes.Get("/nodes", ListAsync).Needs(Permissions.NodeRead).Says("List node types, by name").Paged().Query("group", "Only those of this group.").Query("q", "Only those with this text in type, name or description.")
            .Answers<ApiList<NodeTypeResource>>(200, "A page of node types.");
        routes.Get("/nodes/{type}", GetAsync).Needs(Permissions.NodeRead).Says("Read a node type").Answers<NodeTypeResource>(200, "The node type.");
    }

    private Task<Answer> ListAsync(ApiRequest request)
    {
        var group = request.Query.Text("group");
        var text = request.Query.Text("q");
        var limit = request.Limit();
        var after = request.Query.Cursor();
        var found = _all.Value
            .Where(d => group is null || d.Group == group)
            .Where(d => text is null || new[] { d.Type, d.Name, d.Description }.Any(s => s.Contains(text, StringComparison.OrdinalIgnoreCase)))
            .Where(d => after is null || string.CompareOrdinal(d.Type, after) > 0)
            .Take(limit + 1).ToList();
        var page = found.Take(limit).ToList();
        return Task.FromResult(ApiList.Of(page.Select(Show), found.Count > limit ? page[^1].Type : null));
    }

    private Task<Answer> GetAsync(ApiRequest request)
    {
        var type = request.Route("type");
        var descriptor = registry.Describe(type)
            ?? throw new ApiException(ApiError.NotFound($"There is no node type '{(type.Length <= 64 ? type : type[..64])}'.{DidYouMean.Suggestion(type, _all.Value.Select(d => d.Type))}"));
        return Task.FromResult(Answer.Ok(Show(descriptor), ETags.Of(descriptor.Version)));
    }

    private static ObjectValue Show(NodeDescriptor node) => new(16)
    {
        { "type", node.Type },
        { "version", node.Version },
        { "name", node.Name },
        { "group", node.Group },
        { "description", node.Description },
        { "trigger", node.IsTrigger },
        { "effect", node.Effect switch { Effect.Pure => "pure", Effect.Stateful => "stateful", _ => "external" } },
        { "inputs", Texts(node.Inputs) },
        { "outputs", Texts(node.Outputs) },
        { "parametersSchema", node.ParametersSchema },
        { "credentialTypes", Texts(node.CredentialTypes) },
        { "docs", node.Documentation },
        { "example", node.Example },
    };

    private static ArrayValue Texts(IEnumerable<string> texts) => new(texts.Select(t => Value.From(t)));
}
