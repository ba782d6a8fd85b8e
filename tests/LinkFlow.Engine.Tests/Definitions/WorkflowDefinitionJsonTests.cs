using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Definitions;

public sealed class WorkflowDefinitionJsonTests
{
    private const string Full = """
        {"nodes":[{"id":"start","type":"start","name":"Start","typeVersion":1,"parameters":{},"credentials":{},"retry":null,"onError":"stop","onCrash":"rerun","timeoutSeconds":300,"disabled":false,"alwaysOutput":false,"compensateWith":null,"notes":"","position":[240,80]},{"id":"fetch","type":"http_request","name":"Fetch it","typeVersion":2,"parameters":{"url":"https://api.example.com/orders/{{ $json.id }}"},"credentials":{"auth":"c1"},"retry":{"maxAttempts":5,"initialDelayMs":1,"maxDelayMs":20000,"jitter":0.5},"onError":"errorOutput","onCrash":"fail","timeoutSeconds":10,"disabled":true,"alwaysOutput":true,"compensateWith":"undo","notes":"n","position":null}],"connections":[{"source":"start","target":"fetch","sourceOutput":"main","targetInput":"main"}],"settings":{"timeoutSeconds":9,"maxParallelNodes":3,"mode":"express","errorWorkflowId":"w","timezone":"Europe/Vienna","saveData":"errors","maxConcurrentExecutions":4,"lenientPaths":true,"liveVariables":true},"pinData":{"fetch":[{"json":{"a":1}}]}}
        """;

    [Fact]
    public void A_definition_is_written_as_it_was_read() =>
        Assert.Equal(Full, JsonText.Write(WorkflowDefinitionJson.Write(Read(Full))));

    [Fact]
    public void Absent_fields_have_the_documented_defaults()
    {
        var written = WorkflowDefinitionJson.Write(Read("""{"nodes":[{"id":"start","type":"start"}],"connections":[{"source":"a","target":"b"}]}"""));

        Assert.Equal(JsonText.Parse("""
            {"nodes":[{"id":"start","type":"start","name":"start","typeVersion":1,"parameters":{},"credentials":{},"retry":null,"onError":"stop","onCrash":"rerun","timeoutSeconds":300,"disabled":false,"alwaysOutput":false,"compensateWith":null,"notes":"","position":null}],
             "connections":[{"source":"a","target":"b","sourceOutput":"main","targetInput":"main"}],
             "settings":{"timeoutSeconds":null,"maxParallelNodes":10,"mode":"durable","errorWorkflowId":null,"timezone":"UTC","saveData":"all","maxConcurrentExecutions":null,"lenientPaths":false,"liveVariables":false},
             "pinData":{}}
            """), Value.From(written));
    }

    [Fact]
    public void Null_means_absent_and_read_only_fields_are_ignored()
    {
        var definition = Read("""{"id":"x","version":3,"createdAt":"…","nodes":[{"id":"a","type":"step","name":null,"parameters":null,"onError":null,"timeoutSeconds":null}],"connections":null,"settings":null,"pinData":null}""");

        Assert.Equal(("a", 300), (definition.Nodes[0].Name, definition.Nodes[0].TimeoutSeconds));
    }

    [Fact]
    public void Absent_fields_of_a_retry_policy_have_their_defaults()
    {
        var retry = Read("""{"nodes":[{"id":"a","type":"step","retry":{}}]}""").Nodes[0].Retry!;

        Assert.Equal((3, 100L, 10_000L, 0.1), (retry.MaxAttempts, retry.InitialDelayMs, retry.MaxDelayMs, retry.Jitter));
    }

