using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Data;
using LinkFlow.Nodes.Flow;
using LinkFlow.Nodes.Http;
using LinkFlow.Nodes.Triggers;

namespace LinkFlow.Nodes;

/// <summary>The node types that come with LinkFlow. A new one is a file of its own and a line here.</summary>
public static class BuiltInNodes
{
    public static NodeRegistry All() => new(
    [
        new StartNode(),
        new WebhookNode(),
        new ScheduleNode(),
        new EventNode(),
        new SubworkflowNode(),
        new ErrorNode(),
        new ConditionNode(),
        new SwitchNode(),
        new FilterNode(),
        new MergeNode(),
        new SplitNode(),
        new LoopNode(),
        new WaitNode(),
        new ExecuteWorkflowNode(),
        new RespondNode(),
        new StopAndErrorNode(),
        new NoOpNode(),
        new SetVariableNode(),
        new TransformNode(),
        new HttpRequestNode(),
    ]);
}
