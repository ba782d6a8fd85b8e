using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes;

/// <summary>Hands items on as they are.</summary>
internal static class PassOn
{
    public static NodeResult All(NodeContext context)
    {
        var result = new NodeResult(context.Pending.Count);
        for (var i = 0; i < context.Pending.Count; i++)
        {
            var item = context.Pending[i];
            result.Emit(Connection.Main, context.Items[item], item);
        }

        return result;
    }
}
