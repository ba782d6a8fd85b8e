using System.Collections.Concurrent;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Functions.Tests.Search;

/// <summary>A call to the outside whose answers, failures included, depend on the item, the node and the attempt alone: never on when or where it runs.</summary>
internal sealed class SearchNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "call", Name = "call", Group = "test", Description = "Calls outside.", Effect = Effect.External, ParametersSchema = new() { { "type", "object" } },
    };

    /// <summary>How often each call was made, by its idempotency key and the attempt.</summary>
    public ConcurrentDictionary<string, int> Made { get; } = new();

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken)
    {
        var result = new NodeResult();
        foreach (var i in context.Pending)
        {
            Made.AddOrUpdate($"{context.IdempotencyKey(i, 0)}, attempt {context.Attempt}", 1, (_, made) => made + 1);
            var trace = context.Items[i].Json["trace"].AsString ?? "";
            var luck = Luck($"{trace}>{context.Node.Id}");
            if (luck % 5 == 0 && context.Attempt <= luck % 3) result.Fail(i, new NodeError("BUSY", $"{context.Node.Id} is busy.", Transient: true));
            else if (luck % 13 == 0) result.Fail(i, new NodeError("REFUSED", $"{context.Node.Id} refuses {trace}."));
            else result.Emit(Connection.Main, Item.Of(new ObjectValue { { "trace", $"{trace}>{context.Node.Id}" }, { "luck", luck % 100 } }), i);
        }

        return new(result);
    }

    private static int Luck(string text)
    {
        var hash = 17;
        foreach (var c in text) hash = unchecked((hash * 31) + c);
        return hash & int.MaxValue;
    }
}
