using LinkFlow.Engine.Definitions;

namespace LinkFlow.Engine.Plans.Rules;

/// <summary>Warns where a webhook leaves its answer to a respond node and none follows, and the other way round (execution.md §8).</summary>
internal static class Responses
{
    public const string Immediately = "immediately";
    private const string RespondNode = "respondNode";

    /// <summary>A webhook's literal response mode; an expression as it stands.</summary>
    public static string ModeOf(NodeDefinition webhook) => webhook.Parameters["responseMode"].AsString ?? Immediately;

    public static void Check(WorkflowGraph graph, Findings findings)
    {
        var answering = Enumerable.Range(0, graph.Count).Where(n => graph[n].Type == "webhook" && ModeOf(graph[n]) == RespondNode).ToList();
        var responding = Enumerable.Range(0, graph.Count).Where(n => graph[n].Type == "respond").ToList();
        foreach (var webhook in answering)
        {
            var reached = graph.ReachableFrom([webhook]);
            if (!responding.Exists(reached.Contains))
                findings.Warn("RESPOND_NODE_MISSING", $"Webhook '{graph[webhook].Id}' leaves its answer to a respond node, and none follows it. Callers will get 204.", graph[webhook].Id, $"/nodes/{webhook}/parameters/responseMode");
        }

        if (answering.Count > 0) return;
        foreach (var respond in responding)
            findings.Warn("RESPOND_WITHOUT_WEBHOOK", $"Node '{graph[respond].Id}' answers a webhook, and no webhook has the responseMode respondNode. Its answer will only be the execution's output.", graph[respond].Id, $"/nodes/{respond}");
    }
}
