using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Events;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Triggers;

/// <summary>Starts a workflow when an event is published.</summary>
internal sealed class EventNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "event",
        Name = "When an event is published",
        Group = "triggers",
        Description = "Starts the workflow for each event of a type that passes the filter. Puts out one item: the whole event, a CloudEvent with its data.",
        Kind = NodeKind.Trigger,
        Inputs = [],
        ParametersSchema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "type": { "type": "string", "minLength": 1, "maxLength": 257, "description": "The type of the event: exact (com.example.order.placed), or all behind a prefix (com.example.*)." },
                "filter": {
                  "type": "object",
                  "description": "What the event must have besides, all of it: {attribute: value}. Attributes, extensions, and paths in the data (data.customer.country); a list means any of its values, {\"prefix\":\"…\"} a beginning, null that it is absent.",
                  "maxProperties": 50
                }
              },
              "required": ["type"],
              "additionalProperties": false
            }
            """),
        Check = Check,
        Documentation = """
            The workflow must be active. Events come from `POST /api/v1/events`, and from LinkFlow itself (`linkflow.execution.failed.v1`): see [events](events.md).
            The item is the event as JSON: `{{ $json.type }}`, `{{ $json.subject }}`, `{{ $json.data.total }}`.

            An event starts each workflow once: the same `source` and `id`, published again within 7 days, start nothing. Events of one `subject` start
            executions in their order; these run side by side.

            What an execution publishes bears its event's `correlationid`, and its `id` as `causationid`. A chain of more than 32 goes to the dead letters with the
            reason `LOOP`: a workflow that publishes what starts it comes to rest.

            | filter | lets through |
            |---|---|
            | `{"subject":"order-17"}` | the events of one subject |
            | `{"data.total":100,"data.currency":["EUR","USD"]}` | by fields of the data; a list: any of these |
            | `{"source":{"prefix":"https://shop.example/"}}` | by the beginning of an attribute |
            | `{"data.parent":null}` | events whose data has no parent |
            """,
        Example = Json.Object("""{"id":"placed","type":"event","name":"Order placed","parameters":{"type":"com.example.order.placed","filter":{"data.country":["DE","AT"]}}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(PassOn.All(context));

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue parameters)
    {
        foreach (var problem in Literals.Require(parameters, "it is needed before the workflow runs", "type", "filter")) yield return problem;
        if (parameters["type"].AsString is { } type && !Template.IsTemplate(type))
        {
            if (type == EventTypePattern.Everything) yield return ("/type", "'*' would start the workflow for the events of its own executions too: write a type, or a prefix such as 'com.example.*'.");
            else if (EventTypePattern.ProblemOf(type) is { } message) yield return ("/type", message);
        }

        if (parameters["filter"].AsObject is not { } filter) yield break;
        foreach (var (name, value) in filter)
            if ((value.AsArray ?? [value]).Any(Literals.IsExpression)) yield return ("/filter", $"'{name}' cannot be compared with an expression: the filter is needed before the workflow runs.");
        foreach (var problem in EventFilter.Check(filter, "/filter")) yield return problem;
    }
}
