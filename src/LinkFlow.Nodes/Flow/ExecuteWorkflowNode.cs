using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Flow;

/// <summary>Asks for sub-workflows; starting them and gathering their outputs is the decider's and the runner's.</summary>
internal sealed class ExecuteWorkflowNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "execute_workflow",
        Name = "Execute workflow",
        Group = "flow",
        Description = "Runs another workflow as a sub-workflow, once with all items or once per item, and puts out what it came to.",
        ParametersSchema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "workflowId": { "type": "string", "minLength": 1, "description": "The workflow to run; it needs a subworkflow trigger." },
                "each": { "enum": ["once", "item"], "default": "once", "description": "Once with all items, or once per item." },
                "wait": { "type": "boolean", "default": true, "description": "Wait for the end and put out the result; else pass the items on as soon as it has been started." },
                "maxParallel": { "type": "integer", "minimum": 1, "maximum": 100, "default": 10, "description": "With each = item: how many run at once." }
              },
              "required": ["workflowId"],
              "additionalProperties": false
            }
            """),
        Documentation = "Output is in item order. A sub-workflow that failed fails its item with its own error; with `onError: stop` the others are cancelled then. At most 25 levels deep.",
        Example = Json.Object("""{"id":"ship","type":"execute_workflow","name":"Ship each","parameters":{"workflowId":"0192f0c1-7d2e-7c3a-9d41-5f6a7b8c9d0e","each":"item","maxParallel":5}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken)
    {
        var first = context.Pending is [var pending, ..] ? pending : 0;
        var wait = context.Flag(first, "wait", true);
        var maxParallel = context.Whole(first, "maxParallel", 1, 100, 10);
        var children = new List<ChildRequest>();
        NodeResult result;
        if (context.Choice(first, "each", "once", "once", "item") == "once")
        {
            children.Add(new ChildRequest(context.Text(first, "workflowId"), NodeResult.WholeRun));
            result = new NodeResult();
        }
        else
        {
            result = context.EachItem((c, item, _) => children.Add(new ChildRequest(c.Text(item, "workflowId"), item)), cancellationToken);
        }

        result.Directive = new ChildrenDirective(children, wait, maxParallel);
        return new(result);
    }
}
