using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Events;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events.Triggers;

/// <summary>One event node of an active workflow: which events start it. Made and taken away with the workflow's activation.</summary>
public sealed record EventTrigger(string WorkflowId, string NodeId, string TypePattern, ObjectValue? Filter)
{
    public const string NodeType = "event";
    public static readonly DocumentType Type = new("event-trigger", "workflowId");

    private EventFilter? _filter;

    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{WorkflowId} {NodeId}")));

    /// <param name="event">As JSON.</param>
    public bool Lets(ObjectValue @event) => (_filter ??= new EventFilter(Filter)).Matches(@event);

    public static IEnumerable<EventTrigger> Of(string workflowId, WorkflowDefinition definition) =>
        definition.Nodes.Where(n => n.Type == NodeType && !n.Disabled)
            .Select(n => new EventTrigger(workflowId, n.Id, n.Parameters["type"].AsString!, n.Parameters["filter"].AsObject));

    public void Put(UnitOfWork work, long? expected)
    {
        var body = new ObjectValue { { "workflowId", WorkflowId }, { "nodeId", NodeId }, { "type", TypePattern } };
        if (Filter is not null) body.Add("filter", Filter);
        work.Put(Type, Id, body, new Dictionary<string, string> { ["workflowId"] = WorkflowId }, expected);
    }

    public static EventTrigger FromDocument(Value body) =>
        new(body["workflowId"].AsString!, body["nodeId"].AsString!, body["type"].AsString!, body["filter"].AsObject);
}
