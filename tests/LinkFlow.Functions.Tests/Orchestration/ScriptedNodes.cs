using System.Collections.Concurrent;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Functions.Tests.Orchestration;

/// <summary>A call that an external node made.</summary>
internal sealed record ScriptedCallMade(string ExecutionId, string Node, int Run, int Attempt, ObjectValue Item, string Key, long Now);

/// <summary>An external node: asks the test about each item.</summary>
internal sealed class ScriptedCall(ConcurrentQueue<ScriptedCallMade> calls, Func<ScriptedCallMade, CancellationToken, Task<Value>> answer) : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "call", Name = "call", Group = "test", Description = "Calls the test.", Effect = Effect.External, ParametersSchema = new() { { "type", "object" } },
    };

    public async ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken)
    {
        var result = new NodeResult();
        foreach (var i in context.Pending)
        {
            var call = new ScriptedCallMade(context.ExecutionId, context.Node.Id, context.Run, context.Attempt, context.Items[i].Json, context.IdempotencyKey(i, 0), context.Now);
            calls.Enqueue(call);
            try
            {
                result.Emit(Connection.Main, Item.Of(await answer(call, cancellationToken)), i);
            }
            catch (NodeException e)
            {
                result.Fail(i, e.Error);
            }
        }

        return result;
    }
}

/// <summary>A pure node that kills its process as often as the world says.</summary>
internal sealed class KillingNode(DurableWorld world) : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "kill", Name = "kill", Group = "test", Description = "Kills its process.", ParametersSchema = new() { { "type", "object" } },
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken)
    {
        if (world.Kills > 0)
        {
            world.Kills--;
            world.Store.DieAt(0, afterEffect: false);
        }

        var result = new NodeResult();
        foreach (var i in context.Pending) result.Emit(Connection.Main, context.Items[i], i);
        return new(result);
    }
}
