using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;

namespace LinkFlow.Server.Streaming;

/// <summary>What a client says: <c>{"type":"subscribe"|"unsubscribe","executionId"|"workflowId":"…","afterSeq":0}</c> or <c>{"type":"ping"}</c>.</summary>
internal sealed record StreamMessage(string Type, string? ExecutionId, string? WorkflowId, int AfterSeq)
{
    public const string Subscribe = "subscribe";
    public const string Unsubscribe = "unsubscribe";
    public const string Ping = "ping";
    private const int MaxIdLength = 128;
    private static readonly string[] Types = [Subscribe, Unsubscribe, Ping];

    /// <exception cref="ApiException">400: not JSON, or not of this form; says what is wrong.</exception>
    public static StreamMessage Read(ReadOnlySpan<byte> utf8)
    {
        Value value;
        try
        {
            value = JsonText.Parse(utf8);
        }
        catch (JsonTextException e)
        {
            throw ApiException.Validation($"The message is not valid JSON: {e.Message}");
        }

        if (value.AsObject is not { } body) throw ApiException.Validation($"The message is {BodyFields.Describe(value)}; a JSON object is expected.");
        return Read(new BodyFields(body, new Problems()));
    }

    private static StreamMessage Read(BodyFields fields)
    {
        var type = fields.OneOf("type", Types);
        if (type is null && !fields.Problems.Any) fields.Problems.Add("/type", $"'type' is missing; one of {string.Join(", ", Types)} is needed.");
        var executionId = fields.Text("executionId", MaxIdLength, minLength: 1);
        var workflowId = fields.Text("workflowId", MaxIdLength, minLength: 1);
        var afterSeq = fields.Integer("afterSeq", 0, int.MaxValue);
        fields.RejectUnknown(type switch
        {
            Subscribe when executionId is not null => ["type", "executionId", "afterSeq"],
            Subscribe or Unsubscribe => ["type", "executionId", "workflowId"],
            _ => ["type"],
        });
        if (type is Subscribe or Unsubscribe && !fields.Problems.Any && executionId is null == workflowId is null)
            fields.Problems.Add("", $"'{type}' needs either 'executionId' or 'workflowId'.");
        fields.Problems.ThrowIfAny();
        return new StreamMessage(type!, executionId, workflowId, afterSeq ?? 0);
    }
}
