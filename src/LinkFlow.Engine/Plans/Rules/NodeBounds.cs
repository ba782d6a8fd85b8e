using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Plans.Rules;

/// <summary>The numbers of a node: its timeout and its retry policy.</summary>
internal static class NodeBounds
{
    public static void Check(WorkflowGraph graph, Findings findings)
    {
        for (var i = 0; i < graph.Count; i++)
        {
            var node = graph[i];
            Within("TIMEOUT_OUT_OF_RANGE", "timeoutSeconds", node.TimeoutSeconds, 1, NodeDefinition.MaxTimeoutSeconds);
            if (node.Retry is not { } retry) continue;
            Within("RETRY_OUT_OF_RANGE", "retry/maxAttempts", retry.MaxAttempts, 1, RetryPolicy.MaxAttemptsLimit);
            Within("RETRY_OUT_OF_RANGE", "retry/initialDelayMs", retry.InitialDelayMs, 0, RetryPolicy.MaxDelayLimitMs);
            Within("RETRY_OUT_OF_RANGE", "retry/maxDelayMs", retry.MaxDelayMs, 0, RetryPolicy.MaxDelayLimitMs);
            Within("RETRY_OUT_OF_RANGE", "retry/jitter", retry.Jitter, 0, 1);

            void Within(string code, string field, double value, double least, double most)
            {
                if (value >= least && value <= most) return;
                findings.Error(code, $"Node '{node.Id}' has {field.Replace('/', '.')} {JavaScriptNumber.ToString(value)}; {JavaScriptNumber.ToString(least)} to {JavaScriptNumber.ToString(most)} is allowed.", node.Id, $"/nodes/{i}/{field}");
            }
        }
    }
}
