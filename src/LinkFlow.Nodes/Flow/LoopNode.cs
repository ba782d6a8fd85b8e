using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Flow;

/// <summary>Runs the nodes behind <c>loop</c> once per batch. The rounds themselves are the decider's.</summary>
internal sealed class LoopNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "loop",
        Name = "Loop",
        Group = "flow",
        Description = "Hands its items to the loop output in batches, one after the other. Connect the end of the loop's body back to this node; the results of all rounds leave by done.",
        Kind = NodeKind.Loop,
        Outputs = ["loop", "done"],
        ParametersSchema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "batchSize": { "type": "integer", "minimum": 1, "maximum": 1000000, "default": 1, "description": "Items per round." },
                "maxRounds": { "type": "integer", "minimum": 1, "maximum": 1000000, "default": 100000, "description": "More rounds than this fail with LOOP_LIMIT before the first." }
              },
              "additionalProperties": false
            }
            """),
        Documentation = """
            A round ends when every node of the body has ended; its result is what came back. `done` gives the results of all rounds in order, once.
            The body is entered only by `loop` and left only by the connection back to this node.
            """,
        Example = Json.Object("""{"id":"each","type":"loop","name":"Ten at a time","parameters":{"batchSize":10}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(new NodeResult
    {
        Directive = new LoopDirective(
            context.Whole(0, "batchSize", 1, 1_000_000, 1),
            context.Whole(0, "maxRounds", 1, 1_000_000, 100_000)),
    });
}
