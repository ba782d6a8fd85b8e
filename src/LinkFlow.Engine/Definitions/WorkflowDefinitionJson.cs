using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Definitions;

/// <summary>
/// A definition's form in the API: the fields <c>nodes</c>, <c>connections</c>, <c>settings</c> and <c>pinData</c> of a
/// workflow. Reading checks types, lengths, counts and words; what makes sense as a graph is validation's business.
/// </summary>
public static class WorkflowDefinitionJson
{
    /// <summary>Reads those four fields; all others (name, version, …) are the caller's.</summary>
    /// <param name="workflow">An object; anything else is one error.</param>
    /// <param name="errors">Gets every field that is wrong. When it got one, the result is incomplete.</param>
    /// <param name="limits">Null: the defaults.</param>
    public static WorkflowDefinition Read(Value workflow, ICollection<FieldError> errors, DefinitionLimits? limits = null)
    {
        if (workflow.AsObject is not { } json)
        {
            errors.Add(new FieldError("", "A workflow must be an object."));
            return new WorkflowDefinition();
        }

        limits ??= new DefinitionLimits();
        var reader = new FieldReader(json, "", errors);
        return new WorkflowDefinition
        {
            Nodes = [.. reader.Objects("nodes", limits.MaxNodes, "Move a part into a sub-workflow.").Select(n => NodeDefinitionJson.Read(n.Element)).OfType<NodeDefinition>()],
            Connections = [.. reader.Objects("connections", limits.MaxConnections, "Merge nodes, or move a part into a sub-workflow.").Select(c => ReadConnection(c.Element)).OfType<Connection>()],
            Settings = reader.Nested("settings") is { } settings ? WorkflowSettingsJson.Read(settings) : new WorkflowSettings(),
            PinData = ReadPinData(reader),
        };
    }

    /// <summary>The four fields, with every field of each node and of the settings made explicit.</summary>
    public static ObjectValue Write(WorkflowDefinition definition) => new()
    {
        { "nodes", new ArrayValue(definition.Nodes.Select(n => Value.From(NodeDefinitionJson.Write(n)))) },
        { "connections", new ArrayValue(definition.Connections.Select(c => Value.From(WriteConnection(c)))) },
        { "settings", WorkflowSettingsJson.Write(definition.Settings) },
        { "pinData", definition.PinData },
    };

    private static Connection? ReadConnection(FieldReader reader)
    {
        reader.Know("a connection", "source", "target", "sourceOutput", "targetInput");
        var source = reader.RequiredName("source", "a connection names the node that it comes from by id");
        var target = reader.RequiredName("target", "a connection names the node that it leads to by id");
        var connection = new Connection(source ?? "", target ?? "", reader.Name("sourceOutput") ?? Connection.Main, reader.Name("targetInput") ?? Connection.Main);
        return source is null || target is null ? null : connection;
    }

    internal static ObjectValue WriteConnection(Connection connection) => new()
    {
        { "source", connection.Source },
        { "target", connection.Target },
        { "sourceOutput", connection.SourceOutput },
        { "targetInput", connection.TargetInput },
    };

    private static ObjectValue ReadPinData(FieldReader reader)
    {
        if (reader.Nested("pinData") is not { } pins) return new ObjectValue();
        var pinData = reader.Object("pinData");
        foreach (var (node, items) in pinData)
        {
            if (items.AsArray is null) pins.Report(node, "must be an array of items, e.g. [{\"json\":{\"id\":1}}]");
            else pins.RequireObjects(node);
        }

        return pinData;
    }
}
