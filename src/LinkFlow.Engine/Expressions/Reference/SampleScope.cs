using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Reference;

/// <summary>What the examples of the reference see: two items from a node 'fetch', at a fixed time.</summary>
internal static class SampleScope
{
    /// <summary>2026-03-14T09:26:53.589Z.</summary>
    private const long Now = 1773480413589;

    public static ExpressionScope Scope { get; } = Make();

    private static ExpressionScope Make()
    {
        Item[] items = [Of("""{"id":7,"name":"Ada Lovelace","email":"ada@example.com","total":99.5,"tags":["new","vip"],"address":{"city":"London","zip":"N1"}}"""), Of("""{"id":8,"name":"Alan Turing","email":"alan@example.com","total":12,"tags":[],"address":{"city":"Wilmslow","zip":"SK9"}}""")];
        return new ExpressionScope
        {
            Items = items,
            FindNode = name => name == "fetch" ? new NodeView("fetch", Json("""{"url":"https://api.example.com/customers"}"""), [items]) { PairedItem = i => items[i] } : null,
            Previous = new PreviousNode("fetch", 0, 0),
            Parameters = Json("""{"subject":"Welcome"}"""),
            Workflow = Json("""{"id":"wf_1","name":"Welcome mail","active":true}"""),
            Execution = Json("""{"id":"exec_1","mode":"trigger","resumeUrl":"https://flow.example.com/resume/exec_1","customData":{}}"""),
            Variables = Json("""{"sender":"office@example.com"}"""),
            Environment = Json("""{"REGION":"eu"}"""),
            Secrets = Json("""{"apiKey":"s3cret"}"""),
            Now = Now,
            NextRandom = () => 0.42,
            // The examples are known to be brief; a busy machine must not make them fail.
            Limits = ExpressionLimits.Default with { MaxTime = TimeSpan.FromHours(1), MaxRegexTime = TimeSpan.FromMinutes(1) },
        };
    }

    private static Item Of(string json) => new(Json(json));

    private static ObjectValue Json(string json) => JsonText.Parse(json).AsObject!;
}
