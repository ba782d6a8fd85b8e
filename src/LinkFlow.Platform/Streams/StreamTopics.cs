using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Streams;

/// <summary>What a connection follows from its first moment: <c>{"executionIds":["…"],"workflowIds":["…"]}</c>, both optional.</summary>
public sealed record StreamTopics(IReadOnlyList<string> ExecutionIds, IReadOnlyList<string> WorkflowIds)
{
    /// <summary>Of both kinds together.</summary>
    public const int Max = 100;
    private const int MaxIdLength = 128;

    public static StreamTopics None { get; } = new([], []);

    /// <exception cref="ApiException">400: says what is wrong, and where.</exception>
    public static StreamTopics Read(ObjectValue body)
    {
        var fields = new BodyFields(body, new Problems());
        var executions = fields.Texts("executionIds", Max, MaxIdLength) ?? [];
        var workflows = fields.Texts("workflowIds", Max, MaxIdLength) ?? [];
        fields.RejectUnknown(["executionIds", "workflowIds"]);
        if (executions.Count + workflows.Count > Max)
            fields.Problems.Add("", $"{executions.Count + workflows.Count} executions and workflows are named; a connection follows at most {Max}.");
        fields.Problems.ThrowIfAny();
        return new StreamTopics([.. executions.Distinct(StringComparer.Ordinal)], [.. workflows.Distinct(StringComparer.Ordinal)]);
    }
}
