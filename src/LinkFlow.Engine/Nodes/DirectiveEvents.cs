using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Nodes;

/// <summary>The events for nodes that ask the decider for something instead of putting items out.</summary>
internal static class DirectiveEvents
{
    /// <returns>Null when the directive cannot be followed; <paramref name="result"/> says why then.</returns>
    public static ExecutionEvent? For(NodeAttempt attempt, NodeDirective directive, ref NodeResult result)
    {
        switch (directive)
        {
            case WaitDirective wait:
                return new WaitStarted { Node = attempt.Step.Node, Run = attempt.Step.Run, Inputs = Composition.Sources(attempt), Wait = wait };
            case ChildrenDirective children:
                return Children(attempt, children);
            case LoopDirective loop:
                var items = attempt.Items.Count;
                var rounds = (items + (long)loop.BatchSize - 1) / loop.BatchSize;
                if (rounds <= loop.MaxRounds) return new LoopEntered { Node = attempt.Step.Node, Run = attempt.Step.Run, Inputs = Composition.Sources(attempt), BatchSize = loop.BatchSize };
                result = new NodeResult();
                var error = new NodeError(NodeErrorCodes.LoopLimit, $"{items} items in batches of {loop.BatchSize} make {rounds} rounds; at most {loop.MaxRounds} are allowed. Raise maxRounds or batchSize.");
                for (var i = 0; i < items; i++) result.Fail(i, error);
                return null;
            default:
                throw new InvalidOperationException($"The node type '{attempt.Node.Type}' gave a directive of the unknown type {directive.GetType().Name}.");
        }
    }

    public static ChildrenRequested Children(NodeAttempt attempt, ChildrenDirective directive) => new()
    {
        Node = attempt.Step.Node,
        Run = attempt.Step.Run,
        Attempt = attempt.Step.Attempt,
        Inputs = Composition.Sources(attempt),
        Children = [.. directive.Children.Select(c => new ChildExecution(attempt.RunData.NewId(), c.WorkflowId, c.Owner))],
        Wait = directive.Wait,
        MaxParallel = directive.MaxParallel,
    };
}