    [Theory]
    [InlineData("""{"nodes":{}}""", "/nodes", "must be an array; is an object")]
    [InlineData("""{"nodes":[7]}""", "/nodes/0", "must be an object; is 7")]
    [InlineData("""{"nodes":[{"type":"step"}]}""", "/nodes/0/id", "is missing; every node needs an id that is unique in the workflow")]
    [InlineData("""{"nodes":[{"id":"a"}]}""", "/nodes/0/type", "is missing; every node needs a type, e.g. http_request")]
    [InlineData("""{"nodes":[{"id":"","type":"step"}]}""", "/nodes/0/id", "must have 1 to 128 characters; is empty")]
    [InlineData("""{"nodes":[{"id":"a\u0007","type":"step"}]}""", "/nodes/0/id", "must not hold control characters")]
    [InlineData("""{"nodes":[{"id":"a","type":"step","name":5}]}""", "/nodes/0/name", "must be a string; is 5")]
    [InlineData("""{"nodes":[{"id":"a","type":"step","paramters":{}}]}""", "/nodes/0/paramters", "'paramters' is no field of a node. Did you mean 'parameters'?")]
    [InlineData("""{"nodes":[{"id":"a","type":"step","parameters":[]}]}""", "/nodes/0/parameters", "must be an object; is an array")]
    [InlineData("""{"nodes":[{"id":"a","type":"step","credentials":{"a/b":1}}]}""", "/nodes/0/credentials/a~1b", "must be a string; is 1")]
    [InlineData("""{"nodes":[{"id":"a","type":"step","credentials":"c"}]}""", "/nodes/0/credentials", "must be an object; is a string")]
    [InlineData("""{"nodes":[{"id":"a","type":"step","onError":"Continue"}]}""", "/nodes/0/onError", "must be one of stop, continue, errorOutput; is \"Continue\". Did you mean 'continue'?")]
    [InlineData("""{"nodes":[{"id":"a","type":"step","onCrash":1}]}""", "/nodes/0/onCrash", "must be one of rerun, fail; is 1.")]
    [InlineData("""{"nodes":[{"id":"a","type":"step","timeoutSeconds":1.5}]}""", "/nodes/0/timeoutSeconds", "must be a whole number; is 1.5")]
    [InlineData("""{"nodes":[{"id":"a","type":"step","timeoutSeconds":1e300}]}""", "/nodes/0/timeoutSeconds", "must be a whole number from -2147483648 to 2147483647; is 1e300")]
    [InlineData("""{"nodes":[{"id":"a","type":"step","disabled":"yes"}]}""", "/nodes/0/disabled", "must be true or false; is a string")]
    [InlineData("""{"nodes":[{"id":"a","type":"step","retry":{"jitter":"x"}}]}""", "/nodes/0/retry/jitter", "must be a number; is a string")]
    [InlineData("""{"nodes":[{"id":"a","type":"step","retry":{"attempts":2}}]}""", "/nodes/0/retry/attempts", "'attempts' is no field of a retry policy.")]
    [InlineData("""{"connections":[{"target":"b"}]}""", "/connections/0/source", "is missing; a connection names the node that it comes from by id")]
    [InlineData("""{"connections":[{"source":"a","target":"b","output":"x"}]}""", "/connections/0/output", "'output' is no field of a connection.")]
    [InlineData("""{"settings":{"mode":"fast"}}""", "/settings/mode", "must be one of durable, express; is \"fast\".")]
    [InlineData("""{"settings":{"timezone":[]}}""", "/settings/timezone", "must be a string; is an array")]
    [InlineData("""{"pinData":{"a":{}}}""", "/pinData/a", "must be an array of items, e.g. [{\"json\":{\"id\":1}}]")]
    [InlineData("""{"pinData":{"a":[1]}}""", "/pinData/a/0", "must be an object; is 1")]
    [InlineData("[]", "", "A workflow must be an object.")]
    public void A_wrong_field_is_named_with_what_would_be_right(string json, string pointer, string message)
    {
        var errors = new List<FieldError>();
        WorkflowDefinitionJson.Read(JsonText.Parse(json), errors);

        Assert.Equal([new FieldError(pointer, message)], errors);
    }

    [Fact]
    public void All_wrong_fields_are_told_at_once()
    {
        var errors = new List<FieldError>();
        WorkflowDefinitionJson.Read(JsonText.Parse("""{"nodes":[{"id":1,"type":2,"name":3,"disabled":4},5],"connections":6,"settings":7,"pinData":8}"""), errors);

        Assert.Equal(["/nodes/0/id", "/nodes/0/type", "/nodes/0/name", "/nodes/0/disabled", "/nodes/1", "/connections", "/settings", "/pinData"], errors.Select(e => e.Pointer));
    }

    [Fact]
    public void Too_many_nodes_and_too_long_texts_are_told_with_their_bounds()
    {
        var errors = new List<FieldError>();
        var nodes = string.Join(',', Enumerable.Range(0, 4).Select(i => $$"""{"id":"{{new string('x', 129)}}{{i}}","type":"step"}"""));
        WorkflowDefinitionJson.Read(JsonText.Parse($$"""{"nodes":[{{nodes}}]}"""), errors, new DefinitionLimits { MaxNodes = 3 });

        Assert.Contains(new FieldError("/nodes", "The workflow has 4 nodes; at most 3 are allowed. Move a part into a sub-workflow."), errors);
        Assert.Contains(new FieldError("/nodes/0/id", "must have at most 128 characters; has 130"), errors);
    }

    private static WorkflowDefinition Read(string json)
    {
        var errors = new List<FieldError>();
        var definition = WorkflowDefinitionJson.Read(JsonText.Parse(json), errors);
        Assert.Empty(errors);
        return definition;
    }
}
