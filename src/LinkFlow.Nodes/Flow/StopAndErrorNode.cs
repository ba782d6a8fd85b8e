using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Flow;

/// <summary>Fails every item that reaches it, with the user's message.</summary>
internal sealed class StopAndErrorNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "stop_and_error",
        Name = "Stop and error",
        Group = "flow",
        Description = "Ends the execution as failed, with a message and a code of your own. Never tried again.",
        Outputs = [],
        ParametersSchema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "message": { "type": "string", "minLength": 1, "description": "What the execution's error says." },
                "code": { "type": "string", "minLength": 1, "maxLength": 100, "default": "STOP_AND_ERROR", "description": "A stable word for programs to look at." }
              },
              "required": ["message"],
              "additionalProperties": false
            }
            """),
        Documentation = "Put it behind a condition's output. With `onError: errorOutput` its items go on by `error` instead of ending the execution.",
        Example = Json.Object("""{"id":"refuse","type":"stop_and_error","name":"Refuse","parameters":{"message":"Order {{ $json.id }} has no lines","code":"EMPTY_ORDER"}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(context.EachItem(
        static (context, item, result) => result.Fail(item, new NodeError(context.Text(item, "code", NodeErrorCodes.StopAndError), context.Text(item, "message"), Final: true)),
        cancellationToken));
}
